import { expect, test } from 'vitest';
import { SILENCE, Tiler, type Tile } from '../../src/main/decode/windows.ts';

const PLAN = { sampleRate: 100, windowSeconds: 5, hopSeconds: 5, maxWindows: 1000 };

/** Samples that say where they are: sample i is (i + 1) / 1e6 … always above silence. */
function ramp(length: number): Float32Array {
  return new Float32Array(length).map((_, i) => 0.001 + i * 1e-6);
}

function tile(samples: Float32Array, plan = PLAN, chunk = 37): { tiles: Tile[]; tiler: Tiler } {
  const tiler = new Tiler(plan);
  const tiles: Tile[] = [];
  for (let at = 0; at < samples.length; at += chunk) tiles.push(...tiler.push(samples.subarray(at, at + chunk)));
  tiles.push(...tiler.finish());
  return { tiles, tiler };
}

const starts = (tiles: Tile[]) => tiles.map(({ startSeconds }) => startSeconds);

test.each([
  { length: 1, expected: [0] },
  { length: 499, expected: [0] },
  { length: 500, expected: [0] },
  { length: 524, expected: [0] }, // 0.24 s more: left out
  { length: 525, expected: [0, 0.25] }, // 0.25 s more: one window aligned to the end
  { length: 1000, expected: [0, 5] },
  { length: 1001, expected: [0, 5] },
  { length: 1499, expected: [0, 5, 9.99] },
  { length: 1500, expected: [0, 5, 10] },
])('$length samples at 100 Hz begin at $expected', ({ length, expected }) => {
  const { tiles, tiler } = tile(ramp(length));
  expect(starts(tiles)).toEqual(expected);
  expect(tiler.windowCount).toBe(expected.length);
  expect(tiler.full).toBe(false);
});

test.each([1, 37, 499, 500, 501, 5000])('every window holds the samples of its place, fed %i at a time', (chunk) => {
  const samples = ramp(2345);
  const { tiles } = tile(samples, PLAN, chunk);
  expect(starts(tiles)).toEqual([0, 5, 10, 15, 18.45]);
  for (const { startSeconds, seconds, samples: window } of tiles) {
    expect(seconds).toBe(5);
    expect(window).toEqual(samples.slice(Math.round(startSeconds * 100), Math.round(startSeconds * 100) + 500));
  }
});

test('overlapping and gapped plans', () => {
  expect(starts(tile(ramp(1230), { ...PLAN, hopSeconds: 2.5 }).tiles)).toEqual([0, 2.5, 5, 7.3]);
  expect(starts(tile(ramp(2500), { ...PLAN, hopSeconds: 10 }).tiles)).toEqual([0, 10, 20]);
});

test('a hop that is no whole number of samples does not drift', () => {
  const { tiles } = tile(ramp(3001), { sampleRate: 100, windowSeconds: 1, hopSeconds: 1 / 3, maxWindows: 1000 });
  expect(tiles[60]!.startSeconds).toBe(20);
  expect(tiles[30]!.startSeconds).toBe(10);
});

test('the cap stops it once a further window would be due, and not before', () => {
  const capped = { ...PLAN, maxWindows: 2 };
  expect(tile(ramp(1000), capped).tiler.full).toBe(false);
  expect(tile(ramp(1024), capped).tiler.full).toBe(false);
  const { tiles, tiler } = tile(ramp(1025), capped);
  expect(tiler.full).toBe(true);
  expect(starts(tiles)).toEqual([0, 5]);
  expect(tiler.coveredSeconds).toBe(10);
});

test('silent windows are left out; one sample above −90 dBFS keeps a window', () => {
  const samples = new Float32Array(2000);
  samples.fill(SILENCE * 0.99, 0, 500);
  samples[1200] = -SILENCE * 1.01;
  const { tiles, tiler } = tile(samples);
  expect(starts(tiles)).toEqual([10]);
  expect(tiler.windowCount).toBe(1);
  expect(tile(new Float32Array(700)).tiles).toEqual([]);
});

test('windows have buffers of their own', () => {
  const { tiles } = tile(ramp(1000));
  expect(tiles[0]!.samples.buffer).not.toBe(tiles[1]!.samples.buffer);
  expect(tiles[0]!.samples.buffer.byteLength).toBe(2000);
});

test('nonsense is refused', () => {
  expect(() => new Tiler({ ...PLAN, windowSeconds: 0 })).toThrow(RangeError);
  expect(() => new Tiler({ ...PLAN, hopSeconds: 0 })).toThrow(RangeError);
  expect(() => new Tiler({ ...PLAN, maxWindows: 0 })).toThrow(RangeError);
});
