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
import { up as analysis } from './0009-analysis.ts';
import { up as clippedSamples } from './0010-clipped-samples.ts';
import { up as analysisVersions } from './0011-analysis-versions.ts';
import { up as changes } from './0012-changes.ts';
import { up as neverVersioned } from './0013-never-versioned.ts';
import { up as studio } from './0014-studio.ts';
import { up as musicalFacts } from './0015-musical-facts.ts';
import { up as analysed } from './0016-analysed.ts';
import { up as signal } from './0017-signal.ts';
import { up as collectionOrder } from './0018-collection-order.ts';
import { up as nearDuplicates } from './0019-near-duplicates.ts';
import { up as studioDocuments } from './0020-studio-documents.ts';
import { up as studioWrites } from './0021-studio-writes.ts';

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
  { version: 9, up: analysis },
  { version: 10, up: clippedSamples },
  { version: 11, up: analysisVersions },
  { version: 12, up: changes },
  { version: 13, up: neverVersioned },
  { version: 14, up: studio },
  { version: 15, up: musicalFacts },
  { version: 16, up: analysed },
  { version: 17, up: signal },
  { version: 18, up: collectionOrder },
  { version: 19, up: nearDuplicates },
  { version: 20, up: studioDocuments },
  { version: 21, up: studioWrites },
];
