import { expect, test } from 'vitest';
import { matchesAmong, merged } from '../../src/main/search/file-matches.ts';
import type { Band, WindowRelevance } from '../../src/shared/types.ts';

const window = (startSeconds: number, relevance: number, endSeconds = startSeconds + 5): WindowRelevance => {
  const band: Band = relevance > 0.6 ? 'strong' : relevance > 0.3 ? 'likely' : relevance > 0.1 ? 'maybe' : 'unlikely';
  return { startSeconds, endSeconds, relevance, band };
};
const spans = (windows: readonly WindowRelevance[]) =>
  windows.map(({ startSeconds, endSeconds, band }) => [startSeconds, endSeconds, band]);

test('windows below the cut are no match, and two side by side are two', () => {
  const windows = [window(0, 0.05), window(5, 0.7), window(10, 0.2), window(15, 0.01), window(40, 0.4)];
  expect(spans(matchesAmong(windows))).toEqual([
    [5, 10, 'strong'],
    [10, 15, 'maybe'],
    [40, 45, 'likely'],
  ]);
});

test('the last window, which reaches back over the one before it, is one with it', () => {
  expect(spans(matchesAmong([window(0, 0.2), window(5, 0.4), window(7.5, 0.7, 12.5)]))).toEqual([
    [0, 5, 'maybe'],
    [5, 12.5, 'strong'],
  ]);
});

test('a sound of more than a minute is one match, with the score of its best window', () => {
  const rain = Array.from({ length: 13 }, (_, at) => window(100 + 5 * at, at === 7 ? 0.9 : 0.2));
  expect(spans(matchesAmong([window(0, 0.4), ...rain, window(300, 0.4)]))).toEqual([
    [0, 5, 'likely'],
    [100, 165, 'strong'],
    [300, 305, 'likely'],
  ]);
  expect(matchesAmong(rain.slice(0, 12))).toHaveLength(12);
});

test('spans that overlap or touch are merged, in order of time', () => {
  const spansOf = (...pairs: [number, number][]) => pairs.map(([startSeconds, endSeconds]) => ({ startSeconds, endSeconds })); // prettier-ignore
  expect(merged(spansOf([6, 7], [0, 2], [2, 3], [2.5, 4]))).toEqual(spansOf([0, 4], [6, 7]));
});
