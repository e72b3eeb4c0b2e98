/**
 * Shares: folders that all members have, each at a path of their own. A file is a share and a path below it; that is all
 * the server ever knows of where it lies. What comes from the server is checked before it becomes a path here: the server
 * may be anybody’s.
 */
import { lstat, opendir, realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import type { RootStore } from '../catalogue/stores/roots.ts';
import { isBelow, isInside, resolveScopes, type ScanScope } from '../scan/roots.ts';
import { toAbsolute } from '../scan/walk.ts';

const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
/** Of the server's column; what is deeper is nobody else's. */
const LONGEST_PATH_BYTES = 2400;

/** A share as it lies here. */
export interface MountedShare extends ScanScope {
  name: string;
  /** On the server. */
  id: number;
  /** Absolute. */
  path: string;
}

/**
 * Nothing can be said of files of a drive that is not connected. Its mount point is a folder all the same, but an empty one.
 */
export async function isMounted({ path }: Pick<MountedShare, 'path'>): Promise<boolean> {
  try {
    const folder = await opendir(path);
    try {
      return (await folder.read()) !== null;
    } finally {
      await folder.close();
    }
  } catch {
    return false;
  }
}

/** @throws UserError bad-input when a name cannot be one of a share */
export function checkShareName(name: string): string {
  if (NAME.test(name)) return name;
  throw new UserError(
    'bad-input',
    `“${name}” is not a valid name of a share. Use a–z, 0–9, “-” and “_”, such as “sfx”.`,
  );
}

/**
 * @param shares as given: names and folders
 * @returns name → real absolute path
 * @throws UserError bad-input (a name, two of one name, one inside another), not-found
 */
export async function checkedShares(
  shares: readonly { name: string; path: string }[],
): Promise<Record<string, string>> {
  const found = new Map<string, string>();
  for (const { name, path } of shares) {
    checkShareName(name);
    if (found.has(name))
      throw new UserError('bad-input', `The share “${name}” is specified twice. Specify each share once.`);
    const real = await realFolder(path, name);
    const other = [...found].find(([, there]) => isInside(real, there) || isInside(there, real));
    if (other) {
      throw new UserError('bad-input', `The shares “${other[0]}” and “${name}” are nested on this machine. Specify two separate folders.`); // prettier-ignore
    }
    found.set(name, real);
  }
  return Object.fromEntries(found);
}

/**
 * The roots of the library that the shares are in; a share that is in none becomes one.
 * @param ids of the shares on the server, by name; one that the server does not have (any more) is left out
 */
export async function mountShares(
  paths: Readonly<Record<string, string>>,
  ids: ReadonlyMap<string, number>,
  roots: RootStore,
): Promise<MountedShare[]> {
  const mounted: MountedShare[] = [];
  for (const [name, path] of Object.entries(paths)) {
    const id = ids.get(name);
    if (id === undefined) continue;
    const known = roots.list().find((root) => isInside(path, root.path));
    // A drive that is not connected keeps its root; nothing below it is met then.
    const [scope] = known
      ? [{ root: known, below: path.slice(known.path.length).split(sep).filter(Boolean).join('/') }]
      : await resolveScopes([path], roots);
    mounted.push({ ...scope!, name, id, path });
  }
  return mounted;
}

/** @returns names of those that are, see {@link isMounted} */
export async function mountedOf(shares: readonly MountedShare[]): Promise<Set<string>> {
  const found = await Promise.all(shares.map(async (share) => ((await isMounted(share)) ? [share.name] : [])));
  return new Set(found.flat());
}

/** @returns the share that a file lies in and its path there; null when it lies in none, or cannot be named on every system */
export function placeInShare(
  file: { rootId: number; relativePath: string },
  shares: readonly MountedShare[],
): { share: MountedShare; path: string } | null {
  const share = shares.find(({ root, below }) => root.id === file.rootId && isBelow(file.relativePath, below));
  if (!share) return null;
  const path = file.relativePath.slice(share.below === '' ? 0 : share.below.length + 1).normalize('NFC');
  return isSharedPath(path) ? { share, path } : null;
}

/** Names without control characters, backslashes and ways out, '/' between them: the same on every system. */
export function isSharedPath(path: string): boolean {
  if (Buffer.byteLength(path) > LONGEST_PATH_BYTES || /[\\\p{Cc}]/u.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/**
 * The file that the server means, on this machine.
 * @param path as the server has it: not to be trusted
 * @returns absolute; null when there is no such file, or it lies outside of the share
 */
export async function fileOfShare(
  sharePath: string,
  path: string,
  platform = process.platform,
): Promise<string | null> {
  if (!isSharedPath(path) || (platform === 'win32' && /[:*?"<>|]/.test(path))) return null;
  for (const absolute of spellings(sharePath, path)) {
    try {
      const real = await realpath(absolute);
      if (isInside(real, await realpath(sharePath)) && (await stat(real)).isFile()) return absolute;
    } catch {
      // not there, or not to be read: nothing that this machine can say about it
    }
  }
  return null;
}

/** Whether there is nothing at that place, as opposed to something that cannot be read. @param path as the server has it */
export async function isMissing(sharePath: string, path: string): Promise<boolean> {
  if (!isSharedPath(path)) return false;
  for (const absolute of spellings(sharePath, path)) {
    try {
      await lstat(absolute);
      return false;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') return false;
    }
  }
  return true;
}

/** The server has names in composed form; some drives keep them decomposed. */
function spellings(sharePath: string, path: string): Set<string> {
  return new Set([toAbsolute(sharePath, path), toAbsolute(sharePath, path.normalize('NFD'))]);
}

async function realFolder(path: string, name: string): Promise<string> {
  try {
    const real = await realpath(resolve(path));
    if ((await stat(real)).isDirectory()) return real;
  } catch {
    // said below
  }
  throw new UserError(
    'not-found',
    `The folder “${path}” of the share “${name}” was not found. Check the path, or mount it.`,
  );
}
