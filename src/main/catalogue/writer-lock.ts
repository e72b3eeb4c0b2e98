/**
 * One writing program for a catalogue. The lock is an exclusive lock of SQLite on a file of its own, held as long as
 * the job runs: the operating system frees it when the program ends, also after kill -9, and it works the same on
 * every platform. Reading, searching and short writes of other programs remain possible.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { UserError } from '../../shared/errors.ts';
import { withDatabaseErrors } from './database-errors.ts';
import { makePrivate, makePrivateFile } from './private-folder.ts';

const RETRY_MS = 200;

/** What the lock is held for, as the sentence for those who want it meanwhile has it. */
const WORK_WORDS = {
  index: 'analysing files',
  write: 'writing tags',
  undo: 'undoing writes',
  rename: 'renaming files',
  sync: 'syncing with the studio',
  work: 'analysing files for the studio',
  recover: 'recovering files after a crash',
  save: 'saving its index',
  forget: 'deleting the analysis of a model',
};

export type LockedWork = keyof typeof WORK_WORDS;

interface Holder {
  pid: number;
  work: LockedWork;
  /** Epoch ms. */
  sinceMs: number;
}

/**
 * @param options.work what it is for: shown to others who want it meanwhile. @default 'index'
 * @param options.patienceMs how long to keep trying while somebody else holds it. @default 0: one try
 * @returns gives the lock back; more than once does no harm
 * @throws UserError catalogue-busy when somebody else holds it, this program or another; catalogue-unwritable
 */
export async function acquireWriterLock(
  dataFolder: string,
  { work = 'index', patienceMs = 0 }: { work?: LockedWork; patienceMs?: number } = {},
): Promise<() => void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const release = withDatabaseErrors(dataFolder, () => tryAcquire(dataFolder, work));
    if (release) return release;
    const left = until - performance.now();
    if (left <= 0) throw busy(dataFolder);
    await sleep(Math.min(RETRY_MS, left));
  }
}

function tryAcquire(dataFolder: string, work: LockedWork): (() => void) | null {
  makePrivate(dataFolder);
  makePrivateFile(join(dataFolder, 'writer.lock'));
  const db = new Database(join(dataFolder, 'writer.lock'), { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
  writeHolder(dataFolder, { pid: process.pid, work, sinceMs: Date.now() });
  return () => {
    if (!db.open) return;
    rmSync(holderPath(dataFolder), { force: true });
    db.exec('ROLLBACK');
    db.close();
  };
}

function holderPath(dataFolder: string): string {
  return join(dataFolder, 'writer.json');
}

function writeHolder(dataFolder: string, holder: Holder): void {
  const temporary = `${holderPath(dataFolder)}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(holder), { mode: 0o600 });
  renameSync(temporary, holderPath(dataFolder)); // a reader sees the old or the new one, never half of it
}

/** Who holds the lock, as far as is known: the holder may just be writing its name, or just be gone. */
function readHolder(dataFolder: string): Holder | null {
  try {
    return JSON.parse(readFileSync(holderPath(dataFolder), 'utf8')) as Holder;
  } catch {
    return null; // only the sentence is less exact without it
  }
}

function busy(dataFolder: string): UserError {
  const holder = readHolder(dataFolder);
  if (!holder) {
    return new UserError('catalogue-busy', `Another instance of Earmark is using the catalogue in “${dataFolder}”. Wait for it to finish, or quit it.`); // prettier-ignore
  }
  const { pid, work, sinceMs } = holder;
  const since = `since ${new Date(sinceMs).toLocaleTimeString()}`;
  // A file of another version, or one that somebody changed, may say anything.
  const doing = Object.hasOwn(WORK_WORDS, work) ? WORK_WORDS[work] : 'busy';
  const sentence =
    pid === process.pid
      ? `Earmark is ${doing} (${since}). Wait for it to finish, or cancel it.`
      : `Another instance of Earmark (process ${pid}, ${since}) is ${doing} in “${dataFolder}”. Wait for it to finish, or quit it.`;
  return new UserError('catalogue-busy', sentence);
}
