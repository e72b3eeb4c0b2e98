/** What Earmark knows of a library is its user's alone: the data folder opens for nobody else, whatever the umask. */
import { chmodSync, closeSync, lstatSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const OTHERS = 0o077;

/**
 * Makes the folder where there is none, and takes it from others where they could enter. On Windows the folders of a
 * user's profile are closed by themselves.
 * @param dataFolder absolute
 * @throws errors of the file system when it cannot be made; a folder of somebody else stays as it is
 */
export function makePrivate(dataFolder: string): void {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  if (process.platform === 'win32') return;
  const wasOpen = (lstatSync(dataFolder).mode & OTHERS) !== 0;
  tighten(dataFolder, 0o700);
  for (const entry of readdirSync(dataFolder, { recursive: wasOpen, withFileTypes: true })) {
    if (entry.isFile()) tighten(join(entry.parentPath, entry.name), 0o600);
    else if (entry.isDirectory()) tighten(join(entry.parentPath, entry.name), 0o700);
  }
}

/** An empty file that nobody else may read, where there is none: SQLite gives its own files the rights of the database. */
export function makePrivateFile(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
}

function tighten(path: string, mode: number): void {
  try {
    const facts = lstatSync(path);
    if ((facts.mode & OTHERS) !== 0 && facts.uid === process.getuid?.()) chmodSync(path, mode);
  } catch (error) {
    // Gone since it was listed, or on a disk without rights: there is nothing to take then.
    if (!['ENOENT', 'EPERM', 'EROFS', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
