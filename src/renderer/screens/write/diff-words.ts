/** What is new and what goes in a value, part by part, so that the eye finds the change. */

export interface DiffPart {
  text: string;
  kind: 'same' | 'gone' | 'new';
}

/** Lists of keywords are compared by their entries, anything else by its words. */
const SEPARATORS = /(;\s*|,\s+|\s+)/;

/**
 * @param before null: nothing was there @param after null: taken out
 * @returns `before`: parts that stay or go; `after`: parts that stay or come. Longest common run of parts.
 */
export function diffWords(before: string | null, after: string | null): { before: DiffPart[]; after: DiffPart[] } {
  const old = partsOf(before);
  const next = partsOf(after);
  const kept = commonParts(old, next);
  return { before: marked(old, kept.old, 'gone'), after: marked(next, kept.next, 'new') };
}

function partsOf(value: string | null): string[] {
  return value === null ? [] : value.split(SEPARATORS).filter((part) => part !== '');
}

/** Beyond this many parts the whole value counts as changed: nobody reads such a comparison. */
const MOST_PARTS = 400;

/** Positions that both have, by the longest common subsequence. */
function commonParts(old: readonly string[], next: readonly string[]): { old: Set<number>; next: Set<number> } {
  const kept = { old: new Set<number>(), next: new Set<number>() };
  if (old.length > MOST_PARTS || next.length > MOST_PARTS) return kept;
  const wide = next.length + 1;
  const lengths = new Uint16Array((old.length + 1) * wide);
  for (let row = old.length - 1; row >= 0; row--)
    for (let column = next.length - 1; column >= 0; column--)
      lengths[row * wide + column] =
        old[row] === next[column]
          ? lengths[(row + 1) * wide + column + 1]! + 1
          : Math.max(lengths[(row + 1) * wide + column]!, lengths[row * wide + column + 1]!);
  for (let row = 0, column = 0; row < old.length && column < next.length;) {
    if (old[row] === next[column]) {
      kept.old.add(row++);
      kept.next.add(column++);
    } else if (lengths[(row + 1) * wide + column]! >= lengths[row * wide + column + 1]!) row++;
    else column++;
  }
  return kept;
}

/** Neighbours of one kind become one part. */
function marked(parts: readonly string[], kept: ReadonlySet<number>, other: 'gone' | 'new'): DiffPart[] {
  const result: DiffPart[] = [];
  parts.forEach((text, index) => {
    const kind = kept.has(index) ? 'same' : other;
    const last = result.at(-1);
    if (last?.kind === kind) last.text += text;
    else result.push({ text, kind });
  });
  return result;
}
