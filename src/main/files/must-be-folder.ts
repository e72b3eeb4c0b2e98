/** A path that is to be a folder, and is a file, or lies below one: whatever is read or made there would name another cause. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../../shared/errors.ts';

/**
 * One that is not there yet is fine.
 * @param path absolute
 * @param what it is for, as it stands at the beginning of the sentence: `The data folder`
 * @throws UserError bad-input
 */
export function mustBeFolder(path: string, what: string): void {
  for (let at = path; ; at = dirname(at)) {
    const facts = factsOf(at);
    if (facts?.isDirectory() === false) {
      const why = at === path ? 'is a file' : `cannot be created: “${at}” is a file`;
      throw new UserError('bad-input', `${what} “${path}” ${why}. Choose a folder.`);
    }
    if (facts !== null || dirname(at) === at) return;
  }
}

/** null: missing or not accessible, which opening it reports. */
function factsOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}
