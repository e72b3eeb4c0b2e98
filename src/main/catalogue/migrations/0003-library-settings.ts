/** What the user has set for each root, settings of the program, and an index that finds duplicates. */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    -- null: not decided by the user; then every root is watched but those on network drives.
    ALTER TABLE root ADD COLUMN watch INTEGER CHECK (watch IN (0, 1));
    ALTER TABLE root ADD COLUMN paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1));
    -- Epoch ms when the user took the root away: hidden with all its files, nothing forgotten. null: in use.
    ALTER TABLE root ADD COLUMN removed_ms INTEGER;

    CREATE TABLE setting (
      key   TEXT PRIMARY KEY,                         -- as in the contract's Settings
      value TEXT NOT NULL CHECK (json_valid(value))
    ) STRICT, WITHOUT ROWID;

    -- The same index with what a list of equal sounds reads besides, so that rows with their waveforms are not read.
    DROP INDEX file_by_content;
    CREATE INDEX file_by_content ON file (content_id, state, root_id, size) WHERE content_id IS NOT NULL;
  `);
}
