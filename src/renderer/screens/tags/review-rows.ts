/** Rows under review: what they stand for, by tag and by file. */

/** A file and one of its tags; by file the most probable one represents all. */
export interface ReviewRow {
  key: number;
  fileId: number;
  tagId: number;
  probability: number | null;
}

type Found = Omit<ReviewRow, 'key'>;

/** Tags have small numbers: both fit into one that is still exact. */
const TAGS_BOUND = 1_000_000;

export function withKey(found: Found): ReviewRow {
  return { ...found, key: found.fileId * TAGS_BOUND + found.tagId };
}

/** Each file once, where its first tag stands. */
export function byFile(found: readonly Found[]): ReviewRow[] {
  const rows = new Map<number, ReviewRow>();
  for (const one of found) if (!rows.has(one.fileId)) rows.set(one.fileId, { ...one, key: one.fileId });
  return [...rows.values()];
}
