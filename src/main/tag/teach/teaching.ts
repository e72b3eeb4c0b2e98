/** Before a scoring: tags whose decisions have changed learn again, in the score process; what they learnt is kept. */
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Child } from '../../process/child.ts';
import type { PreparedVocabulary, ScoringGround } from '../prepare.ts';
import type { LearntHead, ScoreMethods } from '../protocol.ts';
import { LEAST_DECISIONS, TEACHING_VERSION } from './learn-tag.ts';
import { MADE_TAGS } from './made-tags.ts';

/** Tags that learn in one question to the process: between two, a pause or an end is noticed. */
const TAGS_AT_ONCE = 8;

interface DueTag {
  tagId: number;
  label: number;
  learntFrom: string;
}

/**
 * @param prepared of the vocabulary, without new heads
 * @returns whether a head is another now, so that the vocabulary has to be prepared again
 */
export async function teachTags(
  prepared: PreparedVocabulary,
  { catalogue, dataFolder, spaceId, pack }: ScoringGround,
  threads: number,
  child: Child<ScoreMethods>,
  signal: AbortSignal,
): Promise<boolean> {
  const { due, stale } = tagsToTeach(catalogue.db, spaceId, prepared);
  const { forget, keep } = headStatements(catalogue.db);
  for (const tagId of stale) forget(tagId, spaceId);
  const { set } = prepared;
  for (let first = 0; first < due.length; first += TAGS_AT_ONCE) {
    signal.throwIfAborted();
    const some = due.slice(first, first + TAGS_AT_ONCE);
    const examplesOnly = prepared.id === MADE_TAGS;
    const learnt = await child.call('learn', {
      dataFolder,
      spaceId,
      dim: pack.dim,
      threads,
      set,
      tags: some.map(({ tagId, label }) => ({ tagId, label, examplesOnly })),
    });
    catalogue.transaction(() => {
      for (const [at, head] of learnt.entries()) {
        const { tagId, learntFrom } = some[at]!;
        if (head) keep(head, spaceId, learntFrom);
        else forget(tagId, spaceId);
      }
    });
  }
  return due.length > 0 || stale.length > 0;
}

/** `due`: decided on since they learnt. `stale`: not enough decisions left for what they learnt. */
function tagsToTeach(
  db: Database,
  spaceId: number,
  { tagIds }: PreparedVocabulary,
): { due: DueTag[]; stale: number[] } {
  const labelOf = new Map([...tagIds].map((tagId, label) => [tagId, label]));
  const heads = new Map(
    db
      .prepare<[number], [number, string]>('SELECT tag_id, learnt_from FROM tag_head WHERE space_id = ?')
      .raw()
      .all(spaceId),
  );
  // What this model has not listened to teaches it nothing; when it has, that is a change.
  const decisions = db
    .prepare<[number], [tagId: number, fileId: number, accepted: number, bulk: number]>(
      `SELECT tag_id, file_id, accepted, bulk FROM decision
        WHERE EXISTS (SELECT 1 FROM listening WHERE listening.file_id = decision.file_id AND space_id = ?)
        ORDER BY tag_id, file_id`,
    )
    .raw()
    .all(spaceId);
  const byTag = new Map<number, { hash: ReturnType<typeof createHash>; count: number }>();
  for (const [tagId, ...decision] of decisions) {
    if (!labelOf.has(tagId)) continue;
    const of = byTag.get(tagId) ?? { hash: createHash('sha256').update(String(TEACHING_VERSION)), count: 0 };
    of.hash.update(`${decision.join(',')};`);
    of.count++;
    byTag.set(tagId, of);
  }
  const due: DueTag[] = [];
  for (const [tagId, { hash, count }] of byTag) {
    const learntFrom = hash.digest('hex').slice(0, 32);
    if (count >= LEAST_DECISIONS && heads.get(tagId) !== learntFrom) {
      due.push({ tagId, label: labelOf.get(tagId)!, learntFrom });
    }
  }
  const stale = [...heads].flatMap(([tagId, learntFrom]) =>
    labelOf.has(tagId) && learntFrom !== IMPORTED && (byTag.get(tagId)?.count ?? 0) < LEAST_DECISIONS ? [tagId] : [],
  );
  return { due, stale };
}

/** In place of the hash of decisions: it was learnt on another machine. */
export const IMPORTED = 'imported';

function headStatements(db: Database) {
  const forget = db.prepare<[number, number]>('DELETE FROM tag_head WHERE tag_id = ? AND space_id = ?');
  const insert = db.prepare<
    [number, number, Buffer, string, number, number, number | null, number | null, 0 | 1, number]
  >(
    `INSERT INTO tag_head (tag_id, space_id, head, learnt_from, accepted, rejected, before_score, after_score, in_use, learnt_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (tag_id, space_id) DO UPDATE SET
       head = excluded.head, learnt_from = excluded.learnt_from, accepted = excluded.accepted,
       rejected = excluded.rejected, before_score = excluded.before_score, after_score = excluded.after_score,
       in_use = CASE WHEN chosen = 1 THEN in_use ELSE excluded.in_use END, learnt_ms = excluded.learnt_ms`,
  );
  return {
    forget: (tagId: number, spaceId: number): void => void forget.run(tagId, spaceId),
    keep: (
      { tagId, head, accepted, rejected, before, after }: LearntHead,
      spaceId: number,
      learntFrom: string,
    ): void => {
      const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
      // One that ranks the user's own decisions worse than the prompts did stays off until the user wants it.
      const helps = before === null || after === null || after >= before;
      insert.run(tagId, spaceId, bytes, learntFrom, accepted, rejected, before, after, helps ? 1 : 0, Date.now());
    },
  };
}
