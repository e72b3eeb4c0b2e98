/**
 * One file replaced by its new version, all or nothing: a temporary file in the same folder (hidden, so that no scan
 * takes it for a sound), written, flushed, read again and checked; then, if the original is still what was read, the
 * temporary file takes its name.
 */
import { constants } from 'node:fs';
import { access, lstat, open, rename, rm, statfs } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { copyAttributes, createBeside, setModified } from './attributes.ts';
import type { Part } from './container.ts';
import { facts, isSame, openFile, snapshot, type HeldFile } from './open-file.ts';
import { hashOf, splicedSize, writeSpliced } from './splice.ts';

/** What to do instead, at the end of sentences about files that cannot be written. */
export const INSTEAD = 'You can export its tags as CSV or JSON, or write an XMP sidecar instead.';

/** Room that has to be left on a disk besides the new file, bytes: the journal may lie on the same one. */
const SPARE_BYTES = 1 << 20;

export interface Replacement {
  parts: readonly Part[];
  /** In the folder of the file; must not be there yet. */
  tempPath: string;
  keepTime: boolean;
  /** Instead of the time that the file has, ns since 1970, also before it; null for that. Only with `keepTime`. */
  mtimeNs: bigint | null;
  /** Looks at the new file as it lies on the disk. Throws when it is not as it should be. */
  verify: (temp: HeldFile, hashes: Hashes) => Promise<void>;
  /** Called when all is well, before the file is replaced: what it writes down must be on the disk when it returns. */
  record: (hashes: Hashes) => void;
  /** Called often; throws to stop. The file is as it was then. */
  goOn: () => void;
}

/** SHA-256 (hex) of the whole file. */
export interface Hashes {
  before: string;
  after: string;
}

export interface Replaced extends Hashes {
  size: number;
  /** As the next scan will find it. */
  mtimeMs: number;
  /** When the system says that it was changed last, ns; null when that cannot be told. */
  ctimeNs: string | null;
  /** What could not be kept; '' for nothing. */
  note: string;
}

/** Hidden: src/main/scan/walk.ts passes over names that begin with a dot. */
const TEMP_PREFIX = '.earmark-';

/**
 * @param id unique in the folder: the journal's row
 * @returns with the ending of the original, by which readers of tags go
 */
export function tempPathFor(path: string, id: number): string {
  return join(dirname(path), `${TEMP_PREFIX}${id}${extname(path)}`);
}

/** Takes away what a killed run left; anything that is not called as {@link tempPathFor} does it is left alone. */
export async function removeTemp(path: string): Promise<void> {
  if (basename(path).startsWith(TEMP_PREFIX)) await rm(path, { force: true });
}

/**
 * @param file closed by this
 * @throws UserError: the file is as it was. changed-while-reading when somebody else changed it meanwhile, disk-full,
 *   no-permission, …; and what `verify`, `record` and `goOn` throw
 */
export async function replaceFile(file: HeldFile, replacement: Replacement): Promise<Replaced> {
  const { parts, tempPath, verify, record, goOn } = replacement;
  try {
    await mayBeReplaced(file, splicedSize(parts));
    try {
      const { hashes, note } = await writeTemp(file, replacement);
      const temp = await openFile(tempPath);
      try {
        if ((await hashOf(temp, goOn)) !== hashes.after) throw wrongBytes();
        await verify(temp, hashes);
      } finally {
        await temp.close();
      }
      record(hashes);
      await isStillThere(file, hashes.before, goOn);
      const { mtimeMs, size } = await lstat(tempPath);
      await file.close(); // Windows does not replace files that are open
      await rename(tempPath, file.path);
      // From here on the file is the new one: nothing may throw.
      const flushed = await flushFolder(dirname(file.path));
      const ctimeNs = await changeTime(file.path);
      return { ...hashes, size, mtimeMs, ctimeNs, note: [note, flushed].join(' ').trim() };
    } catch (error) {
      await rm(tempPath, { force: true }).catch(() => {}); // the disk is gone, too: recovery takes it away
      throw error;
    }
  } catch (error) {
    throw writeError(error);
  } finally {
    await file.close();
  }
}

/** Renaming changes it, so it is known only afterwards. */
async function changeTime(path: string): Promise<string | null> {
  return lstat(path, { bigint: true }).then(
    ({ ctimeNs }) => String(ctimeNs),
    () => null, // the next scan finds out
  );
}

/** @param instead what else there is to do, a sentence @throws UserError with the reason why a file is left alone */
export async function mayBeReplaced(file: HeldFile, newSize: number, instead = INSTEAD): Promise<void> {
  const { nlink } = await facts(file.path);
  if (nlink > 1n) {
    const sentence = `The file has ${nlink} hard links, and writing would separate this one from the others.`;
    throw new UserError('unsupported-format', `${sentence} Replace the link with a copy first. ${instead}`);
  }
  const readOnly = new UserError('no-permission', `The file is read-only. Allow writing first. ${instead}`);
  // An administrator may write everything; that somebody took the right away still means something.
  if ((file.mode & 0o222) === 0) throw readOnly;
  await access(file.path, constants.W_OK).catch((error: unknown) => {
    throw isForbidden(error) ? keptFromChange(error, instead) : readOnly;
  });
  // A file that may only be appended to looks writable until somebody opens it to write; nothing is written here.
  await open(file.path, 'r+').then(
    (handle) => handle.close(),
    (error: unknown) => {
      if (isForbidden(error)) throw keptFromChange(error, instead);
    },
  );
  await access(dirname(file.path), constants.W_OK).catch(() => {
    throw closedFolder(undefined, instead);
  });
  const { bavail, bsize } = await statfs(dirname(file.path));
  if (bavail * bsize < newSize + SPARE_BYTES) throw noRoom();
}

async function writeTemp(file: HeldFile, replacement: Replacement): Promise<{ hashes: Hashes; note: string }> {
  const { parts, tempPath, keepTime, mtimeNs, goOn } = replacement;
  const handle = await createBeside(file, tempPath);
  try {
    const { beforeHash, afterHash } = await writeSpliced(file, parts, handle, goOn);
    const note = await copyAttributes(file, { path: tempPath, handle }, keepTime);
    if (keepTime && mtimeNs !== null) await setModified({ path: tempPath, handle }, file.atimeMs, mtimeNs);
    await handle.sync();
    return { hashes: { before: beforeHash, after: afterHash }, note };
  } finally {
    await handle.close();
  }
}

/** Just before it is replaced: is it still what the new version was made of? */
async function isStillThere(file: HeldFile, hash: string, goOn: () => void): Promise<void> {
  const unchanged = async () => isSame(await snapshot(file.path), file.snapshot);
  // Its bytes, too, and the names and times once more after that took its time.
  if ((await unchanged()) && (await hashOf(file, goOn)) === hash && (await unchanged())) return;
  throw new UserError('changed-while-reading', 'Another program has just changed the file, so it was not written.');
}

/**
 * So that the new name is on the disk. Windows and some network drives know no such thing; then renaming has to do.
 * @returns a sentence when the disk gave an error, '' otherwise
 */
async function flushFolder(path: string): Promise<string> {
  try {
    const handle = await open(path, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    return '';
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return code === 'EIO'
      ? 'The file was written, but the disk reported an error while saving it. Check the drive.'
      : '';
  }
}

/** Turns errors of the file system while a file is written into sentences; others are given back as they are. */
export function writeError(error: unknown): unknown {
  if (error instanceof UserError || !(error instanceof Error) || !('code' in error)) return error;
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return noRoom(error);
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return closedFolder(error);
    case 'EBUSY':
    case 'ETXTBSY':
      return new UserError(
        'changed-while-reading',
        'The file is open in another program. Close it there and try again.',
        error,
      );
    case 'EIO':
    case 'ENXIO':
    case 'ESTALE':
    case 'ENOENT':
      return new UserError('unreadable-file', `Disk error (${error.code}). Check the drive and try again.`, error);
    default:
      return error;
  }
}

function isForbidden(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EPERM'; // rights would be EACCES
}

/** https://man7.org/linux/man-pages/man1/chattr.1.html, `a` and `i`; `uchg` and `uappnd` of macOS. */
function keptFromChange(cause: unknown, instead: string): UserError {
  const sentence = 'The file is protected against changes (append-only or immutable). Remove the protection first.';
  return new UserError('no-permission', `${sentence} ${instead}`, cause);
}

function closedFolder(cause?: unknown, instead = INSTEAD): UserError {
  return new UserError(
    'no-permission',
    `You don’t have permission to write to its folder. Change its permissions first. ${instead}`,
    cause,
  );
}

function noRoom(cause?: unknown): UserError {
  const sentence = 'Not enough disk space for the new version of the file.';
  return new UserError('disk-full', `${sentence} Free some space and try again.`, cause);
}

/** The disk did not give back what was written. */
function wrongBytes(): UserError {
  return new UserError(
    'unreadable-file',
    'The disk returned other data than was written, so the file was not changed. Check the drive.',
  );
}
