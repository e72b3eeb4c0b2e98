/**
 * Files that were analysed, and nothing is known of by which version: they are stale in every kind. Without a state they
 * were in none that is looked for, and no later version of a kind ever reached them.
 */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    -- Only where there is such a file: a state of none would be looked through by every job.
    INSERT OR IGNORE INTO analysis_versions (versions)
      SELECT '{"done":{},"failed":{}}' WHERE EXISTS
        (SELECT 1 FROM file WHERE versions_id IS NULL AND state = 'ready' AND content_id IS NOT NULL);
    UPDATE file SET versions_id = (SELECT id FROM analysis_versions WHERE versions = '{"done":{},"failed":{}}')
     WHERE versions_id IS NULL AND state = 'ready' AND content_id IS NOT NULL;
  `);
}
