import { expect, test } from 'vitest';
import type { PeakSource } from '../../../src/renderer/strip/edges.ts';
import { standingOut, trimmed } from '../../../src/renderer/strip/trim.ts';

const RATE = 48_000;
const FILE = { fileId: 1, sampleRate: RATE, numberOfSamples: 10 * RATE, channels: 1 };
/** A hum of 100 Hz, and over it twice a tone of 1 kHz that dies away: at 4 s for 0.5 s, at 5 s for 0.3 s. */
const BURSTS = [
  [4, 0.5],
  [5, 0.3],
] as const;

function sampleAt(at: number): number {
  const seconds = at / RATE;
  const hum = 0.01 * Math.sin(2 * Math.PI * 100 * seconds);
  return BURSTS.reduce((sum, [start, length]) => {
    const within = (seconds - start) / length;
    return within < 0 || within >= 1 ? sum : sum + 0.5 * (1 - within) * Math.sin(2 * Math.PI * 1000 * seconds);
  }, hum);
}

function source(sample: (at: number) => number): PeakSource {
  return {
    fetch(_fileId, samplesEach, index) {
      const parts = new Float32Array(1024 * 2);
      for (let part = 0; part < 1024; part++) {
        const samples = Array.from({ length: samplesEach }, (_, step) => sample((index * 1024 + part) * samplesEach + step)); // prettier-ignore
        parts.set([Math.min(...samples), Math.max(...samples)], part * 2);
      }
      return Promise.resolve(parts);
    },
  };
}
const range = (from: number, to: number) => ({ fileId: 1, sampleRate: RATE, startSample: from * RATE, endSample: to * RATE }); // prettier-ignore

test('a selection is shortened to all that stands out in it, from crossing to crossing', async () => {
  const found = (await trimmed(source(sampleAt), FILE, range(1, 9)))!;
  expect(found.startSample / RATE).toBeGreaterThan(3.98);
  expect(found.startSample / RATE).toBeLessThanOrEqual(4 + 1 / RATE); // the tone begins with a crossing
  expect(found.endSample / RATE).toBeGreaterThan(5.25);
  expect(found.endSample / RATE).toBeLessThan(5.32);
  for (const edge of [found.startSample, found.endSample]) {
    expect(sampleAt(edge - 1) < 0).not.toBe(sampleAt(edge) < 0);
  }
});

test('never beyond the selection', async () => {
  const found = (await trimmed(source(sampleAt), FILE, range(3, 4.05)))!;
  expect(found.endSample).toBe(4.05 * RATE);
});

test('nothing stands out in a hum, in silence or in nothing', async () => {
  expect(await trimmed(source(sampleAt), FILE, range(1, 3))).toBeNull();
  expect(await trimmed(source(() => 0), FILE, range(1, 3))).toBeNull(); // prettier-ignore
  expect(standingOut([])).toBeNull();
});

test('what is always as loud is its own background; a click is a sound', () => {
  expect(standingOut([1, 1, 1, 1])).toBeNull();
  expect(standingOut([0, 0, 0.5, 0, 0])).toEqual({ first: 2, end: 3 });
});

test('an hour is looked at in parts that are long enough to be few', async () => {
  const asked: number[] = [];
  const hour = { ...FILE, numberOfSamples: 3600 * RATE };
  const peaks: PeakSource = {
    fetch(_fileId, samplesEach) {
      if (samplesEach > 1) asked.push(samplesEach);
      return Promise.resolve(new Float32Array(2048));
    },
  };
  await trimmed(peaks, hour, range(0, 3600));
  expect(asked.length).toBeLessThanOrEqual(17);
});
