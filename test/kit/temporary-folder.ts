/** Folders for what tests write. They go with the test file, also when a test of it failed. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/**
 * Lower-case letters and digits: `mkdtemp` may spell what tests look for, such as the code of an error.
 * @param name what it begins with; a few letters where sockets lie in it, whose paths are short
 * @param parent that it is made in
 * @returns a new, empty folder, by the path that links lead to: a temporary folder is often a link
 */
export function temporaryFolder(name: string, parent = tmpdir()): string {
  const path = join(parent, `${name}-${randomUUID().slice(0, 8)}`);
  mkdirSync(path, { mode: 0o700 });
  const folder = realpathSync(path);
  made.push(folder);
  return folder;
}

/** What was made so far in this process; `setup.ts` calls it after each test file. */
export function removeTemporaryFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
