/** The names in one folder, for choosing a path. Files are not opened, and nothing below is looked at. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import type { Dirent } from 'node:fs';
import type { FolderListing } from '../../shared/calls/folders.ts';
import { UserError } from '../../shared/errors.ts';
import { fullPath } from './full-path.ts';

export interface ListOptions {
  /** Of the files wanted, lowercase with the dot; empty: folders only. */
  extensions: readonly string[];
  /** Whether names that begin with a dot, and the system's own folders on Windows, are listed. */
  hidden: boolean;
}

const order = new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare;

/**
 * @param path absolute; a file stands for its folder
 * @throws UserError not-found, no-permission, bad-input, unreadable-folder
 */
export async function listFolder(path: string, { extensions, hidden }: ListOptions): Promise<FolderListing> {
  const asked = resolve(fullPath(path));
  const isFile = await stat(asked).then(
    (found) => !found.isDirectory(),
    (error: unknown) => {
      throw sentence(path, error);
    },
  );
  const folder = isFile ? dirname(asked) : asked;
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw sentence(folder, error);
  });
  const folders: string[] = [];
  const files: string[] = [];
  let leftOut = 0;
  const sorted = await Promise.all(entries.map(async (entry) => ({ entry, kind: await kindOf(folder, entry) })));
  for (const { entry, kind } of sorted) {
    const { name } = entry;
    if (kind === 'other' || (kind === 'file' && !extensions.includes(extname(name).toLowerCase()))) continue;
    if (!hidden && isHidden(name)) leftOut++;
    else (kind === 'folder' ? folders : files).push(name);
  }
  const parent = dirname(folder);
  return {
    path: folder,
    separator: sep,
    parent: parent === folder ? null : parent,
    folders: folders.sort(order),
    files: files.sort(order),
    file: isFile ? basename(asked) : null,
    hidden: leftOut,
  };
}

/** Only links are looked up: what the system returns with the name costs nothing, however long the list. */
async function kindOf(folder: string, entry: Dirent): Promise<'folder' | 'file' | 'other'> {
  if (entry.isDirectory()) return 'folder';
  if (entry.isFile()) return 'file';
  if (!entry.isSymbolicLink()) return 'other';
  try {
    const target = await stat(join(folder, entry.name));
    return target.isDirectory() ? 'folder' : target.isFile() ? 'file' : 'other';
  } catch {
    return 'other'; // it leads nowhere: nothing to choose
  }
}

/** Windows marks hidden files by an attribute that Node does not return; what every drive has there goes by its name. */
function isHidden(name: string): boolean {
  return name.startsWith('.') || name.startsWith('$') || name === 'System Volume Information';
}

function sentence(path: string, error: unknown): UserError {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') {
    return new UserError('no-permission', `You don’t have permission to open the folder “${path}”.`, error);
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new UserError('not-found', `“${path}” was not found. Check the spelling, or connect its drive.`, error);
  }
  return new UserError('unreadable-folder', `The folder “${path}” cannot be read. Check its drive.`, error);
}
