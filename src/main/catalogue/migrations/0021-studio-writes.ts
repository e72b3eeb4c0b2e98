/** The write journal of a studio: what others have written into files of its shares stands beside what this library has. */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    ALTER TABLE write_run ADD COLUMN studio_id TEXT; -- in the studio; NULL: it does not know it yet
    ALTER TABLE write_run ADD COLUMN author TEXT;    -- the member who wrote; NULL: this library
    CREATE UNIQUE INDEX write_run_by_studio_id ON write_run (studio_id) WHERE studio_id IS NOT NULL;
    ALTER TABLE write_journal ADD COLUMN studio_number INTEGER; -- in a run of another member
    ALTER TABLE write_journal ADD COLUMN told_state TEXT;       -- as the studio has it; NULL: it does not know it yet
    ALTER TABLE write_journal ADD COLUMN settled_by TEXT;       -- who has undone it elsewhere; NULL: nobody
    CREATE INDEX write_journal_untold ON write_journal (run_id)
      WHERE state IN ('written', 'undone', 'not-restored') AND told_state IS NOT state;
  `);
}
