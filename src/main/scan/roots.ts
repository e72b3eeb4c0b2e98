/** Which catalogued root a folder belongs to. Roots never overlap: a sound has one place in the catalogue. */
import { realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { RootRow, RootStore } from '../catalogue/stores/roots.ts';
import { UserError } from '../../shared/errors.ts';

/** A root and the part of it to walk. */
export interface ScanScope {
  root: RootRow;
  /** Folder below the root, '/' between folders; '' is all of it. */
  below: string;
}

/**
 * Turns folders as typed into scopes; new roots are added, a folder above known roots takes them over with all
 * that is known of their files; removed ones are in use again.
 * @param folders as given by the user; empty means every root in use that is not paused
 * @throws UserError not-found, bad-input (a file, not a folder)
 */
export async function resolveScopes(folders: readonly string[], roots: RootStore): Promise<ScanScope[]> {
  if (folders.length === 0) {
    return roots.list().flatMap((root) => (root.paused ? [] : [{ root, below: '' }]));
  }
  const paths: string[] = [];
  for (const folder of folders) paths.push(await resolveFolder(folder, roots));
  const scopes: ScanScope[] = [];
  // Outer folders first, so that a folder given together with its parent is walked once.
  for (const path of [...new Set(paths)].sort()) {
    const outer = roots.list().find((root) => isInside(path, root.path));
    const root = outer ?? addRoot(path, roots);
    const below = toRelative(path, root.path);
    if (!scopes.some((scope) => scope.root.id === root.id && isBelow(below, scope.below))) scopes.push({ root, below });
  }
  return scopes;
}

/** Is `path` the folder `outer` or somewhere below it? Both absolute. */
export function isInside(path: string, outer: string): boolean {
  return path === outer || path.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

/** The same for paths relative to one root, '/' between folders; everything is below ''. */
export function isBelow(relativePath: string, folder: string): boolean {
  return folder === '' || relativePath === folder || relativePath.startsWith(`${folder}/`);
}

/** `path` as seen from `rootPath`, '/' between folders; '' for the root itself. */
export function toRelative(path: string, rootPath: string): string {
  return path
    .slice(rootPath.length)
    .split(sep)
    .filter((part) => part !== '')
    .join('/');
}

async function resolveFolder(folder: string, roots: RootStore): Promise<string> {
  const absolute = resolve(folder);
  try {
    const real = await realpath(absolute);
    if (!(await stat(real)).isDirectory())
      throw new UserError('bad-input', `“${folder}” is a file. Specify the folder that contains it.`);
    return real;
  } catch (error) {
    if (error instanceof UserError) throw error;
    // A known root whose drive is not connected is not an error: its files go offline.
    if (roots.byPath(absolute)) return absolute;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EACCES' || code === 'EPERM') throw new UserError('no-permission', `You don’t have permission to open the folder “${folder}”. Change its permissions and try again.`, error); // prettier-ignore
    throw new UserError(
      'not-found',
      `The folder “${folder}” was not found. Check the spelling, or connect its drive.`,
      error,
    );
  }
}

/** What is known of files below the folder comes along, be it in roots inside it or in a removed root around it. */
function addRoot(path: string, roots: RootStore): RootRow {
  const others = [...roots.list(), ...roots.removed()].filter((root) => root.path !== path);
  const root = roots.add(path);
  for (const other of others) {
    if (isInside(other.path, path)) roots.adopt(root.id, other.id, toRelative(other.path, path));
    else if (isInside(path, other.path)) roots.takeOut(other.id, root.id, toRelative(path, other.path));
  }
  return root;
}
