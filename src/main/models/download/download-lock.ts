/**
 * One download at a time for a data folder, whichever program asks: an exclusive lock of SQLite on a file of its own,
 * as src/main/catalogue/writer-lock.ts has one. The system frees it when the program ends, also after kill -9.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { UserError } from '../../../shared/errors.ts';
import { withDatabaseErrors } from '../../catalogue/database-errors.ts';

/**
 * @param downloads the folder, made if missing
 * @returns gives the lock back
 * @throws UserError catalogue-busy when another program downloads; catalogue-unwritable, disk-full
 */
export function acquireDownloadLock(downloads: string): () => void {
  return withDatabaseErrors(downloads, () => {
    mkdirSync(downloads, { recursive: true });
    const db = new Database(join(downloads, 'download.lock'), { timeout: 0 });
    try {
      db.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      db.close();
      if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
      throw new UserError(
        'catalogue-busy',
        `Another instance of Earmark is downloading a model into “${downloads}”. Wait for it to finish, or quit it.`,
      );
    }
    return () => {
      db.exec('ROLLBACK');
      db.close();
    };
  });
}
