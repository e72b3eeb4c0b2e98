import { expect, test } from 'vitest';
import type { WindowEmbedding } from '../../src/main/embed/embed-files.ts';
import { mergeAlikeNeighbours } from '../../src/main/embed/merge-windows.ts';

/** Windows of 5 s, each pointing to an angle on the unit circle. */
function windowsAt(angles: number[]): WindowEmbedding[] {
  return angles.map((angle, at) => ({
    startSeconds: at * 5,
    seconds: 5,
    embedding: Float32Array.of(Math.cos(angle), Math.sin(angle)),
  }));
}

const steady = (count: number, angle: number) => Array.from({ length: count }, () => angle);

test('a short file keeps every window', () => {
  const windows = windowsAt(steady(23, 0));
  expect(mergeAlikeNeighbours(windows)).toEqual(windows);
});

test('an hour of constant sound is merged into half minutes, and a bark in it keeps its own window', () => {
  const angles = steady(720, 0);
  angles[300] = 1.5;
  const merged = mergeAlikeNeighbours(windowsAt(angles));
  expect(merged.length).toBeLessThan(125);
  const bark = merged.find(({ embedding }) => embedding[1]! > 0.9);
  expect(bark).toMatchObject({ startSeconds: 1500, seconds: 5 });
  expect(Math.max(...merged.map(({ seconds }) => seconds))).toBe(30);
});

test('together they cover the same time without gaps', () => {
  const merged = mergeAlikeNeighbours(windowsAt([...steady(20, 0), ...steady(20, 1), 2, 0.5]));
  expect(merged[0]!.startSeconds).toBe(0);
  for (let at = 1; at < merged.length; at++) {
    expect(merged[at]!.startSeconds).toBe(merged[at - 1]!.startSeconds + merged[at - 1]!.seconds);
  }
  expect(merged.at(-1)!.startSeconds + merged.at(-1)!.seconds).toBe(42 * 5);
});

test('a slow glide is not swallowed: neighbours are alike, the ends are not', () => {
  const glide = Array.from({ length: 60 }, (_, n) => n * 0.1);
  const merged = mergeAlikeNeighbours(windowsAt(glide));
  expect(merged.length).toBeGreaterThan(15);
  for (const { embedding } of merged) expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
});
