/**
 * One writing program for a catalogue. The lock is an exclusive lock of SQLite on a file of its own, held as long as
 * the job runs: the operating system frees it when the program ends, also after kill -9, and it works the same on
 * every platform. Reading, searching and short writes of other programs go on beside it.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { UserError } from '../../shared/errors.ts';
import { withDatabaseErrors } from './database-errors.ts';

const RETRY_MS = 200;

interface Holder {
  pid: number;
  /** Epoch ms. */
  sinceMs: number;
}

/**
 * @param options.wait keep trying until the lock is free or this signal aborts; without it, one try
 * @returns gives the lock back; more than once does no harm
 * @throws UserError catalogue-busy when another program holds it, catalogue-unwritable; wait.reason
 */
export async function acquireWriterLock(dataFolder: string, options: { wait?: AbortSignal } = {}): Promise<() => void> {
  for (;;) {
    options.wait?.throwIfAborted();
    const release = withDatabaseErrors(dataFolder, () => tryAcquire(dataFolder));
    if (release) return release;
    if (!options.wait) throw busy(dataFolder);
    await sleep(RETRY_MS, undefined, { signal: options.wait }).catch(() => {
      options.wait?.throwIfAborted();
    });
  }
}

function tryAcquire(dataFolder: string): (() => void) | null {
  mkdirSync(dataFolder, { recursive: true });
  const db = new Database(join(dataFolder, 'writer.lock'), { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
  writeHolder(dataFolder, { pid: process.pid, sinceMs: Date.now() });
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
  writeFileSync(temporary, JSON.stringify(holder));
  renameSync(temporary, holderPath(dataFolder)); // a reader sees the old or the new one, never half of it
}

/** Who holds the lock, as far as can be told: the holder may just be writing its name, or just be gone. */
function readHolder(dataFolder: string): Holder | null {
  try {
    return JSON.parse(readFileSync(holderPath(dataFolder), 'utf8')) as Holder;
  } catch {
    return null; // only the sentence is less exact without it
  }
}

function busy(dataFolder: string): UserError {
  const holder = readHolder(dataFolder);
  const since = holder ? `, since ${new Date(holder.sinceMs).toLocaleTimeString()}` : '';
  const who = holder ? `Another Earmark (process ${holder.pid}${since})` : 'Another Earmark';
  return new UserError('catalogue-busy', `${who} is indexing into “${dataFolder}”; wait for it or stop it.`);
}
