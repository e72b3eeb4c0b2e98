/** Writing, undoing and renaming, in plain and exact words. */
import type {
  ChangedField,
  FilePlanState,
  PlanSummary,
  WriteMode,
  WriteOutcome,
  WriteRun,
} from '../../../shared/calls/write.ts';
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
  provenance: 'Made by',
  takenOver: 'Taken over',
};

export const MODE_NAMES: Record<WriteMode, string> = {
  fill: 'only where empty',
  append: 'added to what is there',
  replace: 'instead of what is there',
};

export const STATE_NAMES: Record<FilePlanState, string> = {
  change: 'Will change',
  refused: 'Cannot be written',
  same: 'As they should be',
};

export const OUTCOME_NAMES: Record<WriteOutcome, string> = {
  written: 'written',
  undone: 'put back',
  skipped: 'left as it was',
  failed: 'failed',
  'not-restored': 'not put back',
};

/** `214 files change in 830 fields · 6 cannot be written · 12 are as they should be` */
export function planWords({ change, same, refused, fields }: PlanSummary): string {
  const parts = [
    change === 0
      ? 'nothing changes'
      : `${counted(change, 'file changes', 'files change')} in ${counted(fields, 'field')}`,
    ...(refused > 0 ? [`${count(refused)} cannot be written`] : []),
    ...(same > 0 ? [`${count(same)} ${same === 1 ? 'is as it' : 'are as they'} should be`] : []),
  ];
  return parts.join(' · ');
}

export function confirmWrite(files: number): Omit<Question, 'run'> {
  return {
    title: `Write tags into ${counted(files, 'file')}?`,
    sentences: ['The sound itself stays byte for byte as it is.', 'You can undo this, one file or all of them.'],
    verb: `Write ${counted(files, 'file')}`,
  };
}

export function confirmUndo({ kind, written }: WriteRun): Omit<Question, 'run'> {
  const files = counted(written, 'file');
  return {
    title:
      kind === 'rename'
        ? `Give ${files} the old name back?`
        : `Put ${files} back as ${written === 1 ? 'it was' : 'they were'}?`,
    sentences: [
      kind === 'rename'
        ? 'Files that were moved or renamed again since are left alone.'
        : 'Byte for byte as before this run. Files that another program changed since are left alone.',
    ],
    verb: kind === 'rename' ? 'Rename back' : 'Put back',
  };
}

export function confirmRename(files: number): Omit<Question, 'run'> {
  return {
    title: `Rename ${counted(files, 'file')}?`,
    sentences: [
      'Only names change, within the same folders; the library follows. You can undo this.',
      'Projects in other programs that name these files will look for the old names.',
    ],
    verb: `Rename ${counted(files, 'file')}`,
  };
}

/** `214 written · 3 left as they were · 1 failed` */
export function runWords(run: WriteRun): string {
  const verb = run.kind === 'rename' ? 'renamed' : 'written';
  const parts = [
    ...(run.written > 0 ? [`${count(run.written)} ${verb}`] : []),
    ...(run.undone > 0 ? [`${count(run.undone)} put back`] : []),
    ...(run.skipped > 0 ? [`${count(run.skipped)} left as ${run.skipped === 1 ? 'it was' : 'they were'}`] : []),
    ...(run.failed > 0 ? [`${count(run.failed)} failed`] : []),
    ...(run.notRestored > 0 ? [`${count(run.notRestored)} could not be put back`] : []),
  ];
  return parts.length === 0 ? 'nothing happened' : parts.join(' · ');
}

/** Once, when a run has ended. */
export function runEnding(run: WriteRun): string {
  return `${run.kind === 'rename' ? 'Names' : 'Tags'}: ${runWords(run)}.`;
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
