/** Points by their tags. A sound without one is in no class: a folder is not a tag. */

/** A tag on more of the points than this does not distinguish them. */
const ON_NEARLY_ALL = 0.8;
/** Longer ones are sentences. */
const LONGEST = 40;

/**
 * @param tags values of each point's tags as read; one value may hold several, with commas or semicolons between them
 * @returns for each point the one of its tags that most points share; null without tags
 */
export function tagClasses(tags: readonly (readonly string[] | null)[]): (string | null)[] {
  const names = new Map<string, string>(); // as first written, by the folded form
  const keysOf = tags.map((values) => {
    const single = (values ?? []).flatMap((value) => value.split(/[;,|\0\n]/));
    const own = single.map((value) => value.trim()).filter((value) => value !== '' && value.length <= LONGEST);
    const keys = new Set<string>();
    for (const name of own) {
      const key = name.normalize('NFC').toLowerCase();
      if (!names.has(key)) names.set(key, name);
      keys.add(key);
    }
    return [...keys];
  });
  const points = new Map<string, number>();
  for (const keys of keysOf) for (const key of keys) points.set(key, (points.get(key) ?? 0) + 1);
  const tooMany = points.size > 1 ? ON_NEARLY_ALL * tags.length : Infinity;
  return keysOf.map((keys) => {
    let best: string | null = null;
    for (const key of keys) {
      const many = points.get(key)!;
      if (many <= tooMany && (best === null || many > points.get(best)!)) best = key;
    }
    return best === null ? null : names.get(best)!;
  });
}
