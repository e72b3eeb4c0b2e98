/**
 * What a file has besides its bytes and its name: rights, owner, times, labels of the file manager (extended attributes).
 * Node can copy the first three. For the rest there is what the system itself brings: on Linux `cp`, elsewhere its way
 * of copying files, which Node uses.
 */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { copyFile, open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { HeldFile } from './open-file.ts';

const run = promisify(execFile);
const SECOND_NS = 1_000_000_000n;

/** @returns a new, empty file, open for reading and writing; where the system copies attributes only with files, it has them */
export async function createBeside(file: HeldFile, tempPath: string): Promise<FileHandle> {
  if (process.platform !== 'darwin' && process.platform !== 'win32') return open(tempPath, 'wx+', 0o600);
  await copyFile(file.path, tempPath, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const handle = await open(tempPath, 'r+');
  await handle.truncate(0);
  return handle;
}

/**
 * Sets the time of the last change. Node takes seconds as a double, which is up to 120 ns off, and takes numbers below 0
 * for "now": dates do not have that fault, and GNU's `touch` takes nanoseconds.
 */
export async function setModified(
  { path, handle }: { path: string; handle: FileHandle },
  atimeMs: number,
  mtimeNs: bigint,
): Promise<void> {
  await handle.utimes(new Date(atimeMs), new Date(Number(mtimeNs) / 1e6));
  if (process.platform !== 'linux') return;
  const sign = mtimeNs < 0n ? '-' : '';
  const size = mtimeNs < 0n ? -mtimeNs : mtimeNs;
  const time = `@${sign}${size / SECOND_NS}.${String(size % SECOND_NS).padStart(9, '0')}`;
  // Not GNU's touch, or none: to the millisecond has to do.
  await run('touch', ['--no-create', '-m', '-d', time, '--', path]).catch(() => {});
}

/**
 * Gives the new file what the old one has.
 * @param keepTime also the time of its last change; else that is now
 * @returns a sentence on what could not be kept, '' when all was
 */
export async function copyAttributes(
  file: HeldFile,
  temp: { path: string; handle: FileHandle },
  keepTime: boolean,
): Promise<string> {
  const { handle } = temp;
  let sentence = '';
  if (process.platform === 'linux') {
    try {
      // `all` also takes extended attributes and nanoseconds, and passes over what the disk cannot keep.
      await run('cp', ['--attributes-only', '--preserve=all', '--', file.path, temp.path]);
    } catch {
      // Not GNU's cp, or none: what Node can copy follows, and it is said that this is not all.
      sentence = 'Extended attributes (such as labels of the file manager) could not be preserved.';
      if (keepTime) await setModified(temp, file.atimeMs, BigInt(file.snapshot.mtimeNs));
    }
  } else if (keepTime) await setModified(temp, file.atimeMs, BigInt(file.snapshot.mtimeNs));
  if (!keepTime) await handle.utimes(new Date(file.atimeMs), new Date());
  if (process.platform === 'win32') return sentence;
  const { uid, gid } = await handle.stat();
  if (uid !== file.uid || gid !== file.gid) {
    try {
      await handle.chown(file.uid, file.gid);
    } catch {
      sentence = 'You are now the owner of the file: only an administrator can assign files to other users.';
    }
  }
  // After the owner: giving a file away takes bits from its rights.
  await handle.chmod(file.mode);
  return sentence;
}
