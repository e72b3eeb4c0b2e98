/**
 * A catalogue that lies where nothing can be written: on a read-only disk, in another user's folder, on a disk without
 * room. SQLite cannot read a database with a write-ahead log there unless files beside it exist already, and
 * better-sqlite3 is built without the `immutable` parameter (https://sqlite.org/wal.html#read_only_databases). So it is
 * read from a copy in the system's temporary folder, which all processes of a program share.
 */
import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, constants, copyFileSync, lstatSync, mkdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { UserError } from '../../shared/errors.ts';

const NAME = 'catalogue.db';
/** A writer may be at work on the original meanwhile: a copy of two moments is made again, at most so many times. */
const TRIES = 3;

/**
 * @param path of the catalogue, which exists
 * @param prepare brings the copy forward to this program's schema
 * @returns path of a copy that needs nothing beside it; the same one for as long as the original stays as it is
 * @throws UserError disk-full when there is no room for it; catalogue-busy when the original does not hold still
 */
export function readingCopy(path: string, prepare: (db: Database.Database) => void): string {
  for (let tried = 0; tried < TRIES; tried++) {
    const before = stateOf(path);
    const shared = join(tmpdir(), `earmark-reading-${process.getuid?.() ?? 'own'}-${before}`);
    if (isOurs(shared)) return join(shared, NAME);
    const own = `${shared}.${randomUUID()}`;
    try {
      makeCopy(path, own, prepare);
      if (stateOf(path) !== before) throw new MovedOn();
      renameSync(own, shared);
      return join(shared, NAME);
    } catch (error) {
      rmSync(own, { recursive: true, force: true });
      if (error instanceof MovedOn || isOurs(shared)) continue; // another process of ours was first
      throw sentenceFor(error, path);
    }
  }
  throw new UserError('catalogue-busy', `Another program is writing to the catalogue “${path}”. Wait for it to finish, then try again.`); // prettier-ignore
}

/** Removes it; a process that has it open keeps reading, where the system allows that, and removes it in the end where not. */
export function removeReadingCopy(path: string): void {
  try {
    rmSync(dirname(path), { recursive: true, force: true });
  } catch (error) {
    // Windows keeps files that somebody has open: the last one to close it succeeds.
    if (!['EBUSY', 'EPERM', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

class MovedOn extends Error {}

function makeCopy(path: string, folder: string, prepare: (db: Database.Database) => void): void {
  mkdirSync(folder, { mode: 0o700 });
  const copy = join(folder, NAME);
  for (const ending of ['', '-wal']) {
    if (!statSync(path + ending, { throwIfNoEntry: false })) continue;
    copyFileSync(path + ending, copy + ending, constants.COPYFILE_FICLONE);
    chmodSync(copy + ending, 0o600);
  }
  const db = new Database(copy);
  try {
    db.pragma('journal_mode = DELETE'); // puts the log into the file; a reader needs nothing beside it then
    prepare(db);
  } finally {
    db.close();
  }
}

/** In a folder that everybody may write to, a name alone proves nothing. */
function isOurs(folder: string): boolean {
  const facts = lstatSync(folder, { throwIfNoEntry: false });
  if (!facts?.isDirectory()) return false;
  if (process.platform === 'win32') return true; // the temporary folder is the user's own there
  return facts.uid === process.getuid?.() && (facts.mode & 0o077) === 0;
}

function stateOf(path: string): string {
  const hash = createHash('sha256').update(realpathSync(path));
  for (const ending of ['', '-wal']) {
    const facts = statSync(path + ending, { throwIfNoEntry: false, bigint: true });
    hash.update(facts ? `${facts.dev} ${facts.ino} ${facts.size} ${facts.mtimeNs}\n` : 'none\n');
  }
  return hash.digest('hex').slice(0, 16);
}

function sentenceFor(error: unknown, path: string): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(code)) return error;
  const megabytes = Math.ceil(statSync(path).size / 1e6);
  return new UserError(
    'disk-full',
    `The folder of the catalogue “${path}” is read-only, and the temporary copy needed to read it (${megabytes} MB) does not fit in “${tmpdir()}”. Free some space there and try again.`,
    error,
  );
}
