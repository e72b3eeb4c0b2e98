/**
 * Earmark's own record in a file (src/main/text/provenance.ts) is read as a field of ours since then; before, it
 * stood among the tags without one and was known by its names. Files are only read again when they change, so what was
 * read earlier is given its field here.
 */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    UPDATE file_tag SET field = 'provenance'
     WHERE native_id = 'EARMARK' COLLATE NOCASE OR native_id LIKE '%:EARMARK' OR native_id LIKE '%/EARMARK';
  `);
}
