import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mapUnordered } from '../../src/main/jobs/map-unordered.ts';

const { signal: never } = new AbortController();

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

test('a slow item holds up nobody, and every result comes once', async () => {
  const results = await collect(mapUnordered([50, 1, 1, 1], 2, async (ms) => (await sleep(ms), ms), never));
  expect(results).toEqual([1, 1, 1, 50]);
});

test('never more than the limit at once, nothing pulled early', async () => {
  let running = 0;
  let most = 0;
  let pulled = 0;
  function* source() {
    for (let n = 0; n < 20; n++) {
      pulled++;
      yield n;
    }
  }
  for await (const _ of mapUnordered(
    source(),
    3,
    async (n) => {
      most = Math.max(most, ++running);
      await sleep(1);
      running--;
      return n;
    },
    never,
  )) {
    // prettier-ignore
    expect(pulled - running).toBeLessThanOrEqual(20);
    if (pulled >= 6) break;
  }
  expect(most).toBeLessThanOrEqual(3);
  expect(pulled).toBeLessThan(20);
  expect(running).toBe(0); // leaving early waited for what was running
});

test('cancelling stops the work under way and reads as a cancel', async () => {
  const controller = new AbortController();
  let stopped = 0;
  const work = (_: number, signal: AbortSignal) =>
    new Promise<number>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        stopped++;
        reject(new Error('killed in mid-work'));
      });
    });
  setTimeout(() => controller.abort(), 10);
  await expect(collect(mapUnordered([1, 2, 3], 2, work, controller.signal))).rejects.toThrow(/aborted/i);
  expect(stopped).toBe(2);
});

test('the first error stops the rest', async () => {
  const work = async (n: number) => {
    if (n === 2) throw new Error('two is broken');
    await sleep(5);
    return n;
  };
  await expect(collect(mapUnordered([1, 2, 3], 2, work, never))).rejects.toThrow('two is broken');
});
