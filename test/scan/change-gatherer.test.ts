import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { ChangeGatherer } from '../../src/main/scan/change-gatherer.ts';

let gatherer: ChangeGatherer;
afterEach(() => gatherer.close());

/** @returns when each burst was acted upon, ms after the start, and for which root */
function gather(quietMs: number, longestMs: number): { rootId: number; atMs: number }[] {
  const settled: { rootId: number; atMs: number }[] = [];
  const beganMs = performance.now();
  gatherer = new ChangeGatherer((rootId) => settled.push({ rootId, atMs: performance.now() - beganMs }), {
    quietMs,
    longestMs,
  });
  return settled;
}

test('a burst is one, after it has been quiet; each root by itself', async () => {
  const settled = gather(100, 10_000);
  for (let i = 0; i < 20; i++) gatherer.note(1);
  gatherer.note(2);
  expect(settled).toEqual([]);
  await sleep(400);
  expect(settled.map(({ rootId }) => rootId)).toEqual([1, 2]);
  expect(settled[0]!.atMs).toBeGreaterThanOrEqual(95);
  gatherer.note(1);
  await sleep(400);
  expect(settled).toHaveLength(3);
});

test('what never gets quiet is acted upon all the same', async () => {
  const settled = gather(1000, 300);
  const beganMs = performance.now();
  while (settled.length < 2 && performance.now() - beganMs < 10_000) {
    gatherer.note(1);
    await sleep(20);
  }
  expect(settled).toHaveLength(2);
  expect(settled[0]!.atMs).toBeGreaterThanOrEqual(290);
});

test('what was noted can be dropped', async () => {
  const settled = gather(50, 1000);
  gatherer.note(1);
  gatherer.note(2);
  gatherer.forget(1);
  gatherer.forget(3);
  await sleep(300);
  expect(settled.map(({ rootId }) => rootId)).toEqual([2]);
});
