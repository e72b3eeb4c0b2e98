/** A user's file opened for reading alone, with the properties that show later whether it is still the same one. */
import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { UserError } from '../../shared/errors.ts';
import { COPY_AGAIN, damaged, type OpenFile } from './container.ts';

/** What of a file does not change unless somebody changes the file. */
export interface Snapshot {
  size: number;
  /** ns, as text: JSON and messages between processes carry no bigint alike. */
  mtimeNs: string;
  /** Changes with every write and every change of name or rights, where the system keeps it. */
  ctimeNs: string;
  device: string;
  inode: string;
}

export interface HeldFile extends OpenFile {
  snapshot: Snapshot;
  /** As `stat` gives it. */
  mtimeMs: number;
  atimeMs: number;
  handle: FileHandle;
  /** Permission bits, owner and group. */
  mode: number;
  uid: number;
  gid: number;
  close(): Promise<void>;
}

const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS']);

/**
 * @param path absolute; what lies there must be the file itself, not a link to it
 * @throws UserError vanished, no-permission, unreadable-file, unsupported-format for anything but a regular file
 */
export async function openFile(path: string): Promise<HeldFile> {
  const there = await facts(path);
  if (there.isSymbolicLink()) {
    const sentence = 'This is a symbolic link, and writing would replace it with a file.';
    throw new UserError('unsupported-format', `${sentence} Add the folder that contains the original file.`);
  }
  if (!there.isFile()) throw new UserError('unsupported-format', 'Not a regular file.');
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW); // no such flag, and no bit, on Windows
  } catch (error) {
    throw readError(error);
  }
  const opened = await handle.stat({ bigint: true });
  const { mtimeMs, atimeMs } = await handle.stat(); // rounded as the catalogue has them
  const size = Number(opened.size);
  return {
    path,
    size,
    snapshot: snapshotOf(opened),
    mtimeMs,
    atimeMs,
    handle,
    mode: Number(opened.mode & 0o7777n),
    uid: Number(opened.uid),
    gid: Number(opened.gid),
    read: (offset, length) => readExactly(handle, offset, length, size),
    close: () => handle.close(),
  };
}

/** @throws UserError as {@link openFile} */
export async function snapshot(path: string): Promise<Snapshot> {
  return snapshotOf(await facts(path));
}

/** Nobody has changed or replaced the file between the two, as far as names, sizes and times show. */
export function isSame(a: Snapshot, b: Snapshot): boolean {
  return (Object.keys(a) as (keyof Snapshot)[]).every((key) => a[key] === b[key]);
}

export async function facts(path: string): Promise<BigIntStats> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    throw readError(error);
  }
}

function snapshotOf(stats: BigIntStats): Snapshot {
  return {
    size: Number(stats.size),
    mtimeNs: String(stats.mtimeNs),
    ctimeNs: String(stats.ctimeNs),
    device: String(stats.dev),
    inode: String(stats.ino),
  };
}

async function readExactly(handle: FileHandle, offset: number, length: number, size: number): Promise<Buffer> {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    throw damaged('The file is damaged (invalid size).');
  }
  if (offset + length > size) {
    throw damaged('The file is damaged or truncated.', COPY_AGAIN);
  }
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled).catch((error: unknown) => {
      throw readError(error);
    });
    // It was longer when it was opened: somebody cuts it off right now.
    if (bytesRead === 0)
      throw new UserError(
        'changed-while-reading',
        'Another program is changing the file. Try again when it has finished.',
      );
    filled += bytesRead;
  }
  return bytes;
}

/** @param error of the file system, about a file that is read */
export function readError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new UserError('vanished', 'The file no longer exists. Rescan its folder.', error);
  }
  if (FORBIDDEN.has(code)) {
    return new UserError(
      'no-permission',
      'You don’t have permission to read this file. Change its permissions and try again.',
      error,
    );
  }
  if (code === 'ELOOP') {
    return new UserError('unsupported-format', 'The file has become a symbolic link. Rescan its folder.', error);
  }
  return new UserError('unreadable-file', `Disk error (${code}). Check the drive and try again.`, error);
}
