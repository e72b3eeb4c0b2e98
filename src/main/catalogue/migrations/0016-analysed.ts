/** The table of the files that a model has analysed gets the name of what it holds; so does its trigger (0012). */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    ALTER TABLE listening RENAME TO analysed;
    DROP TRIGGER file_changed_by_delete_of_listening;
    CREATE TRIGGER file_changed_by_delete_of_analysed AFTER DELETE ON analysed BEGIN
      INSERT INTO change (kind, id, revision)
        VALUES ('file', old.file_id, (SELECT coalesce(max(revision), 0) + 1 FROM change))
        ON CONFLICT (kind, id) DO UPDATE SET revision = excluded.revision;
    END;
  `);
}
