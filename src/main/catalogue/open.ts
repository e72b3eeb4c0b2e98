/** The catalogue: one SQLite file in the data folder that holds all that Earmark knows. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { UserError } from '../../shared/errors.ts';
import { collectionStatements, type CollectionStatements } from './collections.ts';
import { decisionStatements, type DecisionStatements } from './decisions.ts';
import { classify, withDatabaseErrors } from './database-errors.ts';
import { fileListStatements, type FileListStatements } from './file-lists.ts';
import { fileRowStatements, type FileRowStatements } from './file-rows.ts';
import { duplicateStatements, type DuplicateStatements } from './duplicates.ts';
import { fileStatements, type FileStatements } from './files.ts';
import { integrityCheck } from './integrity.ts';
import { jobStatements, type JobStatements } from './jobs.ts';
import { checkedVersion, migrate, NEWEST_VERSION } from './migrate.ts';
import { readingCopy, removeReadingCopy } from './reading-copy.ts';
import { makePrivate, makePrivateFile } from './private-folder.ts';
import { ratingStatements, type RatingStatements } from './ratings.ts';
import { rootStatements, type RootStatements } from './roots.ts';
import { savedSearchStatements, type SavedSearchStatements } from './saved-searches.ts';
import { settingStatements, type SettingStatements } from './settings.ts';
import { spaceStatements, type SpaceStatements } from './spaces.ts';
import { suggestionStatements, type SuggestionStatements } from './suggestions.ts';
import { tagRowStatements, type TagRowStatements } from './tag-rows.ts';
import { tagStatements, type TagStatements } from './tags-words.ts';
import { totalStatements, type TotalStatements } from './totals.ts';
import { windowStatements, type WindowStatements } from './windows.ts';

/** How long a statement waits for another process to finish its transaction, ms. Ours take milliseconds. */
const BUSY_TIMEOUT_MS = 5000;
/** The write-ahead log is cut back to this after a large transaction, bytes. */
const JOURNAL_SIZE_LIMIT = 64 * 1024 * 1024;

export interface Catalogue {
  readonly db: Database.Database;
  readonly path: string;
  /** Nothing can be changed: each attempt throws. */
  readonly readonly: boolean;
  readonly roots: RootStatements;
  readonly files: FileStatements;
  readonly windows: WindowStatements;
  readonly spaces: SpaceStatements;
  readonly tags: TagStatements;
  readonly jobs: JobStatements;
  readonly totals: TotalStatements;
  readonly fileLists: FileListStatements;
  readonly fileRows: FileRowStatements;
  readonly ratings: RatingStatements;
  readonly collections: CollectionStatements;
  readonly savedSearches: SavedSearchStatements;
  readonly settings: SettingStatements;
  readonly duplicates: DuplicateStatements;
  readonly tagRows: TagRowStatements;
  readonly suggestions: SuggestionStatements;
  readonly decisions: DecisionStatements;
  /** All or nothing; may be nested. */
  transaction<T>(work: () => T): T;
  /** Reads everything. @returns sentences that say what is wrong; none when all is well */
  integrityCheck(): string[];
  /** Bytes on disk, write-ahead log included. */
  bytes(): number;
  close(): void;
}

export function cataloguePath(dataFolder: string): string {
  return join(dataFolder, 'catalogue.db');
}

/**
 * Opens the catalogue, makes it if it is not there, and brings it forward to this program's schema.
 * @param options.readonly neither makes nor changes anything, and needs no right to write; `check` reads the whole file for damage first (slow)
 * @throws UserError catalogue-from-future, catalogue-damaged, catalogue-unwritable, catalogue-busy, disk-full;
 *   not-found when there is none to read
 */
export function openCatalogue(dataFolder: string, options: { readonly?: boolean; check?: boolean } = {}): Catalogue {
  const path = cataloguePath(dataFolder);
  const db = withDatabaseErrors(path, () => openDatabase(dataFolder, options.readonly ?? false));
  try {
    return withDatabaseErrors(path, () => {
      if (options.check) quickCheck(db);
      const catalogue: Catalogue = {
        db,
        path,
        readonly: db.readonly,
        roots: rootStatements(db),
        files: fileStatements(db),
        windows: windowStatements(db),
        spaces: spaceStatements(db),
        tags: tagStatements(db),
        jobs: jobStatements(db),
        totals: totalStatements(db),
        fileLists: fileListStatements(db),
        fileRows: fileRowStatements(db),
        ratings: ratingStatements(db),
        collections: collectionStatements(db),
        savedSearches: savedSearchStatements(db),
        settings: settingStatements(db),
        duplicates: duplicateStatements(db),
        tagRows: tagRowStatements(db),
        suggestions: suggestionStatements(db),
        decisions: decisionStatements(db),
        transaction: <T>(work: () => T): T => db.transaction(work)(),
        integrityCheck: () => integrityCheck(db),
        bytes: () => bytesOnDisk(path),
        close: () => closeDatabase(db, path),
      };
      // After a migration that changed what words are; otherwise there are few or none. Searching before would miss names.
      if (!options.readonly) while (catalogue.decisions.writeSomeWords());
      return catalogue;
    });
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * The connection alone, for processes that bring their own statements.
 * @throws what {@link openCatalogue} throws, SQLite's own errors not yet turned into sentences
 */
export function openDatabase(dataFolder: string, readonly: boolean): Database.Database {
  const path = cataloguePath(dataFolder);
  if (readonly) {
    if (!statSync(path, { throwIfNoEntry: false })) {
      throw new UserError('not-found', `There is no catalogue in “${dataFolder}” yet. Index a folder first.`);
    }
  } else {
    makePrivate(dataFolder);
    // SQLite opens a file it may not write without a word and fails at the first change: say so now.
    accessSync(dataFolder, constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })) accessSync(path, constants.W_OK);
    else makePrivateFile(path);
  }
  const db = readonly ? openForReading(path) : connect(path, false, openForWriting);
  db.pragma('foreign_keys = ON');
  db.pragma('temp_store = MEMORY');
  return db;
}

/** As it lies there; where SQLite would have to write beside it and cannot, from a copy. */
function openForReading(path: string): Database.Database {
  const upToDate = (db: Database.Database) => {
    if (checkedVersion(db) >= NEWEST_VERSION) return;
    const message = `The catalogue “${path}” is from an older Earmark and has to be brought up to date first. Index a folder, or start the app once.`;
    throw new UserError('catalogue-unwritable', message);
  };
  try {
    return connect(path, true, upToDate);
  } catch (error) {
    const code = classify(error)?.code;
    if (code !== 'disk-full' && (code !== 'catalogue-unwritable' || isWritable(dirname(path)))) throw error;
    return openCopy(path, error);
  }
}

/** @throws `why` when there can be no copy either */
function openCopy(path: string, why: unknown): Database.Database {
  try {
    return connect(readingCopy(path, migrate), true, () => {});
  } catch (error) {
    throw error instanceof UserError ? error : why;
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function openForWriting(db: Database.Database): void {
  checkedVersion(db); // before anything is changed in a file that may not be ours
  // On file systems without shared memory SQLite stays with its rollback journal: slower, equally safe.
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL'); // a power cut may lose the last transactions, never the file
  db.pragma(`journal_size_limit = ${JOURNAL_SIZE_LIMIT}`);
  migrate(db);
}

/** @param begin the connection is closed again when it throws */
function connect(path: string, readonly: boolean, begin: (db: Database.Database) => void): Database.Database {
  const db = new Database(path, { readonly, fileMustExist: readonly, timeout: BUSY_TIMEOUT_MS });
  try {
    begin(db);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

function quickCheck(db: Database.Database): void {
  const answer = db.pragma('quick_check(1)', { simple: true }) as string;
  if (answer === 'ok') return;
  const message = `The catalogue “${db.name}” is damaged. Move it aside and index again; your audio files are not touched by this.`;
  throw new UserError('catalogue-damaged', message, answer);
}

function bytesOnDisk(path: string): number {
  return [path, `${path}-wal`].reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

function closeDatabase(db: Database.Database, path: string): void {
  if (!db.open) return;
  try {
    // Keeps the planner's statistics fresh; cheap, since SQLite looks only at tables that changed much.
    if (!db.readonly) db.pragma('optimize');
  } catch (error) {
    // A full or vanished disk: whoever wanted to write was told. Older statistics do no harm.
    if (!classify(error)) throw error;
  } finally {
    db.close();
    if (db.name !== path) removeReadingCopy(db.name);
  }
}
