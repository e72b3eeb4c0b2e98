import { describe, expect, test } from 'vitest';
import { nearest, transients, zeroCrossing } from '../../../src/renderer/strip/snap.ts';

describe('onsets', () => {
  test('is the first part of a rise, once', () => {
    const levels = [0.01, 0.01, 0.012, 0.3, 0.5, 0.4, 0.2, 0.1, 0.05, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.4];
    expect(transients(levels)).toEqual([3, 16]);
  });
  test('out of silence too, but not within it', () => {
    expect(transients([0, 0, 0.5, 0.5])).toEqual([2]);
    expect(transients([0, 0.0001, 0.001, 0.0001])).toEqual([]);
  });
  test('is nowhere in what swells', () => {
    expect(transients(Array.from({ length: 100 }, (_, part) => 0.01 * 1.05 ** part))).toEqual([]);
  });
});

describe('a zero crossing', () => {
  const sine = Float32Array.from({ length: 200 }, (_, at) => Math.sin((2 * Math.PI * (at + 0.5)) / 40));
  test('is the first sample on the other side, the nearest one', () => {
    expect(zeroCrossing([sine], 37)).toBe(40);
    expect(zeroCrossing([sine], 52)).toBe(60);
    expect(zeroCrossing([sine], 40)).toBe(40);
    expect(Math.sign(sine[39]!)).not.toBe(Math.sign(sine[40]!));
  });
  test('of several channels is that of their mean', () => {
    const opposite = sine.map((sample) => -0.5 * sample);
    expect(zeroCrossing([sine, opposite], 52)).toBe(60);
    expect(zeroCrossing([sine, sine.map((sample) => 2 + sample)], 52)).toBeNull();
  });
  test('is everywhere in digital silence', () => {
    expect(zeroCrossing([Float32Array.of(0, 0, 0, 0.2, 0.3, -0.1)], 2)).toBe(2);
    expect(zeroCrossing([Float32Array.of(0, 0, 0, 0.2, 0.3, 0.2)], 5)).toBe(3);
  });
  test('is none where there is none', () => {
    expect(zeroCrossing([Float32Array.of(0.1, 0.2, 0.1)], 1)).toBeNull();
    expect(zeroCrossing([], 0)).toBeNull();
  });
});

test('the nearest of some, if it is near', () => {
  expect(nearest([10, 95, 108, 400], 100, 20)).toBe(95);
  expect(nearest([10, 400], 100, 20)).toBeNull();
});
