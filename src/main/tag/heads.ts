/** What decisions have taught, as scoring reads it. Learning itself is in teach/. */
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { TaughtTag } from '../../shared/calls/tags.ts';
import type { LabelHead } from './scorer.ts';

/**
 * Heads in use of a vocabulary's tags.
 * @param tagIds by label
 * @returns by label, in their order; none for tags without one, or whose head is switched off or of another length
 */
export function headsInUse(db: Database, spaceId: number, dim: number, tagIds: Int32Array): LabelHead[] {
  const rows = db
    .prepare<[number], { tagId: number; head: Buffer }>(
      'SELECT tag_id AS tagId, head FROM tag_head WHERE space_id = ? AND in_use = 1 ORDER BY tag_id',
    )
    .all(spaceId);
  const labelOf = new Map([...tagIds].map((tagId, label) => [tagId, label]));
  return rows.flatMap(({ tagId, head }) => {
    const label = labelOf.get(tagId);
    if (label === undefined || head.byteLength !== 4 * (dim + 2)) return [];
    // A copy: SQLite hands out views at offsets that a Float32Array cannot begin at.
    const values = new Float32Array(new Uint8Array(head).buffer);
    if (!values.every((value) => Number.isFinite(value))) return [];
    return [{ label, direction: values.subarray(0, dim), bias: values[dim]!, zeroShot: values[dim + 1]! }];
  });
}

/** Equal for equal heads. */
export function headsHash(heads: readonly LabelHead[]): string {
  const hash = createHash('sha256');
  for (const { label, direction, bias, zeroShot } of heads) {
    hash
      .update(`${label}:${bias}:${zeroShot}:`)
      .update(new Uint8Array(direction.buffer, direction.byteOffset, direction.byteLength));
  }
  return heads.length === 0 ? '' : hash.digest('hex');
}

/** What decisions have taught in a space, by tag. */
export function taughtTags(db: Database, spaceId: number): Map<number, TaughtTag> {
  const rows = db
    .prepare<[number], Omit<TaughtTag, 'inUse'> & { inUse: 0 | 1 }>(
      `SELECT tag_id AS tagId, tag.name, accepted, rejected, before_score AS before, after_score AS after,
              in_use AS inUse, learnt_ms AS learntMs
         FROM tag_head JOIN tag ON tag.id = tag_head.tag_id WHERE space_id = ? ORDER BY tag.name`,
    )
    .all(spaceId);
  return new Map(rows.map((row) => [row.tagId, { ...row, inUse: row.inUse === 1 }]));
}
