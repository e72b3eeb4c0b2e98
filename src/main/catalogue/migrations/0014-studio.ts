/**
 * What this library shares with a studio (docs/adr/0013): how far it has sent and received, and what the studio said last, which
 * is what tells a change made here from one that came from there. All of it can be read again from the studio.
 */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    -- At most one row: the studio that this library belongs to.
    CREATE TABLE studio (
      only           INTEGER PRIMARY KEY CHECK (only = 1),
      studio_id      TEXT    NOT NULL,
      feed_id        TEXT,    -- that places in the feeds are of; NULL: nothing was read yet
      told_revision  INTEGER, -- of table change; NULL: all files are to be looked at
      told_all       INTEGER NOT NULL DEFAULT 1 CHECK (told_all IN (0, 1)), -- 0: some changes were not this member's to tell
      synced_ms      INTEGER  -- the last time that both sides knew the same
    ) STRICT;

    -- Where reading continues.
    CREATE TABLE studio_place (
      feed TEXT PRIMARY KEY,
      xid  TEXT    NOT NULL, -- a transaction of the server: 64 bits
      seq  TEXT    NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Files in shares that were brought together with what the studio says of their sound.
    CREATE TABLE studio_file (
      file_id    INTEGER PRIMARY KEY REFERENCES file (id) ON DELETE CASCADE,
      content_id TEXT NOT NULL -- at that time
    ) STRICT;
    CREATE INDEX studio_file_by_content ON studio_file (content_id);

    -- What the studio said last of a sound. A file in studio_file that says otherwise was changed here.
    CREATE TABLE studio_word (
      content_id  TEXT    NOT NULL,
      kind        TEXT    NOT NULL CHECK (kind IN ('decision', 'stars', 'favourite', 'item')),
      about       INTEGER NOT NULL, -- tag.id of a decision, collection.id of an item, else 0
      value       INTEGER,          -- decision: 1 accepted, 0 rejected, NULL neither; item and favourite: 1, 0; stars
      bulk        INTEGER NOT NULL CHECK (bulk IN (0, 1)), -- as in table decision
      probability REAL,
      author      TEXT    NOT NULL,
      at_ms       INTEGER NOT NULL, -- by the server's clock
      PRIMARY KEY (content_id, kind, about)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE studio_collection (
      collection_id INTEGER PRIMARY KEY REFERENCES collection (id),
      id            TEXT    NOT NULL UNIQUE, -- in the studio
      name          TEXT    NOT NULL,        -- as the studio said last
      removed       INTEGER NOT NULL CHECK (removed IN (0, 1))
    ) STRICT;
  `);
}
