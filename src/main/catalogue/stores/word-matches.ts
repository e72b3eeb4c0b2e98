/**
 * Full-text search over `file_words` (porter stems, case and accents folded). Expressions are in FTS5's own language.
 * @see https://www.sqlite.org/fts5.html#full_text_query_syntax
 */
import type { Database } from 'better-sqlite3';

export type WordMatchStore = ReturnType<typeof wordMatchStore>;

export function wordMatchStore(db: Database) {
  const highestId = db.prepare<[], number | null>('SELECT max(id) FROM file').pluck();
  const counts = db
    .prepare<[number, string], number>(
      `SELECT (SELECT count(*) FROM (SELECT 1 FROM file_words WHERE file_words MATCH word.value LIMIT ?))
         FROM json_each(?) AS word ORDER BY word.key`,
    )
    .pluck();
  const matching = db
    .prepare<[string, number], number>('SELECT rowid FROM file_words WHERE file_words MATCH ? LIMIT ?')
    .pluck();
  // The unary plus keeps the planner from asking the full-text index once per file (200 times slower).
  const among = db
    .prepare<[string, string], [number, number]>(
      `SELECT expression.key, file_words.rowid FROM json_each(?) AS expression, file_words
        WHERE file_words MATCH expression.value AND +file_words.rowid IN (SELECT value FROM json_each(?))`,
    )
    .raw();
  return {
    /** Roughly the number of files: deleted ones count. */
    roughlyFiles: (): number => highestId.get() ?? 0,
    /** How many files match each expression, counted up to `most`. One statement. */
    counts: (expressions: readonly string[], most: number): number[] => counts.all(most, JSON.stringify(expressions)),
    /** Ids of the first files that match, at most `limit`. */
    matching: (expression: string, limit: number): number[] => matching.all(expression, limit),
    /** Which of these files match which of the expressions. One statement. @returns [index of the expression, file id] */
    among: (expressions: readonly string[], fileIds: readonly number[]): [number, number][] =>
      among.all(JSON.stringify(expressions), JSON.stringify(fileIds)),
  };
}
