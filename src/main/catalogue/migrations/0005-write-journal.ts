/** What was written into the user's files, with all that is needed to make them what they were. */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    CREATE TABLE write_run (
      id          INTEGER PRIMARY KEY AUTOINCREMENT,
      kind        TEXT    NOT NULL CHECK (kind IN ('write', 'rename')),
      profile_id  TEXT    NOT NULL,
      started_ms  INTEGER NOT NULL,
      finished_ms INTEGER
    ) STRICT;

    -- One row a file and run. A row is there, on disk, before the file changes.
    CREATE TABLE write_journal (
      id          INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id      INTEGER NOT NULL REFERENCES write_run (id),
      file_id     INTEGER NOT NULL, -- no reference: the journal outlives the row
      path        TEXT    NOT NULL, -- absolute, before
      new_path    TEXT,             -- absolute; of a rename
      temp_path   TEXT,             -- absolute; what a killed run may have left behind
      state       TEXT    NOT NULL CHECK (state IN ('prepared', 'written', 'undoing', 'undone', 'skipped', 'failed', 'not-restored')),
      reason      TEXT    NOT NULL DEFAULT '',
      before_hash TEXT,             -- SHA-256 (hex) of the whole file
      after_hash  TEXT,
      before_size INTEGER,
      after_size  INTEGER,
      before_mtime_ms REAL,
      changes     TEXT    NOT NULL DEFAULT '[]', -- JSON FieldChange[]
      undo        BLOB,             -- the old bytes as parts of the new file and bytes that it no longer has
      changed_ms  INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX write_journal_by_run ON write_journal (run_id, state);
    CREATE INDEX write_journal_by_file ON write_journal (file_id, id);
    CREATE INDEX write_journal_unsettled ON write_journal (state) WHERE state IN ('prepared', 'undoing');
  `);
}
