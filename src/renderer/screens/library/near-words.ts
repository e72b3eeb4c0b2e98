/** Near-duplicates in the library, as sentences. */
import type { NearDuplicates } from '../../../shared/calls/duplicates.ts';
import { bytes, counted } from '../../words/units.ts';

/** `3 groups; 6.5 MB besides the best copies. 12 files not compared yet. Earmark never deletes or merges files.` */
export function nearNote({ total, spareBytes, waiting, hasCompared }: NearDuplicates): string {
  if (!hasCompared && waiting === 0) return 'No files to compare yet. Scan for changes first.';
  if (!hasCompared) {
    return 'The same recording in another format, at another level or sample rate, trimmed or with silence added. Files are compared when you ask for it.';
  }
  const left = waiting > 0 ? [`${counted(waiting, 'file')} not compared yet.`] : [];
  if (total === 0) return ['No near-duplicates found.', ...left].join(' ');
  const found = `${counted(total, 'group')}; ${bytes(spareBytes)} besides the best copies.`;
  return [found, ...left, 'Earmark never deletes or merges files.'].join(' ');
}
