import { describe, expect, test } from 'vitest';
import { refineMatch, similarityCurve } from '../../src/main/search/refine-match.ts';

const STEP = 0.25;
/** A curve from 0 s on, by the cosines of its steps. */
const curve = (...similarity: number[]) => ({ startSeconds: 0, stepSeconds: STEP, similarity });
const flat = (steps: number, value = 0.1): number[] => Array<number>(steps).fill(value);
const WINDOW = { startSeconds: 1, endSeconds: 3 };

describe('the part of a window that is the match', () => {
  test('a plateau is found between the moments where it rises and falls', () => {
    const found = refineMatch(curve(...flat(6), ...flat(4, 0.7), ...flat(6)), WINDOW);
    expect(found!.startSeconds).toBeCloseTo(1.5, 6);
    expect(found!.endSeconds).toBeCloseTo(2.5, 6);
  });

  test('it continues beyond the window', () => {
    const found = refineMatch(curve(...flat(2), ...flat(12, 0.7), ...flat(4)), WINDOW);
    expect(found!.startSeconds).toBeCloseTo(0.5, 6);
    expect(found!.endSeconds).toBeCloseTo(3.5, 6);
  });

  test('a short gap does not end it, a longer one does', () => {
    const twice = [...flat(4), 0.7, 0.7, ...flat(1), 0.7, 0.7, ...flat(7)];
    expect(refineMatch(curve(...twice), WINDOW)!.endSeconds).toBeGreaterThan(2.2);
    const apart = [...flat(4), 0.7, 0.7, 0.7, ...flat(4), 0.6, 0.6, 0.6, ...flat(4)];
    expect(refineMatch(curve(...apart), WINDOW)!.endSeconds).toBeLessThan(2);
  });

  test('what is louder in the neighbour window is another match', () => {
    const found = refineMatch(curve(...flat(5), 0.6, 0.6, 0.6, ...flat(6), 0.9, 0.9, ...flat(2)), WINDOW);
    expect(found!.endSeconds).toBeLessThan(2.5);
  });

  test('up to the ends of the range that was compared', () => {
    expect(refineMatch(curve(0.7, 0.7, 0.7, ...flat(9)), { startSeconds: 0, endSeconds: 3 })!.startSeconds).toBe(0);
    expect(refineMatch(curve(...flat(9), 0.7, 0.7, 0.7), { startSeconds: 0, endSeconds: 3 })!.endSeconds).toBe(3);
  });

  test('nothing where no moment stands out, or none is in the window', () => {
    expect(refineMatch(curve(...flat(16, 0.4)), WINDOW)).toBeNull();
    expect(refineMatch(curve(...flat(8), ...flat(8, 0.15)), WINDOW)).toBeNull();
    expect(refineMatch(curve(0.1, 0.8), { startSeconds: 5, endSeconds: 10 })).toBeNull();
  });
});

describe('the curve', () => {
  const frame = (startSeconds: number, ...embedding: number[]) => ({
    startSeconds,
    embedding: Float32Array.from(embedding),
  });

  test('is the best of each side, and their mean', () => {
    const frames = [frame(2, 1, 0), frame(2.25, 0, 1)];
    const words = [Float32Array.of(1, 0)];
    const sound = [Float32Array.of(0, 1), Float32Array.of(0.6, 0.8)];
    expect(similarityCurve(frames, [words], STEP)).toEqual({ startSeconds: 2, stepSeconds: STEP, similarity: [1, 0] });
    const both = similarityCurve(frames, [words, sound], STEP)!.similarity;
    expect(both[0]).toBeCloseTo(0.8, 6);
    expect(both[1]).toBeCloseTo(0.5, 6);
  });

  test('a moment that is missing is like nothing; without any there is none', () => {
    const found = similarityCurve([frame(0, 1, 0), frame(0.75, 1, 0)], [[Float32Array.of(1, 0)]], STEP);
    expect(found!.similarity).toEqual([1, 0, 0, 1]);
    expect(similarityCurve([], [[Float32Array.of(1, 0)]], STEP)).toBeNull();
  });
});
