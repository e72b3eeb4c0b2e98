import { expect, test } from 'vitest';
import { fillWindow } from '../../src/main/embed/filling.ts';
import { fromFloat16Bytes, toFloat16Bytes } from '../../src/main/vectors/float16.ts';
import { cosineSimilarity, meanDirection, normalised } from '../../src/main/vectors/normalise.ts';

test.each([1, 2, 3, 7, 50, 99, 100, 101, 250])(
  'repeat: sample n is sample n modulo the clip (%i samples)',
  (length) => {
    const clip = Float32Array.from({ length }, (_, n) => n + 1);
    const window = new Float32Array(100).fill(-1);
    fillWindow(clip, window, 'repeat');
    expect(window).toEqual(Float32Array.from({ length: 100 }, (_, n) => clip[n % length]!));
  },
);

test('pad: the clip, then silence, whatever was there before', () => {
  const window = new Float32Array(5).fill(9);
  fillWindow(Float32Array.of(1, 2), window, 'pad');
  expect(window).toEqual(Float32Array.of(1, 2, 0, 0, 0));
});

test('a clip is written into its own row of a batch and nowhere else', () => {
  const batch = new Float32Array(12).fill(-1);
  fillWindow(Float32Array.of(1, 2, 3), batch.subarray(4, 8), 'repeat');
  expect(batch).toEqual(Float32Array.of(-1, -1, -1, -1, 1, 2, 3, 1, -1, -1, -1, -1));
});

test('nothing cannot be repeated', () => {
  expect(() => fillWindow(new Float32Array(0), new Float32Array(4), 'repeat')).toThrow(RangeError);
});

test('float16: known bit patterns, little-endian', () => {
  // 1, −2, 65504 (largest), 2⁻²⁴ (smallest), 1/3 rounded: IEEE 754 binary16
  const bytes = toFloat16Bytes(Float32Array.of(1, -2, 65504, 2 ** -24, 1 / 3));
  expect(Buffer.from(bytes).toString('hex')).toBe('003c00c0ff7b01005535');
});

test('float16: there and back loses less than 2⁻¹¹ of a value, also from an odd offset', () => {
  const values = Float32Array.from({ length: 512 }, (_, n) => Math.sin(n * 1.7) / 22);
  const bytes = toFloat16Bytes(values);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  const back = fromFloat16Bytes(shifted.subarray(1));
  for (const [n, value] of values.entries()) {
    expect(Math.abs(back[n]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11 + 2 ** -25);
  }
  expect(cosineSimilarity(values, back)).toBeGreaterThan(0.999999);
});

test('float16 refuses what it cannot store', () => {
  for (const value of [NaN, Infinity, 70000])
    expect(() => toFloat16Bytes(Float32Array.of(0, value))).toThrow(RangeError);
  expect(() => fromFloat16Bytes(new Uint8Array(3))).toThrow(RangeError);
});

test('a normalised embedding has norm 1 and its old direction; without direction there is none', () => {
  const embedding = Float32Array.of(3, -4, 0);
  expect(normalised(embedding)).toEqual(Float32Array.of(0.6, -0.8, 0));
  expect(embedding).toEqual(Float32Array.of(3, -4, 0));
  expect(normalised(Float32Array.of(3 * 2 ** 100, 4 * 2 ** 100))).toEqual(Float32Array.of(0.6, 0.8)); // squares beyond float32
  for (const bad of [
    [0, 0],
    [NaN, 1],
    [Infinity, 1],
  ])
    expect(normalised(Float32Array.from(bad))).toBeNull();
});

test('the mean direction does not care how long the embeddings are', () => {
  const mean = meanDirection([Float32Array.of(100, 0), Float32Array.of(0, 0.01)])!;
  expect(mean[0]).toBeCloseTo(Math.SQRT1_2, 6);
  expect(mean[1]).toBeCloseTo(Math.SQRT1_2, 6);
  expect(meanDirection([Float32Array.of(1, 0), Float32Array.of(-1, 0)])).toBeNull();
  expect(meanDirection([])).toBeNull();
});
