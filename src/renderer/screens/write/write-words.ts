/** Writing, undoing and renaming, in plain and exact words. */
import type {
  ChangedField,
  FilePlanState,
  PlanSummary,
  WriteMode,
  WriteOutcome,
  WriteRun,
} from '../../../shared/calls/write.ts';
import { MARKERS_PROFILE } from '../../../shared/calls/markers.ts';
import { CERTAIN } from '../../../shared/facts.ts';
import { count, counted } from '../../words/units.ts';

/** Asked before files change. */
export interface Question {
  title: string;
  /** What will happen and what will not, a sentence each. */
  sentences: string[];
  verb: string;
  run: () => void;
}

export const FIELD_NAMES: Record<ChangedField, string> = {
  title: 'Title',
  description: 'Description',
  keywords: 'Keywords',
  category: 'Category',
  subcategory: 'Subcategory',
  catId: 'CatID',
  ucsCategoryFull: 'Full category',
  genre: 'Genre',
  mood: 'Mood',
  instrument: 'Instrument',
  comment: 'Comment',
  grouping: 'Grouping',
  bpm: 'Tempo',
  key: 'Key',
  provenance: 'Written by',
  takenOver: 'Carried over',
  marker: 'Marker',
};

export const TEMPO_AND_KEY_HINT = `Your correction, else what the name says, else what was measured with a confidence of at least ${Math.round(100 * CERTAIN)} %. What the file states itself stays, unless you corrected it.`;

export const MODE_NAMES: Record<WriteMode, string> = {
  fill: 'only if empty',
  append: 'append',
  replace: 'replace',
};

export const STATE_NAMES: Record<FilePlanState, string> = {
  change: 'Will change',
  refused: 'Cannot be written',
  same: 'Up to date',
};

export const OUTCOME_NAMES: Record<WriteOutcome, string> = {
  written: 'written',
  undone: 'restored',
  skipped: 'skipped',
  failed: 'failed',
  'not-restored': 'not restored',
};

/** `214 files change in 830 fields · 6 cannot be written · 12 up to date · 3 without accepted tags for this profile` */
export function planWords({ profileId, change, same, untagged, refused, fields }: PlanSummary): string {
  const isMarkers = profileId === MARKERS_PROFILE;
  const changes = isMarkers
    ? `${counted(fields, 'marker')} into ${counted(change, 'file')}`
    : `${counted(change, 'file changes', 'files change')} in ${counted(fields, 'field')}`;
  const parts = [
    change === 0 ? 'no changes' : changes,
    ...(refused > 0 ? [`${count(refused)} cannot be written`] : []),
    ...(same > untagged ? [`${count(same - untagged)} up to date`] : []),
    ...(untagged > 0
      ? [`${count(untagged)} ${isMarkers ? 'without a match' : 'without accepted tags for this profile'}`]
      : []),
  ];
  return parts.join(' · ');
}

export const OUTDATED_PLAN = 'Tags or files have changed since this preview. Preview the changes again before writing.';

export function confirmWrite(files: number, profileId: string): Omit<Question, 'run'> {
  return {
    title: `Write ${writtenWhat(profileId)} into ${counted(files, 'file')}?`,
    sentences: ['The audio data stays identical, byte for byte.', 'You can undo the write for one file or all files.'],
    verb: `Write ${counted(files, 'file')}`,
  };
}

export function confirmUndo({ kind, written }: WriteRun): Omit<Question, 'run'> {
  const files = counted(written, 'file');
  return {
    title: kind === 'rename' ? `Restore the old name of ${files}?` : `Restore ${files}?`,
    sentences: [
      kind === 'rename'
        ? 'Files moved or renamed since are skipped.'
        : 'Restores the state before this run, byte for byte. Files changed by another program since are skipped.',
    ],
    verb: kind === 'rename' ? 'Restore names' : 'Restore',
  };
}

export function confirmRename(files: number): Omit<Question, 'run'> {
  return {
    title: `Rename ${counted(files, 'file')}?`,
    sentences: [
      'Only the file names change; files stay in their folders and in the library. You can undo this.',
      'Projects in other programs that reference these files will still use the old names.',
    ],
    verb: `Rename ${counted(files, 'file')}`,
  };
}

/** `214 written · 3 skipped · 1 failed` */
export function runWords(run: WriteRun): string {
  const verb = run.kind === 'rename' ? 'renamed' : 'written';
  const parts = [
    ...(run.written > 0 ? [`${count(run.written)} ${verb}`] : []),
    ...(run.undone > 0 ? [`${count(run.undone)} restored`] : []),
    ...(run.skipped > 0 ? [`${count(run.skipped)} skipped`] : []),
    ...(run.failed > 0 ? [`${count(run.failed)} failed`] : []),
    ...(run.notRestored > 0 ? [`${count(run.notRestored)} not restored`] : []),
  ];
  return parts.length === 0 ? 'no files changed' : parts.join(' · ');
}

/** What plans and runs of a profile write. */
export function writtenWhat(profileId: string): 'tags' | 'markers' {
  return profileId === MARKERS_PROFILE ? 'markers' : 'tags';
}

/** Once, when a run has ended. */
export function runEnding(run: WriteRun): string {
  const what = run.kind === 'rename' ? 'names' : writtenWhat(run.profileId);
  return `${what[0]!.toUpperCase()}${what.slice(1)}: ${runWords(run)}.`;
}

/** Files of a run with an outcome. @param outcome null: all */
export function countOf(run: WriteRun, outcome: WriteOutcome | null): number {
  const { written, undone, skipped, failed, notRestored } = run;
  const counts: Record<WriteOutcome, number> = { written, undone, skipped, failed, 'not-restored': notRestored };
  if (outcome !== null) return counts[outcome];
  return written + undone + skipped + failed + notRestored;
}

/** `22 Nov 2026, 21:15`, in the user's time zone. */
export function moment(epochMs: number): string {
  const style = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' } as const;
  return new Intl.DateTimeFormat('en-GB', style).format(epochMs);
}
