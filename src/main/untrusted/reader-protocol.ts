/** What the process that reads files of strangers is asked. */
import type { EvalLayout } from '../../shared/eval-report.ts';
import type { VocabularyContent } from '../../shared/calls/vocabularies.ts';
import type { Table } from '../eval/layouts.ts';
import type { TaughtFile } from '../tag/teach/taught-file.ts';

/** Paths are absolute. A type, not an interface: only type aliases fit the index signature of `Methods`. */
export type ReaderMethods = {
  vocabulary: { input: { path: string }; output: VocabularyContent };
  taught: { input: { path: string }; output: TaughtFile };
  dataset: { input: { path: string; layout: EvalLayout | 'auto' }; output: Table };
};
