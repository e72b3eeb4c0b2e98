/** Table `tag`: labels of vocabularies under numbers that never change. */
import type { Database } from 'better-sqlite3';

export interface TagRowBasics {
  id: number;
  vocabularyId: string;
  labelId: string;
  name: string;
}

export type TagRowStore = ReturnType<typeof tagRowStore>;

export function tagRowStore(db: Database) {
  const byVocabulary = db.prepare<[string], TagRowBasics>(
    'SELECT id, vocabulary_id AS vocabularyId, label_id AS labelId, name FROM tag WHERE vocabulary_id = ?',
  );
  const byId = db.prepare<[number], TagRowBasics>(
    'SELECT id, vocabulary_id AS vocabularyId, label_id AS labelId, name FROM tag WHERE id = ?',
  );
  const used = db.prepare<[], TagRowBasics>(
    `SELECT id, vocabulary_id AS vocabularyId, label_id AS labelId, name FROM tag
      WHERE id IN (SELECT tag_id FROM decision UNION SELECT tag_id FROM tag_head) ORDER BY vocabulary_id, label_id`,
  );
  const insert = db.prepare<[string, string, string]>(
    'INSERT INTO tag (vocabulary_id, label_id, name) VALUES (?, ?, ?)',
  );
  const insertUnknown = db.prepare<[string, string, string]>(
    'INSERT INTO tag (vocabulary_id, label_id, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const idOf = db
    .prepare<[string, string], number>('SELECT id FROM tag WHERE vocabulary_id = ? AND label_id = ?')
    .pluck();
  const rename = db.prepare<[string, number]>('UPDATE tag SET name = ? WHERE id = ?');
  const wordsDue = db.prepare<[number]>(
    'INSERT OR IGNORE INTO words_due (file_id) SELECT file_id FROM decision WHERE tag_id = ? AND accepted = 1',
  );
  return {
    byId: (id: number): TagRowBasics | null => byId.get(id) ?? null,
    ofVocabulary: (vocabularyId: string): TagRowBasics[] => byVocabulary.all(vocabularyId),
    /** Those with decisions or with what decisions have taught, by vocabulary and label. */
    used: (): TagRowBasics[] => used.all(),
    /** Of a tag that another machine uses; the vocabulary need not be here. @param name if it is not known yet */
    idOf: db.transaction((vocabularyId: string, labelId: string, name: string): number => {
      insertUnknown.run(vocabularyId, labelId, name);
      return idOf.get(vocabularyId, labelId)!;
    }),
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
