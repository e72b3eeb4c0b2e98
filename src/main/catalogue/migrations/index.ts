/** Every migration, in order. Numbers only grow; a released migration is never edited. */
import type { Database } from 'better-sqlite3';
import { up as filesAndWindows } from './0001-files-windows.ts';
import { up as userData } from './0002-user-data.ts';
import { up as librarySettings } from './0003-library-settings.ts';
import { up as tags } from './0004-tags.ts';
import { up as writeJournal } from './0005-write-journal.ts';
import { up as provenanceField } from './0006-provenance-field.ts';
import { up as wordsOfEveryScript } from './0007-words-of-every-script.ts';
import { up as changeTimes } from './0008-change-times.ts';

export interface Migration {
  /** The `user_version` of a catalogue after it. */
  version: number;
  /** Runs inside a transaction that also sets `user_version`. */
  up: (db: Database) => void;
}

export const MIGRATIONS: readonly Migration[] = [
  { version: 1, up: filesAndWindows },
  { version: 2, up: userData },
  { version: 3, up: librarySettings },
  { version: 4, up: tags },
  { version: 5, up: writeJournal },
  { version: 6, up: provenanceField },
  { version: 7, up: wordsOfEveryScript },
  { version: 8, up: changeTimes },
];
