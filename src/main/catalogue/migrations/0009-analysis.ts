/**
 * By which version of each kind of analysis the facts of a file were found. What is known already was found by
 * version 1 of the kinds that there were, and is not found out again.
 */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    CREATE TABLE analysis (
      file_id        INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
      kind           TEXT    NOT NULL,
      version        INTEGER NOT NULL CHECK (version >= 0),  -- 0: never succeeded
      failed_version INTEGER NOT NULL DEFAULT 0,             -- not tried again by this version or an older one
      PRIMARY KEY (file_id, kind)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO analysis (file_id, kind, version)
      SELECT file.id, kind.value, 1 FROM file CROSS JOIN json_each('["tags","loudness","levels","waveform"]') AS kind
       WHERE file.content_id IS NOT NULL;
  `);
}
