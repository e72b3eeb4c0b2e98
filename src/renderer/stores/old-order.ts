/** Lists that keep their order while somebody works through them. */

/**
 * The new rows in the order of the old ones; those that are new stand behind the row they follow in the new list.
 * @returns as many as `now`, each once
 */
export function inOldOrder<Row>(before: readonly Row[], now: readonly Row[], keyOf: (row: Row) => number): Row[] {
  const byKey = new Map(now.map((row) => [keyOf(row), row]));
  const known = new Set(before.map(keyOf));
  const kept = before.flatMap((row) => byKey.get(keyOf(row)) ?? []);
  /** New rows, by the old row that comes before them in the new list; −1: at the very beginning. */
  const following = new Map<number, Row[]>();
  let after = -1;
  for (const row of now) {
    if (known.has(keyOf(row))) after = keyOf(row);
    else following.set(after, [...(following.get(after) ?? []), row]);
  }
  return [...(following.get(-1) ?? []), ...kept.flatMap((row) => [row, ...(following.get(keyOf(row)) ?? [])])];
}
