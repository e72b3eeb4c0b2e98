/** A path as a person or a program wrote it, where only an absolute one means the same to every process. */
import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
import { UserError } from '../../shared/errors.ts';

/**
 * @param written absolute, or in the home folder (`~`, `~/Sounds`)
 * @returns absolute, as written otherwise
 * @throws UserError bad-input
 */
export function fullPath(written: string): string {
  const path = withHome(written);
  if (path.includes('\0'))
    throw new UserError('bad-input', 'A path cannot contain a null character. Enter another path.');
  if (isAbsolute(path)) return path;
  throw new UserError('bad-input', `“${written}” is not a full path. Enter one that begins at the top of a drive.`);
}

/** `~` and what begins with `~/` lies in the home folder. */
export function withHome(path: string): string {
  return /^~(?:[/\\]|$)/.test(path) ? homedir() + path.slice(1) : path;
}
