/** Table `tag`: labels of vocabularies under numbers that never change. */
import type { Database } from 'better-sqlite3';

export interface TagRowBasics {
  id: number;
  vocabularyId: string;
  labelId: string;
  name: string;
}

export type TagRowStatements = ReturnType<typeof tagRowStatements>;

export function tagRowStatements(db: Database) {
  const byVocabulary = db.prepare<[string], TagRowBasics>(
    'SELECT id, vocabulary_id AS vocabularyId, label_id AS labelId, name FROM tag WHERE vocabulary_id = ?',
  );
  const byId = db.prepare<[number], TagRowBasics>(
    'SELECT id, vocabulary_id AS vocabularyId, label_id AS labelId, name FROM tag WHERE id = ?',
  );
  const insert = db.prepare<[string, string, string]>(
    'INSERT INTO tag (vocabulary_id, label_id, name) VALUES (?, ?, ?)',
  );
  const rename = db.prepare<[string, number]>('UPDATE tag SET name = ? WHERE id = ?');
  const wordsDue = db.prepare<[number]>(
    'INSERT OR IGNORE INTO words_due (file_id) SELECT file_id FROM decision WHERE tag_id = ? AND accepted = 1',
  );
  return {
    byId: (id: number): TagRowBasics | null => byId.get(id) ?? null,
    ofVocabulary: (vocabularyId: string): TagRowBasics[] => byVocabulary.all(vocabularyId),
    /**
     * Numbers for all labels of a vocabulary, in their order; new ones are made, names are brought up to date. Files
     * that carry an accepted tag of another name than before are found by the new one from the next `words_due` on.
     */
    ensure: db.transaction((vocabularyId: string, labels: readonly { id: string; name: string }[]): Int32Array => {
      const known = new Map(byVocabulary.all(vocabularyId).map((row) => [row.labelId, row]));
      return Int32Array.from(labels, ({ id: labelId, name }) => {
        const row = known.get(labelId);
        if (!row) return Number(insert.run(vocabularyId, labelId, name).lastInsertRowid);
        if (row.name !== name) {
          rename.run(name, row.id);
          wordsDue.run(row.id);
        }
        return row.id;
      });
    }),
  };
}
