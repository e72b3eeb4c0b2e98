/** Collections stand in the order that the user has given them. */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  // null: not moved by the user; these come last, by name.
  db.exec('ALTER TABLE collection ADD COLUMN position INTEGER');
}
