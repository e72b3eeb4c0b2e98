/** One file gets another name in its folder, and nothing that is there is ever overwritten. */
import {
  lstatSync,
  linkSync,
  openSync,
  closeSync,
  readdirSync,
  renameSync,
  unlinkSync,
  type BigIntStats,
} from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { foldedName } from './propose-names.ts';
import { describeWriteError } from '../files/write-whole.ts';

/**
 * Gives the file a second name, then takes the first one away: `link` fails where there is such a name already, which
 * `rename` does not. Killed in between, the file has both names, which {@link settleRename} puts right. Synchronous:
 * some microseconds, and nothing of ours comes between the two steps.
 * @param from absolute @param to absolute, in the same folder
 * @param beforePlaceholder called with the path of what is there for a moment and has to be known as ours after a crash:
 *   an empty file that keeps the place of the new name, on a disk that knows no second names; or the file itself under a
 *   third name, on a disk that takes the two names for one
 * @throws UserError with what is in the way; then the file has its old name and nothing else happened
 */
export function renameWithoutReplacing(from: string, to: string, beforePlaceholder: (path: string) => void): void {
  if (dirname(from) !== dirname(to)) throw new Error(`not in one folder: ${from}, ${to}`);
  const facts = factsOf(from);
  if (!facts) throw new UserError('vanished', `“${basename(from)}” no longer exists. Rescan the folder, then try again.`); // prettier-ignore
  if (!facts.isFile()) throw new UserError('bad-input', `“${basename(from)}” is not a regular file and was skipped. Rename its target instead.`); // prettier-ignore
  try {
    if (isSameNameHere(from, to, facts)) rewrite(from, to, beforePlaceholder);
    else move(from, to, beforePlaceholder);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? taken(to) : (describeWriteError(error, to) ?? error);
  }
}

/**
 * The result of an interrupted rename; a second name that it left is removed.
 * @param placeholder what was there for a moment: an empty file at `to`, or the file under a third name; null for nothing
 * @returns whether the file is at `to` now; null when it is at neither place
 */
export function settleRename(from: string, to: string, placeholder: string | null): boolean | null {
  if (placeholder !== null && placeholder !== to && factsOf(placeholder)) {
    // Back, not on: whatever `to` is by now, nothing is lost by the old name.
    if (!factsOf(from)) renameSync(placeholder, from);
  }
  const before = factsOf(from);
  const after = factsOf(to);
  if (!before) return after ? true : null;
  if (!after) return false;
  if (isSameNameHere(from, to, before)) return isWrittenSo(to);
  if (before.ino === after.ino && before.dev === after.dev) {
    unlinkSync(from);
    return true;
  }
  if (placeholder === to && after.size === 0n) unlinkSync(to);
  return false;
}

function move(from: string, to: string, beforePlaceholder: (path: string) => void): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error;
    beforePlaceholder(to);
    closeSync(openSync(to, 'wx'));
    try {
      renameSync(from, to);
    } catch (failure) {
      unlinkSync(to);
      throw failure;
    }
    return;
  }
  try {
    unlinkSync(from);
  } catch (error) {
    unlinkSync(to);
    throw error;
  }
}

/**
 * Changes how a name is written on a disk that takes both for one. Linux does nothing for that on FAT and exFAT, without
 * an error: there it takes a third name in between.
 */
function rewrite(from: string, to: string, beforePlaceholder: (path: string) => void): void {
  renameSync(from, to);
  if (isWrittenSo(to)) return;
  const third = thirdName(to);
  beforePlaceholder(third);
  renameSync(from, third);
  try {
    renameSync(third, to);
  } catch (error) {
    renameSync(third, from);
    throw error;
  }
}

/** Whether the folder has the name as it is written, however the disk composes its letters. */
function isWrittenSo(path: string): boolean {
  const name = basename(path).normalize('NFC');
  return readdirSync(dirname(path)).some((there) => there.normalize('NFC') === name);
}

function thirdName(path: string): string {
  for (let number = 0; ; number++) {
    const name = join(dirname(path), `.earmark-renaming-${process.pid}-${number}${extname(path)}`);
    if (!factsOf(name)) return name;
  }
}

/**
 * On a disk that does not distinguish the two names, `to` is the file itself. Such disks may make up the numbers of
 * files, so that only the list of names shows it: both are found, and not both are in it.
 */
function isSameNameHere(from: string, to: string, facts: BigIntStats): boolean {
  const there = factsOf(to);
  if (!there) return false;
  const isSameFile = there.ino === facts.ino && there.dev === facts.dev;
  if (!isSameFile && foldedName(basename(from)) !== foldedName(basename(to))) return false;
  const names = readdirSync(dirname(to));
  return !(names.includes(basename(from)) && names.includes(basename(to)));
}

function factsOf(path: string): BigIntStats | null {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
}

function taken(to: string): UserError {
  return new UserError('name-taken', `“${basename(to)}” already exists, so the file was not renamed. Choose another name, or move the existing file.`); // prettier-ignore
}
