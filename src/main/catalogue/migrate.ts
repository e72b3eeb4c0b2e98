/** Brings a catalogue forward to the schema of this program. Never backward. */
import type { Database } from 'better-sqlite3';
import { UserError } from '../../shared/errors.ts';
import { MIGRATIONS } from './migrations/index.ts';

/** The schema this program reads and writes. */
export const NEWEST_VERSION = MIGRATIONS.at(-1)!.version;

/** Marks a SQLite file as a catalogue of ours ("ERMK"), so that another program's database is never migrated. */
export const APPLICATION_ID = 0x45524d4b;

/**
 * Applies what is missing; each migration is one transaction with its `user_version`, so that a kill between two
 * leaves a catalogue that the next start brings forward.
 * @param to stop after this version (tests start from an older one)
 * @returns the version before
 * @throws UserError `catalogue-from-future` when a newer Earmark made it, `catalogue-damaged` when it is not a catalogue
 */
export function migrate(db: Database, to: number = NEWEST_VERSION): number {
  const before = checkedVersion(db);
  for (const { version, up } of MIGRATIONS) {
    if (version <= before || version > to) continue;
    db.transaction(() => {
      // Another process may have been first; the version counts only inside the transaction.
      if (checkedVersion(db) >= version) return;
      up(db);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${version}`);
    }).immediate();
  }
  return before;
}

/**
 * @returns the schema version, 0 for an empty file
 * @throws UserError as {@link migrate}
 */
export function checkedVersion(db: Database): number {
  const version = db.pragma('user_version', { simple: true }) as number;
  const applicationId = db.pragma('application_id', { simple: true }) as number;
  const empty = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (!empty && applicationId !== APPLICATION_ID) {
    throw new UserError(
      'catalogue-damaged',
      `“${db.name}” is the database of another program, not an Earmark catalogue. Choose another data folder.`,
    );
  }
  if (version > NEWEST_VERSION) {
    throw new UserError(
      'catalogue-from-future',
      `The catalogue “${db.name}” was created by a newer version of Earmark. Update Earmark, or choose another data folder.`,
    );
  }
  return version;
}
