/**
 * When the system last noted a change of a file, so that an editor which keeps size and time is noticed; and the time of
 * its last change before Earmark wrote it, to the nanosecond, so that an undo gives it back exactly. Nanoseconds are
 * text: they are compared and given back, and a double does not hold them. NULL where nothing is known of it.
 */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    ALTER TABLE file ADD COLUMN ctime_ns TEXT;
    ALTER TABLE write_journal ADD COLUMN before_mtime_ns TEXT;
  `);
}
