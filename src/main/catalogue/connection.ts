/** Connections to the file of the catalogue: made, brought to this program's schema, and closed again. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { UserError } from '../../shared/errors.ts';
import { classify } from './database-errors.ts';
import { checkedVersion, migrate, NEWEST_VERSION } from './migrate.ts';
import { makePrivate, makePrivateFile } from './private-folder.ts';
import { readingCopy, removeReadingCopy } from './reading-copy.ts';

/** How long a statement waits for another process to finish its transaction, ms. Ours take milliseconds. */
const BUSY_TIMEOUT_MS = 5000;
/** The same while another process brings a large catalogue to the newest version: a million files take a quarter of a minute. */
const MIGRATING_TIMEOUT_MS = 10 * 60_000;
/** The write-ahead log is cut back to this after a large transaction, bytes. */
const JOURNAL_SIZE_LIMIT = 64 * 1024 * 1024;

export function cataloguePath(dataFolder: string): string {
  return join(dataFolder, 'catalogue.db');
}

/** @throws what `openCatalogue` throws, SQLite's own errors not yet turned into sentences */
export function openDatabase(dataFolder: string, readonly: boolean): Database.Database {
  const path = cataloguePath(dataFolder);
  if (readonly) {
    if (!statSync(path, { throwIfNoEntry: false })) {
      throw new UserError('not-found', `No catalogue in “${dataFolder}” yet. Index a folder first.`);
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
    const message = `The catalogue “${path}” was created by an older version of Earmark and must be upgraded first. Index a folder, or start the app once.`;
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
  db.pragma(`busy_timeout = ${MIGRATING_TIMEOUT_MS}`);
  migrate(db);
  db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
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

export function closeDatabase(db: Database.Database, path: string): void {
  if (!db.open) return;
  try {
    // Keeps the planner's statistics fresh; cheap, since SQLite looks only at tables that changed much.
    if (!db.readonly) db.pragma('optimize');
  } catch (error) {
    // A full or missing disk: the call that wanted to write got the error. Older statistics do no harm.
    if (!classify(error)) throw error;
  } finally {
    db.close();
    if (db.name !== path) removeReadingCopy(db.name);
  }
}
