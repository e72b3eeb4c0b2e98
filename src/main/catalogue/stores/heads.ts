/** Table `tag_head`: what decisions have taught each tag, in each embedding space. */
import type { Database } from 'better-sqlite3';
import type { TaughtTag } from '../../../shared/calls/tags.ts';
import type { SpaceKey } from './windows.ts';

/** How good a head is, and what it comes from. */
export interface HeadFigures {
  /** Decisions it was learnt from. */
  accepted: number;
  rejected: number;
  /** Average precision over the user's own decisions by cross-validation; null with too few. */
  before: number | null;
  after: number | null;
}

export interface NewHead extends HeadFigures {
  tagId: number;
  spaceId: number;
  /** Float32Array[dim + 2]: direction, bias, share of the prompts' log-odds (1 or 0). */
  head: Float32Array;
}

/** A head of a tag in a space, by what both are called everywhere; its values are asked for by `bytesOf`. */
export interface SharedHead extends HeadFigures, Omit<SpaceKey, 'dim'> {
  tagId: number;
  spaceId: number;
  vocabularyId: string;
  labelId: string;
  name: string;
  learntMs: number;
}

/** In place of the hash of decisions: it was learnt on another machine. */
export const IMPORTED = 'imported';

export type HeadStore = ReturnType<typeof headStore>;

export function headStore(db: Database) {
  const inUse = db.prepare<[number], { tagId: number; head: Buffer }>(
    'SELECT tag_id AS tagId, head FROM tag_head WHERE space_id = ? AND in_use = 1 ORDER BY tag_id',
  );
  const taught = db.prepare<[number], Omit<TaughtTag, 'inUse'> & { inUse: 0 | 1 }>(
    `SELECT tag_id AS tagId, tag.name, accepted, rejected, before_score AS before, after_score AS after,
            in_use AS inUse, learnt_ms AS learntMs
       FROM tag_head JOIN tag ON tag.id = tag_head.tag_id WHERE space_id = ? ORDER BY tag.name`,
  );
  const learntFrom = db
    .prepare<[number], [number, string]>('SELECT tag_id, learnt_from FROM tag_head WHERE space_id = ?')
    .raw();
  const ofTag = db.prepare<[number], SpaceKey & HeadFigures & { head: Buffer }>(
    `SELECT model_id AS modelId, weight_hash AS weightHash, preprocessing, dim, head, accepted, rejected,
            before_score AS before, after_score AS after
       FROM tag_head JOIN space ON space.id = tag_head.space_id WHERE tag_id = ? ORDER BY space_id`,
  );
  const decisions = db
    .prepare<[number, number], number>('SELECT accepted + rejected FROM tag_head WHERE tag_id = ? AND space_id = ?')
    .pluck();
  const choose = db.prepare<[0 | 1, number, number]>(
    'UPDATE tag_head SET in_use = ?, chosen = 1 WHERE tag_id = ? AND space_id = ?',
  );
  const forget = db.prepare<[number, number]>('DELETE FROM tag_head WHERE tag_id = ? AND space_id = ?');
  type Row = HeadFigures & { tagId: number; spaceId: number; bytes: Buffer; learntFrom: string; inUse: 0 | 1; now: number }; // prettier-ignore
  const insert = `INSERT INTO tag_head
      (tag_id, space_id, head, learnt_from, accepted, rejected, before_score, after_score, in_use, learnt_ms)
      VALUES (:tagId, :spaceId, :bytes, :learntFrom, :accepted, :rejected, :before, :after, :inUse, :now)`;
  const keep = db.prepare<[Row]>(
    `${insert} ON CONFLICT (tag_id, space_id) DO UPDATE SET
       head = excluded.head, learnt_from = excluded.learnt_from, accepted = excluded.accepted,
       rejected = excluded.rejected, before_score = excluded.before_score, after_score = excluded.after_score,
       in_use = CASE WHEN chosen = 1 THEN in_use ELSE excluded.in_use END, learnt_ms = excluded.learnt_ms`,
  );
  const all = db.prepare<[], SharedHead>(
    `SELECT tag_id AS tagId, space_id AS spaceId, vocabulary_id AS vocabularyId, label_id AS labelId, tag.name,
            model_id AS modelId, weight_hash AS weightHash, preprocessing, accepted, rejected,
            before_score AS before, after_score AS after, learnt_ms AS learntMs
       FROM tag_head JOIN tag ON tag.id = tag_id JOIN space ON space.id = space_id`,
  );
  const bytes = db
    .prepare<[number, number], Buffer>('SELECT head FROM tag_head WHERE tag_id = ? AND space_id = ?')
    .pluck();
  // Which decisions of this library it was learnt from last stays: it learns again when these change.
  const follow = db.prepare<[Row]>(
    `${insert} ON CONFLICT (tag_id, space_id) DO UPDATE SET
       head = excluded.head, accepted = excluded.accepted, rejected = excluded.rejected,
       before_score = excluded.before_score, after_score = excluded.after_score,
       in_use = CASE WHEN chosen = 1 THEN in_use ELSE excluded.in_use END, learnt_ms = excluded.learnt_ms`,
  );
  const adopt = db.prepare<[Row]>(`${insert} ON CONFLICT DO NOTHING`);
  const rowOf = ({ head, ...figures }: NewHead, from: string, isInUse: boolean): Row => ({
    ...figures,
    bytes: Buffer.from(head.buffer, head.byteOffset, head.byteLength),
    learntFrom: from,
    inUse: isInUse ? 1 : 0,
    now: Date.now(),
  });

  return {
    /** Those that are switched on, by tag. `head`: as {@link NewHead} has it. */
    inUse: (spaceId: number): { tagId: number; head: Float32Array }[] =>
      inUse.all(spaceId).map(({ tagId, head }) => ({ tagId, head: decoded(head) })),
    /** What decisions have taught in a space, by tag, in the order of their names. */
    taught: (spaceId: number): Map<number, TaughtTag> =>
      new Map(taught.all(spaceId).map((row) => [row.tagId, { ...row, inUse: row.inUse === 1 }])),
    /** By tag: the hash of the decisions that it was learnt from, or {@link IMPORTED}. */
    learntFrom: (spaceId: number): Map<number, string> => new Map(learntFrom.all(spaceId)),
    /** Of all spaces. */
    ofTag: (tagId: number): (SpaceKey & HeadFigures & { head: Float32Array })[] =>
      ofTag.all(tagId).map((row) => ({ ...row, head: decoded(row.head) })),
    /** How many decisions a head was learnt from; null where there is none. */
    decisionsBehind: (tagId: number, spaceId: number): number | null => decisions.get(tagId, spaceId) ?? null,
    /** The user switches it on or off; that holds when it learns again. */
    setInUse: (tagId: number, spaceId: number, isInUse: boolean): void =>
      void choose.run(isInUse ? 1 : 0, tagId, spaceId),
    forget: (tagId: number, spaceId: number): void => void forget.run(tagId, spaceId),
    /**
     * In place of what the tag had learnt before. One that ranks the user's own decisions worse than the prompts did
     * stays off until the user wants it.
     * @param from hash of the decisions
     */
    keep(head: NewHead, from: string): void {
      const { before, after } = head;
      keep.run(rowOf(head, from, before === null || after === null || after >= before));
    },
    /** Of all tags and spaces. */
    all: (): SharedHead[] => all.all(),
    /** float32le[dim + 2], see {@link NewHead}; empty where there is none. */
    bytesOf: (tagId: number, spaceId: number): Buffer => bytes.get(tagId, spaceId) ?? Buffer.alloc(0),
    /** One of another machine that holds for all; whether it is in use is decided as by `keep`. */
    follow(head: NewHead): void {
      const { before, after } = head;
      follow.run(rowOf(head, IMPORTED, before === null || after === null || after >= before));
    },
    /** One of another machine, where this tag has none. @returns whether it was taken over */
    adopt: (head: NewHead): boolean => adopt.run(rowOf(head, IMPORTED, true)).changes === 1,
  };
}

/** A copy: SQLite hands out views at offsets that a Float32Array cannot begin at. Empty for what holds no such values. */
function decoded(head: Buffer): Float32Array {
  return head.byteLength % 4 === 0 ? new Float32Array(new Uint8Array(head).buffer) : new Float32Array(0);
}
