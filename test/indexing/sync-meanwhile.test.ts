import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SyncMeanwhile } from '../../src/main/indexing/sync-meanwhile.ts';

let nowMs = 0;
beforeEach(() => {
  nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
});
afterEach(() => void vi.restoreAllMocks());

/** Syncs that take as long as the test lets them. */
function slowSyncs() {
  const syncs: { finish: () => void; signal: AbortSignal }[] = [];
  const sync = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      syncs.push({ finish: resolve, signal });
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  return { syncs, sync };
}

const settle = () => new Promise(setImmediate);

test('the first sync comes after ten seconds, never two at once, the next after twenty times its length', async () => {
  const { syncs, sync } = slowSyncs();
  const meanwhile = new SyncMeanwhile(sync);
  meanwhile.poke();
  await settle();
  expect(syncs).toHaveLength(0);
  nowMs = 10_000;
  meanwhile.poke();
  meanwhile.poke();
  await settle();
  expect(syncs).toHaveLength(1);
  nowMs = 12_000;
  syncs[0]!.finish();
  await settle();
  nowMs = 12_000 + 39_000;
  meanwhile.poke();
  await settle();
  expect(syncs).toHaveLength(1);
  nowMs = 12_000 + 41_000;
  meanwhile.poke();
  await settle();
  expect(syncs).toHaveLength(2);
  await meanwhile.end();
});

test('the end stops a running sync and waits for it', async () => {
  const { syncs, sync } = slowSyncs();
  const meanwhile = new SyncMeanwhile(sync);
  nowMs = 10_000;
  meanwhile.poke();
  await settle();
  await meanwhile.end();
  expect(syncs[0]!.signal.aborted).toBe(true);
});
