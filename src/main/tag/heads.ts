/** What decisions have taught, as scoring reads it. Learning itself is in teach/. */
import { createHash } from 'node:crypto';
import type { HeadStore } from '../catalogue/stores/heads.ts';
import type { LabelHead } from './scorer.ts';

/**
 * Heads in use of a vocabulary's tags.
 * @param tagIds by label
 * @returns by label, in their order; none for tags without one, or whose head is switched off or of another length
 */
export function headsInUse(heads: HeadStore, spaceId: number, dim: number, tagIds: Int32Array): LabelHead[] {
  const labelOf = new Map([...tagIds].map((tagId, label) => [tagId, label]));
  return heads.inUse(spaceId).flatMap(({ tagId, head }) => {
    const label = labelOf.get(tagId);
    if (label === undefined || head.length !== dim + 2) return [];
    if (!head.every((value) => Number.isFinite(value))) return [];
    return [{ label, direction: head.subarray(0, dim), bias: head[dim]!, zeroShot: head[dim + 1]! }];
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
