/**
 * By which version of each kind of analysis the facts of a file were found: what files have in common is written once,
 * and a file names it. A row a file and kind, as it was, had to be counted in every file to find those that are stale.
 */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    CREATE TABLE analysis_versions (
      id       INTEGER PRIMARY KEY,
      -- {"done":{kind:version,…},"failed":{kind:version,…}}, kinds in the order of their names. failed: not tried again
      -- by this version or an older one.
      versions TEXT NOT NULL UNIQUE CHECK (json_valid(versions))
    ) STRICT;
    ALTER TABLE file ADD COLUMN versions_id INTEGER REFERENCES analysis_versions (id); -- NULL: never analysed

    CREATE TEMP TABLE versions_of_file AS
      SELECT file_id, json_object(
               'done', json(json_group_object(kind, version) FILTER (WHERE version > 0)),
               'failed', json(json_group_object(kind, failed_version) FILTER (WHERE failed_version > version))) AS versions
        FROM (SELECT * FROM analysis ORDER BY file_id, kind) GROUP BY file_id;
    INSERT INTO analysis_versions (versions) SELECT DISTINCT versions FROM versions_of_file ORDER BY file_id;
    UPDATE file SET versions_id = known.id
      FROM versions_of_file JOIN analysis_versions AS known USING (versions)
     WHERE versions_of_file.file_id = file.id AND file.content_id IS NOT NULL;
    DROP TABLE versions_of_file;
    DROP TABLE analysis;

    -- Files that are stale in the same way, short ones first.
    CREATE INDEX file_by_versions ON file (versions_id, root_id, offline, state, duration_s) WHERE versions_id IS NOT NULL;
  `);
}
