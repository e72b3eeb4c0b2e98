/**
 * What processes beside the engine read: embeddings, and names and tags of their files. Such a process starts for every index, map and
 * scoring; loading all stores and the query language would take it longer than many of these jobs.
 */
import { cataloguePath, closeDatabase, openDatabase } from './connection.ts';
import { withDatabaseErrors } from './database-errors.ts';
import type { Catalogue } from './open.ts';
import { decidedStore } from './stores/decided.ts';
import { filePlaceStore } from './stores/file-places.ts';
import { renameJournal } from './stores/rename-journal.ts';
import { scoredStore } from './stores/scored.ts';
import { spaceStore } from './stores/spaces.ts';
import { nativeTagStore } from './stores/tags-words.ts';
import { windowStore } from './stores/windows.ts';

export type StoredEmbeddings = Pick<
  Catalogue,
  'windows' | 'spaces' | 'scored' | 'decided' | 'filePlaces' | 'tags' | 'renameJournal' | 'close'
>;

/**
 * Opens the catalogue for reading.
 * @throws UserError catalogue-from-future, catalogue-damaged, catalogue-unwritable (its schema is older), catalogue-busy;
 *   not-found when there is none
 */
export function openEmbeddings(dataFolder: string): StoredEmbeddings {
  const path = cataloguePath(dataFolder);
  const db = withDatabaseErrors(path, () => openDatabase(dataFolder, true));
  try {
    return withDatabaseErrors(path, () => ({
      windows: windowStore(db),
      spaces: spaceStore(db),
      scored: scoredStore(db),
      decided: decidedStore(db),
      filePlaces: filePlaceStore(db),
      tags: nativeTagStore(db),
      renameJournal: renameJournal(db),
      close: () => closeDatabase(db, path),
    }));
  } catch (error) {
    db.close();
    throw error;
  }
}
