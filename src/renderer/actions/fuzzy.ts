/** Finding a name by some of its letters, for the command palette. */

/**
 * Letters of the pattern must occur in the name in their order; case and spaces do not count.
 * @returns higher is better; null when it does not match. An empty pattern matches everything.
 */
export function fuzzyScore(pattern: string, name: string): number | null {
  const wanted = pattern.toLowerCase().replace(/\s+/g, '');
  const score = scoreFrom(wanted, name.toLowerCase(), 0, -2);
  return score === null ? null : score - name.length / 100;
}

/** Runs of letters and beginnings of words are what people type, so both are tried before any other place. */
function scoreFrom(wanted: string, name: string, at: number, previous: number): number | null {
  const letter = wanted[0];
  if (letter === undefined) return 0;
  const run = name[previous + 1] === letter ? previous + 1 : -1;
  for (const found of new Set([run, wordStart(name, letter, at), name.indexOf(letter, at)])) {
    if (found === -1) continue;
    const rest = scoreFrom(wanted.slice(1), name, found + 1, found);
    if (rest !== null) return rest + (found === previous + 1 ? 5 : isWordStart(name, found) ? 4 : 1);
  }
  return null;
}

/** Items that match, best first; equals keep their order. */
export function fuzzyFilter<T>(pattern: string, items: readonly T[], nameOf: (item: T) => string): T[] {
  if (pattern.trim() === '') return [...items];
  return items
    .map((item) => ({ item, score: fuzzyScore(pattern, nameOf(item)) }))
    .filter((entry): entry is { item: T; score: number } => entry.score !== null)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}

function isWordStart(name: string, at: number): boolean {
  return at === 0 || /[\s\-_/“"(]/.test(name[at - 1]!);
}

/** Where a word begins with the letter, from `at` on; −1 if nowhere. */
function wordStart(name: string, letter: string, at: number): number {
  for (let from = name.indexOf(letter, at); from !== -1; from = name.indexOf(letter, from + 1)) {
    if (isWordStart(name, from)) return from;
  }
  return -1;
}
