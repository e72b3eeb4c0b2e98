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
import { basename, dirname } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { describeWriteError } from './write-list.ts';

/**
 * Gives the file a second name, then takes the first one away: `link` fails where there is such a name already, which
 * `rename` does not. Killed in between, the file has both names, which {@link settleRename} puts right. Synchronous:
 * some microseconds, and nothing of ours comes between the two steps.
 * @param from absolute @param to absolute, in the same folder
 * @param beforePlaceholder called on a disk that knows no second names, before an empty file keeps the place of the
 *   new name for a moment: whoever finds it after a crash must know that it is ours
 * @throws UserError with what is in the way; then the file has its old name and nothing else happened
 */
export function renameWithoutReplacing(from: string, to: string, beforePlaceholder: () => void): void {
  if (dirname(from) !== dirname(to)) throw new Error(`not in one folder: ${from}, ${to}`);
  const facts = factsOf(from);
  if (!facts) throw new UserError('vanished', `“${basename(from)}” is not there any more. Look through the folder again, then repeat it.`); // prettier-ignore
  if (!facts.isFile()) throw new UserError('bad-input', `“${basename(from)}” is not a file of its own, so it was left alone. Rename what it leads to.`); // prettier-ignore
  try {
    if (isSameNameHere(from, to, facts)) renameSync(from, to);
    else move(from, to, beforePlaceholder);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? taken(to) : (describeWriteError(error, to) ?? error);
  }
}

/**
 * What a rename that was broken off came to; a second name that it left is taken away.
 * @param placeholder an empty file at `to` is ours
 * @returns whether the file is at `to` now; null when it is at neither place
 */
export function settleRename(from: string, to: string, placeholder: boolean): boolean | null {
  const before = factsOf(from);
  const after = factsOf(to);
  if (!before) return after ? true : null;
  if (!after) return false;
  if (isSameNameHere(from, to, before)) return readdirSync(dirname(to)).includes(basename(to));
  if (before.ino === after.ino && before.dev === after.dev) {
    unlinkSync(from);
    return true;
  }
  if (placeholder && after.size === 0n) unlinkSync(to);
  return false;
}

function move(from: string, to: string, beforePlaceholder: () => void): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error;
    beforePlaceholder();
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

/** On a disk that does not tell the two names apart, `to` is the file itself: `rename` changes how it is written. */
function isSameNameHere(from: string, to: string, facts: BigIntStats): boolean {
  const there = factsOf(to);
  if (there?.ino !== facts.ino || there.dev !== facts.dev) return false;
  const names = readdirSync(dirname(to));
  return !(names.includes(basename(from)) && names.includes(basename(to)));
}

function factsOf(path: string): BigIntStats | null {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
}

function taken(to: string): UserError {
  return new UserError('name-taken', `Another file is called “${basename(to)}” already, so nothing was renamed. Move it away or choose another name.`); // prettier-ignore
}
