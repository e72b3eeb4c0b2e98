/** A file that the user asked for, whole or not at all, and never instead of something else by accident. */
import { link, lstat, open, realpath, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { temporaryBeside } from './temporary-files.ts';

/** Characters gathered before they go to the disk. */
const BUFFER_CHARACTERS = 1 << 20;

/** Of the text, in order; as they come, or all at hand. */
export type TextChunks = AsyncIterable<string> | readonly string[];

/**
 * Writes beside the target, to disk, and puts it in place in one step.
 * @param path absolute
 * @param replace an existing file (through a link, too) is replaced; otherwise it is refused and nothing is written
 * @param mode rights of a new file, less what the umask takes
 * @throws UserError name-taken when it is there already, bad-input when it is no file, not-found, no-permission, disk-full; what
 *   `chunks` throws. The target is as before then, and nothing is left beside it
 */
export async function writeWhole(path: string, chunks: TextChunks, replace: boolean, mode = 0o666): Promise<void> {
  const target = await freeTarget(path, replace);
  const temporary = temporaryBeside(target);
  try {
    await writeChunks(temporary, chunks, mode);
    if (replace) await rename(temporary, target);
    else await placeWithoutReplacing(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    await rm(temporary, { force: true });
    throw describeWriteError(error, path) ?? error;
  }
}

/** So that a name in a folder survives a power cut; where the system has no such thing, nothing is done. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // folders cannot be opened there
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'EBADF') throw error; // some network drives
  } finally {
    await handle.close();
  }
}

/** @returns what a person can do about it; null for errors that are not of the disk */
export function describeWriteError(error: unknown, path: string): UserError | null {
  if (error instanceof UserError) return error;
  const { code } = error as NodeJS.ErrnoException;
  const folder = dirname(path);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserError('disk-full', `Not enough disk space for “${path}”. Free some space and try again.`, error);
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new UserError('no-permission', `You don’t have permission to write “${path}”. Choose another folder, or change the permissions of “${folder}”.`, error); // prettier-ignore
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new UserError(
      'not-found',
      `The folder “${folder}” does not exist. Create it first, or choose another folder.`,
      error,
    );
  }
  if (code === 'ENAMETOOLONG') {
    return new UserError('bad-input', `The name “${basename(path)}” is too long for this file system. Choose a shorter name.`, error); // prettier-ignore
  }
  return null;
}

/**
 * Also to be asked before work that may take long.
 * @param path absolute @param replace as {@link writeWhole}
 * @returns the file that is meant, links followed
 * @throws UserError name-taken, bad-input for what is no file, not-found for a folder that does not exist
 */
export async function freeTarget(path: string, replace: boolean): Promise<string> {
  const facts = await lstat(path).catch(() => null); // what is wrong with the folder, the next line or writing will say
  if (!facts) await lstat(dirname(path)).catch((error: unknown) => { throw describeWriteError(error, path) ?? error; }); // prettier-ignore
  if (!facts) return path;
  if (!replace) throw thereAlready(path);
  const target = await realpath(path).catch(() => {
    throw new UserError('bad-input', `“${path}” is a broken link. Choose another name.`);
  });
  if ((await lstat(target)).isFile()) return target;
  throw new UserError('bad-input', `“${path}” is not a regular file and cannot be overwritten. Choose another name.`);
}

function thereAlready(path: string): UserError {
  return new UserError('name-taken', `“${path}” already exists. Choose another name, or allow it to be replaced.`); // prettier-ignore
}

async function writeChunks(path: string, chunks: TextChunks, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    let gathered = '';
    for await (const chunk of chunks) {
      gathered += chunk;
      if (gathered.length < BUFFER_CHARACTERS) continue;
      await file.writeFile(gathered);
      gathered = '';
    }
    await file.writeFile(gathered);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * A second name is given only where none is yet: who came first while we wrote keeps the place.
 * @param temporary in the folder of `target`, or on its disk
 * @throws UserError name-taken; errors of the disk
 */
export async function placeWithoutReplacing(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw thereAlready(target);
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw error;
    // A disk without second names (FAT, some network drives): an empty file of ours keeps the place for a moment.
    await keepPlace(target);
    await rename(temporary, target);
    return;
  }
  await unlink(temporary);
}

async function keepPlace(target: string): Promise<void> {
  try {
    await (await open(target, 'wx')).close();
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? thereAlready(target) : error;
  }
}
