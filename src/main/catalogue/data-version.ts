import type { Database } from 'better-sqlite3';

/** A text that is another one after any change to the catalogue: of this connection, of other ones, of other programs. */
export type DataVersion = () => string;

/** Two statements of microseconds, which read no table. What is asked within a transaction may hold its changes. */
export function dataVersionOf(db: Database): DataVersion {
  // https://www.sqlite.org/pragma.html#pragma_data_version tells of others' commits only.
  const others = db.prepare<[], number>('PRAGMA data_version').pluck();
  const own = db.prepare<[], number>('SELECT total_changes()').pluck();
  return () => `${others.get()} ${own.get()}`;
}
