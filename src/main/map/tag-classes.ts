/** Points by their tags; where a sound has none, by the folder it lies in. */
import { foldersOf, type PlacedPath } from './folder-classes.ts';

/** A tag on more of the points than this tells nothing apart. */
const ON_NEARLY_ALL = 0.8;
/** Longer ones are sentences. */
const LONGEST = 40;

/**
 * @param tags values of each point's tags as read; one value may hold several, with commas or semicolons between them
 * @param paths of the points
 * @returns for each point the one of its tags that most points share; null without tags and folders
 */
export function tagClasses(
  tags: readonly (readonly string[] | null)[],
  paths: readonly (PlacedPath | null)[],
): (string | null)[] {
  const names = new Map<string, string>(); // as first written, by the folded form
  const keysOf = tags.map((values, point) => {
    const single = (values ?? []).flatMap((value) => value.split(/[;,|\0\n]/));
    const own = single.map((value) => value.trim()).filter((value) => value !== '' && value.length <= LONGEST);
    const all = own.length > 0 ? own : lastFolder(paths[point] ?? null);
    const keys = new Set<string>();
    for (const name of all) {
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

function lastFolder(path: PlacedPath | null): string[] {
  const folder = path && foldersOf(path).at(-1)!;
  const name = folder?.split(/[\\/]/).findLast((part) => part !== '');
  return name === undefined ? [] : [name];
}
