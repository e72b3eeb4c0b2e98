/** Rows under review: what they stand for, by tag and by file, and keeping their order while somebody works through them. */

/** A file and one of its tags; by file the surest one stands for all. */
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

/**
 * The new rows in the order of the old ones; those that are new stand behind the row they follow in the new list.
 * @returns as many as `now`, each once
 */
export function inOldOrder<Row extends Pick<ReviewRow, 'key'>>(before: readonly Row[], now: readonly Row[]): Row[] {
  const byKey = new Map(now.map((row) => [row.key, row]));
  const known = new Set(before.map(({ key }) => key));
  const kept = before.flatMap(({ key }) => byKey.get(key) ?? []);
  /** New rows, by the old row that comes before them in the new list; −1: at the very beginning. */
  const following = new Map<number, Row[]>();
  let after = -1;
  for (const row of now) {
    if (known.has(row.key)) after = row.key;
    else following.set(after, [...(following.get(after) ?? []), row]);
  }
  return [...(following.get(-1) ?? []), ...kept.flatMap((row) => [row, ...(following.get(row.key) ?? [])])];
}
