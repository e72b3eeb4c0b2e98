/** From results that fit, those that differ. */
import { expect, test } from 'vitest';
import { diverse } from '../../src/main/search/diverse.ts';

const item = (name: string, score: number, angle: number | null) => ({
  name,
  score,
  embedding: angle === null ? null : Float32Array.of(Math.cos(angle), Math.sin(angle)),
});
/** Three that are nearly one, one at a right angle, one that fits hardly. */
const items = [item('a', 0.9, 0), item('a2', 0.89, 0.01), item('a3', 0.88, 0.02), item('b', 0.6, Math.PI / 2), item('c', 0.2, 1)]; // prettier-ignore
const names = (count: number, diversity: number) => diverse(items, count, diversity).map(({ name }) => name);

test('without diversity the best ones; with it no two alike, the best first', () => {
  expect(names(3, 0)).toEqual(['a', 'a2', 'a3']);
  expect(names(2, 0.5)).toEqual(['a', 'b']);
  expect(names(3, 1)).toEqual(['a', 'b', 'c']);
});

test('what has no embedding resembles nothing; fewer than asked for are all', () => {
  expect(diverse([items[0]!, items[1]!, item('silent', 0.5, null)], 2, 0.5).map(({ name }) => name)).toEqual([
    'a',
    'silent',
  ]);
  expect(names(10, 0.5)).toHaveLength(5);
  expect(diverse([], 3, 0.5)).toEqual([]);
});
