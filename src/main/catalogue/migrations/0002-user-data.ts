/**
 * What the user says about files: stars, favourites, collections, searches kept. Never derived, never lost: nothing
 * here goes when a file row goes; on the contrary, a row with user data cannot be deleted before it was passed on.
 * And the orders that lists of files are shown in.
 */
import type { Database } from 'better-sqlite3';
import { sortKeys } from '../sort-key.ts';

export function up(db: Database): void {
  db.exec(`
    -- At most one row a file; none: no stars and no favourite.
    CREATE TABLE rating (
      file_id    INTEGER PRIMARY KEY REFERENCES file (id),
      favourite  INTEGER NOT NULL CHECK (favourite IN (0, 1)),
      stars      INTEGER NOT NULL CHECK (stars BETWEEN 0 AND 5), -- 0: none
      changed_ms INTEGER NOT NULL                                -- epoch ms
    ) STRICT;
    CREATE INDEX rating_by_favourite ON rating (favourite) WHERE favourite = 1;
    CREATE INDEX rating_by_stars ON rating (stars) WHERE stars > 0;

    CREATE TABLE collection (
      id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: searches that were kept name it
      name       TEXT    NOT NULL,
      name_key   TEXT    NOT NULL,                  -- folded: two names that look alike are one
      created_ms INTEGER NOT NULL,
      removed_ms INTEGER                            -- removed by the user, who may want it back as it was
    ) STRICT;
    CREATE UNIQUE INDEX collection_by_name ON collection (name_key) WHERE removed_ms IS NULL;

    CREATE TABLE collection_file (
      collection_id INTEGER NOT NULL REFERENCES collection (id),
      file_id       INTEGER NOT NULL REFERENCES file (id),
      added_ms      INTEGER NOT NULL,
      PRIMARY KEY (collection_id, file_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX collection_file_by_file ON collection_file (file_id);

    CREATE TABLE saved_search (
      id         INTEGER PRIMARY KEY AUTOINCREMENT,
      name       TEXT    NOT NULL,
      name_key   TEXT    NOT NULL UNIQUE, -- folded as those of collections
      query      TEXT    NOT NULL,        -- JSON SearchQuery
      changed_ms INTEGER NOT NULL
    ) STRICT;

    ALTER TABLE file ADD COLUMN name_key TEXT NOT NULL DEFAULT '';   -- see sort-key.ts
    ALTER TABLE file ADD COLUMN folder_key TEXT NOT NULL DEFAULT ''; -- of the folder below the root
  `);
  db.function('earmark_name_key', { deterministic: true }, (path) => sortKeys(String(path)).nameKey);
  db.function('earmark_folder_key', { deterministic: true }, (path) => sortKeys(String(path)).folderKey);
  db.exec(`
    UPDATE file SET name_key = earmark_name_key(relative_path), folder_key = earmark_folder_key(relative_path);

    -- One for each order that file_by_facts (by duration) does not give already. Each covers what decides whether a
    -- file is listed at all, so that a list of everything reads no row with its waveform.
    CREATE INDEX file_by_name ON file (name_key, root_id, state, duration_s) WHERE duration_s IS NOT NULL;
    CREATE INDEX file_by_folder ON file (root_id, folder_key, name_key, state, duration_s) WHERE duration_s IS NOT NULL;
    CREATE INDEX file_by_added ON file (added_ms, root_id, state, duration_s) WHERE duration_s IS NOT NULL;
    CREATE INDEX file_by_changed ON file (mtime_ms, root_id, state, duration_s) WHERE duration_s IS NOT NULL;
    CREATE INDEX file_by_loudness ON file (loudness_lufs, root_id, state, duration_s) WHERE duration_s IS NOT NULL;
  `);
}
