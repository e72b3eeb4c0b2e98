import { expect, test } from 'vitest';
import { ListLines } from '../../src/renderer/list/list-lines.ts';

const told = (lines: ListLines) =>
  Array.from({ length: lines.length }, (_, at) => {
    const line = lines.at(at);
    return line.kind === 'maybe' ? '—' : line.kind === 'file' ? `${line.position}` : `${line.position}.${line.index}`;
  });

test('a list of files alone has a line for each', () => {
  expect(told(new ListLines(3, null, new Map()))).toEqual(['0', '1', '2']);
  expect(told(new ListLines(0, null, new Map()))).toEqual([]);
});

test('matches stand below their file, and before the line "Less likely" where they are surer', () => {
  const lines = new ListLines(4, 2, new Map([[3, 1], [1, 2]])); // prettier-ignore
  expect(told(lines)).toEqual(['0', '1', '1.0', '1.1', '—', '2', '3', '3.0']);
  expect([0, 1, 2, 3].map((position) => lines.ofFile(position))).toEqual([0, 1, 5, 6]);
  expect([lines.ofMatch(1, 1), lines.ofMatch(3, 0)]).toEqual([3, 7]);
});

test('the line "Less likely" may be the first', () => {
  expect(told(new ListLines(2, 0, new Map([[0, 1]])))).toEqual(['—', '0', '0.0', '1']);
});
