/**
 * Fingerprints, and which contents are the same recording in another form. Derived: both can be found again. By content
 * (0001), so that moved, renamed and retagged files and exact copies keep what was found.
 */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    ALTER TABLE file ADD COLUMN fingerprint BLOB; -- decode/analysers/fingerprint.ts; NULL: not analysed yet

    CREATE TABLE near_pair (
      a               TEXT NOT NULL,
      b               TEXT NOT NULL,
      similarity      REAL NOT NULL, -- 0..1
      level_db        REAL NOT NULL, -- of b above a
      offset_s        REAL NOT NULL, -- by so much later a has what b has
      lost_head_s     REAL NOT NULL, -- of the sound of a, b lacks so much; negative: it has more
      lost_tail_s     REAL NOT NULL,
      added_head_s    REAL NOT NULL, -- so much more silence b has
      added_tail_s    REAL NOT NULL,
      PRIMARY KEY (a, b),
      CHECK (a < b)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX near_pair_by_b ON near_pair (b, a);

    -- Contents that were compared with all others there were.
    CREATE TABLE near_compared (
      content_id TEXT    PRIMARY KEY,
      version    INTEGER NOT NULL -- of the comparison
    ) STRICT, WITHOUT ROWID;
  `);
}
