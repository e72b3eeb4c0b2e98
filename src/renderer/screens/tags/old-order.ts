/** A list that is asked for again while somebody works through it. */

interface Keyed {
  key: number;
}

/**
 * The new rows in the order of the old ones; those that are new stand behind the row they follow in the new list.
 * @returns as many as `now`, each once
 */
export function inOldOrder<Row extends Keyed>(before: readonly Row[], now: readonly Row[]): Row[] {
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
