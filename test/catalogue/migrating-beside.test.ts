/** Two programs that are started after an update: one brings the catalogue to the newest version, the other waits for it. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { openCatalogue } from '../../src/main/catalogue/open.ts';
import { olderCatalogue } from '../kit/catalogue.ts';

/** Longer than a statement waits for another process: so long a large catalogue is migrated. */
const HELD_MS = 6500;

test('a catalogue that another process holds for its migration is waited for', async () => {
  const older = olderCatalogue(10);
  const holder = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const db = new (require('better-sqlite3'))(workerData.path);
     db.exec('BEGIN IMMEDIATE');
     parentPort.postMessage('held');
     setTimeout(() => { db.exec('COMMIT'); db.close(); }, workerData.heldMs);`,
    { eval: true, workerData: { path: older.db.name, heldMs: HELD_MS } },
  );
  await once(holder, 'message');
  try {
    openCatalogue(older.folder).close();
    expect(older.db.pragma('user_version', { simple: true })).toBeGreaterThan(10);
  } finally {
    await holder.terminate();
    older.remove();
  }
});
