/** Points by the folders they lie in: the first level of folders that distinguishes them. */
import type { FilePath } from '../catalogue/stores/file-places.ts';

/** When more of the points than this lie in one folder, the level of folders below it says more. */
const ONE_FOR_ALL = 0.8;

/**
 * @param paths of the points; null: not known any more
 * @returns the name of the folder that each point belongs to; null without a path. Folders of the same name in
 *   different places are distinguished by the folder above them.
 */
export function folderClasses(paths: readonly (FilePath | null)[]): (string | null)[] {
  const folders = paths.map((path) => path && foldersOf(path));
  const deepest = folders.reduce((most, parts) => Math.max(most, parts?.length ?? 0), 0);
  let level = 1;
  while (level < deepest && largestShare(folders, level) > ONE_FOR_ALL) level++;
  if (level === deepest && largestShare(folders, level) > ONE_FOR_ALL) level = bestLevel(folders, deepest);
  const keys = folders.map((parts) => parts && keyOf(parts, level));
  const names = namesOf(new Set(keys.filter((key) => key !== null)));
  return keys.map((key) => (key === null ? null : names.get(key)!));
}

/** The root's own folder, then the folders below it. */
export function foldersOf({ rootPath, relativePath }: FilePath): string[] {
  return [rootPath, ...relativePath.split('/').slice(0, -1)];
}

/** A file that lies above this level belongs to the folder it lies in. */
function keyOf(parts: readonly string[], level: number): string {
  return parts.slice(0, level).join('/');
}

function largestShare(folders: readonly (string[] | null)[], level: number): number {
  const counts = new Map<string, number>();
  let all = 0;
  for (const parts of folders) {
    if (parts === null) continue;
    const key = keyOf(parts, level);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    all++;
  }
  return all === 0 ? 0 : Math.max(...counts.values()) / all;
}

/** If none distinguishes all of them: the one that does so best, the highest of equals. */
function bestLevel(folders: readonly (string[] | null)[], deepest: number): number {
  let best = 1;
  for (let level = 2; level <= deepest; level++) {
    if (largestShare(folders, level) < largestShare(folders, best)) best = level;
  }
  return best;
}

function namesOf(keys: ReadonlySet<string>): Map<string, string> {
  const partsOf = (key: string) => key.split(/[\\/]/).filter((part) => part !== '');
  const last = (key: string, many: number) => partsOf(key).slice(-many).join('/') || key;
  const sameName = new Map<string, number>();
  for (const key of keys) sameName.set(last(key, 1), (sameName.get(last(key, 1)) ?? 0) + 1);
  return new Map([...keys].map((key) => [key, last(key, sameName.get(last(key, 1))! > 1 ? 2 : 1)]));
}
