import { expect, test } from 'vitest';
import { settledEdge, type PeakSource } from '../../../src/renderer/strip/edges.ts';

const RATE = 48_000;
const FILE = { fileId: 1, sampleRate: RATE, numberOfSamples: 2 * RATE, channels: 2 };
/** Silence, and from here on a tone of 1 kHz: a period is 48 samples. */
const BEGINS = 30_011;

function sampleAt(at: number): number {
  return at < BEGINS ? 0 : 0.5 * Math.sin((2 * Math.PI * (at - BEGINS + 0.5)) / 48);
}

const peaks: PeakSource = {
  fetch(_fileId, samplesEach, index) {
    const parts = new Float32Array(1024 * 4);
    for (let part = 0; part < 1024; part++) {
      const samples = Array.from({ length: samplesEach }, (_, step) => sampleAt((index * 1024 + part) * samplesEach + step)); // prettier-ignore
      const [low, high] = [Math.min(...samples), Math.max(...samples)];
      parts.set([low, high, low / 2, high / 2], part * 4);
    }
    return Promise.resolve(parts);
  },
};
const settle = (sample: number, tolerance: number, fixed: number[] = []) => settledEdge(peaks, FILE, sample, tolerance, fixed); // prettier-ignore

test('an edge near an onset snaps to it, at its zero crossing', async () => {
  const settled = await settle(BEGINS + 900, 2000);
  // The part of 128 samples that the sound begins in, and the crossing nearest to it: never after the sound has begun.
  expect(settled).toBeLessThanOrEqual(BEGINS);
  expect(settled).toBeGreaterThan(BEGINS - 128);
});

test('elsewhere it snaps to the nearest zero crossing', async () => {
  expect(await settle(60_000.4, 400)).toBe(BEGINS + 24 * Math.round((60_000 - BEGINS) / 24));
});

test('the match comes first', async () => {
  const match = BEGINS + 24 * 500;
  expect(await settle(match - 300, 400, [match + 2, 90_000])).toBe(match);
});

test('near the ends of the file it is at them', async () => {
  expect(await settle(30, 100)).toBe(0);
  expect(await settle(2 * RATE - 5, 100)).toBe(2 * RATE);
});

test('it never goes further than the tolerance', async () => {
  const settled = await settle(50_010.6, 3);
  expect(Math.abs(settled - 50_011)).toBeLessThanOrEqual(3);
});

test('unreadable samples are reported', async () => {
  const offline: PeakSource = { fetch: () => Promise.reject(new Error('offline')) };
  await expect(settledEdge(offline, FILE, 50_000, 100, [])).rejects.toThrow('offline');
});
