/** Which files a plan is about. */
import { sep } from 'node:path';
import type { FactField } from '../../shared/calls/write.ts';
import { CERTAIN } from '../../shared/facts.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { FileOnDisk } from '../catalogue/stores/file-places.ts';

/**
 * Files that are named; and of those below the folders, or of all when nothing is named, those that have accepted
 * tags, hold something that we wrote, or have facts that are to be written.
 * @param facts of which some are wanted; none: tags alone are written
 * @yields pieces of so many; between two the catalogue may be written to
 */
export function* candidates(
  { decided, filePlaces, statedFacts, writeJournal }: Catalogue,
  { fileIds, folders, facts }: { fileIds: readonly number[]; folders: readonly string[]; facts: readonly FactField[] },
  piece: number,
): Generator<FileOnDisk[]> {
  const ids = new Set(fileIds);
  if (folders.length > 0 || fileIds.length === 0) {
    const isBelow = (path: string) => folders.some((folder) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep)); // prettier-ignore
    const withFacts = facts.flatMap((fact) => statedFacts.filesWith(fact, CERTAIN));
    const touched = new Set([...decided.filesWithAccepted(), ...writeJournal.writtenFiles(), ...withFacts]);
    for (const { fileId, path } of filePlaces.ready([...touched])) {
      if (folders.length === 0 || isBelow(path)) ids.add(fileId);
    }
  }
  const all = [...ids];
  for (let first = 0; first < all.length; first += piece) yield filePlaces.ready(all.slice(first, first + piece));
}
