/** What the user said about a file row that has to go, said about the row that takes its place. */
import type { Database } from 'better-sqlite3';
import { FACT_NAMES } from '../../../shared/facts.ts';

/**
 * @returns passes stars, favourite, collections, decisions about tags and corrected facts of one file on to another; of
 *   two ratings the more stars count, of two decisions about a tag the later one, of two corrections that of the second.
 *   Only inside a transaction with the deletion of the first.
 */
export function userDataPassing(db: Database): (fromFileId: number, toFileId: number) => void {
  const rate = db.prepare<{ from: number; to: number }>(
    `INSERT INTO rating (file_id, favourite, stars, changed_ms)
       SELECT :to, favourite, stars, changed_ms FROM rating WHERE file_id = :from
     ON CONFLICT (file_id) DO UPDATE SET
       favourite = max(favourite, excluded.favourite), stars = max(stars, excluded.stars),
       changed_ms = max(changed_ms, excluded.changed_ms)`,
  );
  const collect = db.prepare<{ from: number; to: number }>(
    `INSERT INTO collection_file (collection_id, file_id, added_ms)
       SELECT collection_id, :to, added_ms FROM collection_file WHERE file_id = :from
     ON CONFLICT DO NOTHING`,
  );
  const decide = db.prepare<{ from: number; to: number }>(
    `INSERT INTO decision (file_id, tag_id, accepted, bulk, probability, decided_ms)
       SELECT :to, tag_id, accepted, bulk, probability, decided_ms FROM decision WHERE file_id = :from
     ON CONFLICT (file_id, tag_id) DO UPDATE SET
       accepted = excluded.accepted, bulk = excluded.bulk, probability = excluded.probability,
       decided_ms = excluded.decided_ms
     WHERE excluded.decided_ms > decision.decided_ms`,
  );
  const remember = db.prepare<{ from: number; to: number }>(
    'UPDATE OR IGNORE decision_before SET file_id = :to WHERE file_id = :from',
  );
  const reword = db.prepare<{ to: number }>(
    `INSERT OR IGNORE INTO words_due (file_id)
       SELECT :to WHERE EXISTS (SELECT 1 FROM decision WHERE file_id = :to AND accepted = 1)`,
  );
  const correct = db.prepare<{ from: number; to: number }>(
    `UPDATE file SET ${FACT_NAMES.map((fact) => `${fact}_you = coalesce(file.${fact}_you, before.${fact}_you)`).join(', ')}
       FROM file AS before WHERE file.id = :to AND before.id = :from`,
  );
  const undecide = db.prepare<[number]>('DELETE FROM decision WHERE file_id = ?');
  const unrate = db.prepare<[number]>('DELETE FROM rating WHERE file_id = ?');
  const uncollect = db.prepare<[number]>('DELETE FROM collection_file WHERE file_id = ?');
  return (from, to) => {
    rate.run({ from, to });
    collect.run({ from, to });
    decide.run({ from, to });
    remember.run({ from, to });
    reword.run({ to });
    correct.run({ from, to });
    unrate.run(from);
    uncollect.run(from);
    undecide.run(from);
  };
}
