/** How many samples are cut off at full scale, and files in that order. NULL until a file is analysed for it. */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    ALTER TABLE file ADD COLUMN clipped_samples INTEGER;
    CREATE INDEX file_by_clipped ON file (clipped_samples, root_id, state, duration_s) WHERE duration_s IS NOT NULL;
  `);
}
