import { expect, test } from 'vitest';
import { rangeBetween, secondsOf, withEdge } from '../../../src/renderer/strip/time-range.ts';

const FILE = { fileId: 3, sampleRate: 44_100, numberOfSamples: 441_000 };

test('a range has whole samples, in order, within the file', () => {
  expect(rangeBetween(FILE, 100.6, 20.2)).toEqual({ fileId: 3, sampleRate: 44_100, startSample: 20, endSample: 101 });
  expect(rangeBetween(FILE, -50, 1e9)).toMatchObject({ startSample: 0, endSample: 441_000 });
});

test('nothing between the edges is no range', () => {
  expect(rangeBetween(FILE, 100.1, 99.9)).toBeNull();
  expect(rangeBetween(FILE, 500_000, 600_000)).toBeNull();
});

test('seconds lead back to the same samples', () => {
  for (const startSample of [1, 7, 12_345, 440_997]) {
    const { startSeconds, endSeconds } = secondsOf({ ...FILE, startSample, endSample: startSample + 1 });
    expect(Math.round(startSeconds * 44_100)).toBe(startSample);
    expect(Math.round(endSeconds * 44_100)).toBe(startSample + 1);
  }
});

test('an edge stays in the file and a sample from the other', () => {
  const range = rangeBetween(FILE, 100, 200)!;
  expect(withEdge(range, 'start', 149.6, FILE)).toEqual({ ...range, startSample: 150 });
  expect(withEdge(range, 'start', 300, FILE)).toEqual({ ...range, startSample: 199 });
  expect(withEdge(range, 'start', -3, FILE)).toEqual({ ...range, startSample: 0 });
  expect(withEdge(range, 'end', 20, FILE)).toEqual({ ...range, endSample: 101 });
  expect(withEdge(range, 'end', 1e9, FILE)).toEqual({ ...range, endSample: 441_000 });
});
