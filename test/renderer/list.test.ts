import { expect, test } from 'vitest';
import { BoundedCache } from '../../src/renderer/list/bounded-cache.ts';
import {
  followFiles,
  move,
  NOTHING_SELECTED,
  selectOnly,
  stretchTo,
  toggle,
} from '../../src/renderer/list/selected-range.ts';
import { scrollTopFor, virtualWindow, type ListShape } from '../../src/renderer/list/virtual-window.ts';

const LIST: ListShape = { rows: 100_000, rowHeight: 36, viewportHeight: 600 };

test('only what is seen exists, and stands where it belongs', () => {
  expect(virtualWindow(LIST, 0, 4)).toEqual({ from: 0, to: 21, scrollHeight: 3_600_000, top: 0 });
  const middle = virtualWindow(LIST, 1_800_018, 4);
  expect(middle.from).toBe(49_996);
  expect(middle.top).toBe(49_996 * 36);
  expect(middle.to - middle.from).toBeLessThan(30);
});

test('the end, an empty list, and a list shorter than the window', () => {
  const end = virtualWindow(LIST, 3_600_000 - 600, 4);
  expect(end.to).toBe(100_000);
  expect(virtualWindow({ ...LIST, rows: 0 }, 0, 4)).toEqual({ from: 0, to: 0, scrollHeight: 0, top: 0 });
  expect(virtualWindow({ ...LIST, rows: 3 }, 0, 4)).toMatchObject({ from: 0, to: 3, scrollHeight: 108 });
  // A list that has become shorter than where it was scrolled to.
  expect(virtualWindow({ ...LIST, rows: 3 }, 50_000, 4)).toMatchObject({ to: 3 });
});

test('a list longer than a browser can lay out reaches its last row all the same', () => {
  const long = { ...LIST, rows: 1_000_000 };
  const { scrollHeight } = virtualWindow(long, 0, 4);
  expect(scrollHeight).toBe(12_000_000);
  const end = virtualWindow(long, scrollHeight - 600, 4);
  expect(end.to).toBe(1_000_000);
  // The last row ends where the scrolled thing ends.
  expect(end.top + (end.to - end.from) * 36).toBeCloseTo(scrollHeight, 3);
  for (const row of [0, 1, 499_999, 999_999]) {
    const scrollTop = scrollTopFor(long, 6_000_000, row);
    const { from, to } = virtualWindow(long, scrollTop, 0);
    expect(row).toBeGreaterThanOrEqual(from);
    expect(row).toBeLessThan(to);
  }
});

test('scrolling to a row moves no further than needed', () => {
  expect(scrollTopFor(LIST, 360, 12)).toBe(360);
  expect(scrollTopFor(LIST, 360, 5)).toBe(180);
  expect(scrollTopFor(LIST, 0, 20)).toBe(21 * 36 - 600);
});

test('selecting: arrows stop at the ends, Shift stretches from the anchor and back', () => {
  expect(move(NOTHING_SELECTED, 1, 10, false).current).toBe(0);
  expect(move(NOTHING_SELECTED, -1, 10, false).current).toBe(9);
  expect(move(selectOnly(9), 1, 10, false).current).toBe(9);
  expect(move(selectOnly(3), Infinity, 10, false).current).toBe(9);
  expect(move(selectOnly(3), 1, 0, false)).toEqual(NOTHING_SELECTED);
  const down = move(move(selectOnly(3), 1, 10, true), 1, 10, true);
  expect([...down.chosen]).toEqual([3, 4, 5]);
  expect([...move(down, -4, 10, true).chosen]).toEqual([1, 2, 3]);
  expect([...stretchTo(NOTHING_SELECTED, 4).chosen]).toEqual([4]);
});

test('selecting: Ctrl takes one in and out', () => {
  const two = toggle(selectOnly(3), 7);
  expect([...two.chosen]).toEqual([3, 7]);
  expect([...toggle(two, 3).chosen]).toEqual([7]);
});

test('the selection follows its files into another list', () => {
  const two = toggle(selectOnly(0), 2); // files 10 and 30
  const there = followFiles(two, [10, 20, 30], [30, 20, 10, 5]);
  expect(there.current).toBe(0);
  expect([...there.chosen].sort()).toEqual([0, 2]);
  expect(followFiles(two, [10, 20, 30], [30, 7])).toMatchObject({ current: 0, anchor: 0 });
  // The one that keys act on has gone: nothing is left to act on by surprise.
  expect(followFiles(two, [10, 20, 30], [10, 7])).toEqual(NOTHING_SELECTED);
  expect(followFiles(NOTHING_SELECTED, [], [1, 2])).toEqual(NOTHING_SELECTED);
});

test('the cache forgets what was used longest ago', () => {
  const cache = new BoundedCache<number, string>(2);
  cache.set(1, 'a');
  cache.set(2, 'b');
  cache.get(1);
  cache.set(3, 'c');
  expect([cache.has(1), cache.has(2), cache.has(3)]).toEqual([true, false, true]);
  expect(cache.size).toBe(2);
});
