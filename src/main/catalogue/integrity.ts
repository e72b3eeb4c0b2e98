/** Is the catalogue whole? For the doctor: reads all of it, about a second for each GB. */
import type { Database } from 'better-sqlite3';

/** @returns sentences that say what is wrong; none when all is well */
export function integrityCheck(db: Database): string[] {
  const problems: string[] = [];
  const pages = db.pragma('integrity_check(20)') as { integrity_check: string }[];
  for (const { integrity_check: message } of pages) {
    if (message !== 'ok') problems.push(`The catalogue file is damaged: ${message}.`);
  }
  const dangling = db.pragma('foreign_key_check') as { table: string }[];
  if (dangling.length > 0) {
    const tables = [...new Set(dangling.map(({ table }) => table))].join(', ');
    problems.push(`${dangling.length} rows in ${tables} refer to rows that do not exist.`);
  }
  const count = (sql: string) => db.prepare<[], number>(sql).pluck().get()!;
  const unfinished = count(
    `SELECT count(*) FROM window AS w WHERE NOT EXISTS
       (SELECT 1 FROM analysed AS a WHERE a.file_id = w.file_id AND a.space_id = w.space_id)`,
  );
  if (unfinished > 0) problems.push(`${unfinished} windows belong to no completed analysis.`);
  const misfits = count(
    'SELECT count(*) FROM window JOIN space ON space.id = window.space_id WHERE length(embedding) <> 2 * space.dim',
  );
  if (misfits > 0) problems.push(`${misfits} embeddings have the wrong length for their model.`);
  const wordless = count(
    "SELECT count(*) FROM file WHERE state = 'ready' AND NOT EXISTS (SELECT 1 FROM file_words WHERE rowid = file.id)",
  );
  if (wordless > 0) problems.push(`${wordless} files are missing from the name index.`);
  return problems;
}
