/** What the user’s own tables say of a file, in the form in which it is compared with what a studio says. */
import type { Database } from 'better-sqlite3';

export type WordKind = 'decision' | 'stars' | 'favourite' | 'item';

export interface LocalWord {
  kind: WordKind;
  about: number;
  value: number | null;
  /** Epoch ms of the change that made it so. */
  atMs: number;
  /** Of decisions. */
  bulk: boolean;
  probability: number | null;
}
/** As a file has it. */
export interface HeldWord extends LocalWord {
  /** The time that its row has, which is older after an undo. */
  rowMs: number;
}

/** What a file says by saying nothing. */
export const NOTHING_SAID: Record<WordKind, number | null> = { decision: null, stars: 0, favourite: 0, item: 0 };

type Row = Omit<HeldWord, 'bulk'> & { bulk: 0 | 1 };

export function localWords(db: Database) {
  /** A step that is taken back gives a decision its old time again: what counts is when it was taken back. */
  const stepMs = (fileId: string, tagId: string) => `(
    SELECT max(coalesce(undone_ms, made_ms)) FROM decision_before JOIN decision_step ON decision_step.id = step_id
     WHERE decision_before.file_id = ${fileId} AND decision_before.tag_id = ${tagId})`;
  const all = db.prepare<{ id: number }, Row>(`
    SELECT 'decision' AS kind, tag_id AS about, accepted AS value, bulk, probability, decided_ms AS rowMs,
           max(decided_ms, coalesce(${stepMs('decision.file_id', 'decision.tag_id')}, 0)) AS atMs
      FROM decision WHERE file_id = :id
    UNION ALL SELECT 'stars', 0, stars, 0, NULL, changed_ms, changed_ms FROM rating WHERE file_id = :id AND stars > 0
    UNION ALL SELECT 'favourite', 0, favourite, 0, NULL, changed_ms, changed_ms FROM rating WHERE file_id = :id AND favourite = 1
    UNION ALL SELECT 'item', collection_id, 1, 0, NULL, added_ms, added_ms FROM collection_file
      JOIN collection ON collection.id = collection_id LEFT JOIN studio_collection USING (collection_id)
     WHERE file_id = :id AND (removed_ms IS NULL OR studio_collection.id IS NOT NULL)`);
  const decisionGone = db.prepare<[number, number], number | null>(`SELECT ${stepMs('?', '?')}`).pluck();
  const decide = db.prepare<[number, number, number, number, number | null, number]>(
    `INSERT INTO decision (file_id, tag_id, accepted, bulk, probability, decided_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (file_id, tag_id) DO UPDATE SET accepted = excluded.accepted, bulk = excluded.bulk,
         probability = excluded.probability, decided_ms = excluded.decided_ms`,
  );
  const undecide = db.prepare<[number, number]>('DELETE FROM decision WHERE file_id = ? AND tag_id = ?');
  const wordsDue = db.prepare<[number]>('INSERT OR IGNORE INTO words_due (file_id) VALUES (?)');
  const rate = (column: 'stars' | 'favourite') =>
    db.prepare<{ id: number; value: number; atMs: number }>(
      `INSERT INTO rating (file_id, favourite, stars, changed_ms)
         VALUES (:id, ${column === 'favourite' ? ':value' : '0'}, ${column === 'stars' ? ':value' : '0'}, :atMs)
         ON CONFLICT (file_id) DO UPDATE SET ${column} = excluded.${column}, changed_ms = excluded.changed_ms`,
    );
  const rates = { stars: rate('stars'), favourite: rate('favourite') };
  const tidy = db.prepare<[number]>('DELETE FROM rating WHERE file_id = ? AND favourite = 0 AND stars = 0');
  const collect = db.prepare<[number, number, number]>(
    `INSERT INTO collection_file (collection_id, file_id, added_ms) VALUES (?, ?, ?)
       ON CONFLICT (collection_id, file_id) DO UPDATE SET added_ms = excluded.added_ms`,
  );
  const uncollect = db.prepare<[number, number]>('DELETE FROM collection_file WHERE collection_id = ? AND file_id = ?');

  const of = (id: number): HeldWord[] => all.all({ id }).map((row) => ({ ...row, bulk: row.bulk === 1 }));

  return {
    /** Everything that was said; what says nothing is missing. */
    of,
    one: (fileId: number, kind: WordKind, about: number): HeldWord | undefined =>
      of(fileId).find((word) => word.kind === kind && word.about === about),
    /** When a word that is not there any more went; null where nobody noted it. */
    goneMs: (fileId: number, kind: WordKind, about: number): number | null =>
      kind === 'decision' ? (decisionGone.get(fileId, about) ?? null) : null,
    /** Within a transaction. */
    set(fileId: number, { kind, about, value, atMs, bulk, probability }: LocalWord): void {
      if (kind === 'decision') {
        if (value === null) undecide.run(fileId, about);
        else decide.run(fileId, about, value, bulk ? 1 : 0, probability, atMs);
        wordsDue.run(fileId);
      } else if (kind === 'item') {
        if (value === 1) collect.run(about, fileId, atMs);
        else uncollect.run(about, fileId);
      } else {
        rates[kind].run({ id: fileId, value: value ?? 0, atMs });
        tidy.run(fileId);
      }
    },
  };
}
