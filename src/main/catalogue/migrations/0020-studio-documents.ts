/**
 * What of the user's own is shared with a studio as a whole, and what is personal: saved searches are personal unless they are
 * shared, collections are shared unless they are personal. And what the studio's members said of these last.
 */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    ALTER TABLE collection ADD COLUMN personal INTEGER NOT NULL DEFAULT 0 CHECK (personal IN (0, 1));
    ALTER TABLE saved_search ADD COLUMN studio_name TEXT; -- its name in the studio; NULL: personal
    CREATE UNIQUE INDEX saved_search_by_studio_name ON saved_search (studio_name) WHERE studio_name IS NOT NULL;

    -- What was put into it while it was personal is news to the studio.
    CREATE TRIGGER mark_changed_by_sharing_of_collection AFTER UPDATE OF personal ON collection
      WHEN new.personal = 0 AND old.personal = 1 BEGIN
        INSERT INTO change (kind, id, revision)
          SELECT 'mark', file_id, (SELECT max(revision) FROM change) + row_number() OVER (ORDER BY file_id)
            FROM collection_file WHERE collection_id = new.id
          ON CONFLICT (kind, id) DO UPDATE SET revision = excluded.revision;
      END;

    -- Every version that the studio has: one a person.
    CREATE TABLE studio_document (
      kind    TEXT    NOT NULL,
      key     TEXT    NOT NULL,
      author  TEXT    NOT NULL,
      state   TEXT    NOT NULL CHECK (state IN ('shared', 'removed', 'unshared')),
      content TEXT,             -- JSON; of those that are shared
      at_ms   INTEGER NOT NULL, -- by the server's clock
      PRIMARY KEY (kind, key, author)
    ) STRICT, WITHOUT ROWID;

    -- The version that this library follows.
    CREATE TABLE studio_followed (
      kind   TEXT    NOT NULL,
      key    TEXT    NOT NULL,
      mark   TEXT,              -- of what was here then; NULL: nothing that is shared
      author TEXT    NOT NULL,
      at_ms  INTEGER NOT NULL,
      PRIMARY KEY (kind, key)
    ) STRICT, WITHOUT ROWID;

    -- The user's choice.
    CREATE TABLE studio_personal (
      kind TEXT NOT NULL,
      key  TEXT NOT NULL,
      PRIMARY KEY (kind, key)
    ) STRICT, WITHOUT ROWID;
  `);
}
