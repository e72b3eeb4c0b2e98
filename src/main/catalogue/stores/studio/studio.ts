/** Everything in the catalogue that is about a studio: made when it is first asked for, so that nobody else pays for it. */
import type { Database } from 'better-sqlite3';
import { belongingStore } from './belonging.ts';
import { studioCollectionStore } from './collections.ts';
import { documentStore } from './documents.ts';
import { sharedSoundStore } from './shared-sounds.ts';
import { studioWriteStore } from './writes.ts';
import { wordsStore } from './words.ts';

export type StudioStore = ReturnType<typeof studioStore>;

export function studioStore(db: Database) {
  const { sharedFiles, ...words } = wordsStore(db);
  return {
    ...belongingStore(db),
    /** Number of files that were sent to the studio. */
    sharedFiles,
    words,
    collections: studioCollectionStore(db),
    sounds: sharedSoundStore(db),
    documents: documentStore(db),
    writes: studioWriteStore(db),
  };
}
