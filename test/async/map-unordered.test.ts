import { setImmediate as otherWork, setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mapUnordered } from '../../src/main/async/map-unordered.ts';

const { signal: never } = new AbortController();

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

test('a slow item does not delay the others, and every result comes once', async () => {
  const results = await collect(mapUnordered([50, 1, 1, 1], 2, async (ms) => (await sleep(ms), ms), never));
  expect(results).toEqual([1, 1, 1, 50]);
});

test('never more than the limit at once, and nothing is pulled before there is room and somebody asks', async () => {
  let pulled = 0;
  const working: (() => void)[] = [];
  function* source() {
    while (pulled < 20) yield ++pulled;
  }
  const work = (n: number) => new Promise<number>((resolve) => working.push(() => resolve(n)));
  const results = mapUnordered(source(), 3, work, never);
  const first = results.next();
  await otherWork();
  expect([pulled, working.length]).toEqual([3, 3]);
  working[1]!();
  expect(await first).toEqual({ done: false, value: 2 });
  await otherWork();
  expect([pulled, working.length]).toEqual([3, 3]); // there is room, but nobody has asked
  const second = results.next();
  await otherWork();
  expect([pulled, working.length]).toEqual([4, 4]);
  for (const end of working) end();
  await second;
  await results.return();
  expect(pulled).toBe(4);
});

test('a consumer that stops early waits for running work', async () => {
  let running = 0;
  const work = async () => {
    running++;
    await sleep(1);
    running--;
  };
  for await (const _ of mapUnordered([1, 2, 3, 4, 5], 3, work, never)) break; // prettier-ignore
  expect(running).toBe(0);
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
