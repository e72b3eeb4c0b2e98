import { expect, test } from 'vitest';
import { Replaceable } from '../../src/main/async/replaceable.ts';

function numbered() {
  const closed: number[] = [];
  let made = 0;
  const parts = new Replaceable(() => {
    const number = ++made;
    return { number, close: () => Promise.resolve(void closed.push(number)) };
  });
  return { parts, closed };
}

test('made when first needed, once', () => {
  const { parts } = numbered();
  expect(parts.made).toBe(false);
  expect(parts.get().number).toBe(1);
  expect(parts.get().number).toBe(1);
  expect(parts.made).toBe(true);
});

test('who holds the old one keeps it; it is closed when the last of them is done', async () => {
  const { parts, closed } = numbered();
  const first = parts.hold();
  const second = parts.hold();
  parts.replace();
  expect(parts.get().number).toBe(2);
  expect(first.part.number).toBe(1);
  first.release();
  first.release(); // once more does no harm to the other
  expect(closed).toEqual([]);
  second.release();
  expect(closed).toEqual([1]);
  await parts.close();
  expect(closed).toEqual([1, 2]);
});

test('one that nobody uses is closed at once; work that fails releases it, too', async () => {
  const { parts, closed } = numbered();
  await expect(parts.use(() => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
  parts.replace();
  expect(closed).toEqual([1]);
});

test('the end waits for all of them, used or not', async () => {
  const { parts, closed } = numbered();
  const { release } = parts.hold();
  parts.replace();
  parts.get();
  await parts.close();
  expect(closed.sort()).toEqual([1, 2]);
  release();
  expect(closed).toHaveLength(2);
});
