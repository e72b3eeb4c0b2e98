import { expect, test } from 'vitest';
import { Limiter } from '../../../src/renderer/audition/limiter.ts';
import { TruePeakMeter } from '../../../src/main/decode/analysers/true-peak.ts';

const RATE = 48_000;
const CEILING = 10 ** (-0.3 / 20);
const sine = (hertz: number, amplitude: (at: number) => number, phase = 0) =>
  Float32Array.from({ length: RATE }, (_, at) => amplitude(at) * Math.sin((2 * Math.PI * hertz * at) / RATE + phase));

/** In blocks as the audio thread has them, without the latency. */
function limited(channels: readonly Float32Array[], block = 128): Float32Array[] {
  const limiter = new Limiter(RATE, channels.length);
  const length = channels[0]!.length + limiter.latency;
  const padded = channels.map((plane) => Float32Array.from({ length: length + block }, (_, at) => plane[at] ?? 0));
  const out = padded.map((plane) => new Float32Array(plane.length));
  for (let at = 0; at < length; at += block) {
    const part = (planes: readonly Float32Array[]) => planes.map((plane) => plane.subarray(at, at + block));
    limiter.process(part(padded), part(out));
  }
  return out.map((plane) => plane.slice(limiter.latency, length));
}
function truePeak(planes: readonly Float32Array[]): number {
  const meter = new TruePeakMeter(planes.length);
  meter.push(planes, planes[0]!.length);
  return meter.finish();
}

test('what is below the ceiling passes bit by bit, later', () => {
  const input = [sine(440, () => 0.9), sine(3000, () => 0.5)];
  expect(limited(input)).toEqual(input);
});

test.each([
  ['a tone', [sine(440, () => 4)]],
  ['a low tone', [sine(40, () => 10)]],
  ['peaks between samples', [sine(RATE / 4, () => 1.3, Math.PI / 4)]], // no sample is above 0.92
  ['a burst in one of two channels', [sine(300, (at) => (at > 20_000 && at < 21_000 ? 8 : 0.2)), sine(500, () => 0.5)]],
  ['single samples', [Float32Array.from({ length: RATE }, (_, at) => (at % 5000 === 77 ? 6 : 0))]],
])('%s above it does not go beyond, between samples neither', (_, input) => {
  expect(truePeak(input)).toBeGreaterThan(1.1);
  for (const block of [128, 1000]) {
    const out = limited(input, block);
    expect(truePeak(out)).toBeLessThan(CEILING * 1.02); // 0.17 dB: the level moves while it is measured
    expect(truePeak(out)).toBeLessThan(1);
  }
});

test('behind a burst the level is what it was, and both sides are turned down together', () => {
  const burst = (at: number) => (at > 20_000 && at < 20_480 ? 4 : 0.25);
  const [left, right] = limited([sine(1000, burst), sine(1000, () => 0.25)]);
  const highest = (plane: Float32Array, from: number, to: number) =>
    Math.max(...plane.subarray(from, to).map(Math.abs));
  expect(highest(right!, 20_100, 20_400)).toBeLessThan(0.1);
  expect(highest(right!, 0, 19_000)).toBeCloseTo(0.25, 3);
  expect(highest(right!, 47_000, 48_000)).toBeGreaterThan(0.245);
  expect(highest(left!, 47_000, 48_000)).toBeGreaterThan(0.245);
});

test('a channel that is missing is silent', () => {
  const limiter = new Limiter(RATE, 2);
  const output = [new Float32Array(256), new Float32Array(256).fill(1)];
  limiter.process([sine(440, () => 0.5).subarray(0, 256)], output);
  expect(output[1]!.every((sample) => sample === 0)).toBe(true);
  limiter.process([], output);
  expect(output[0]!.slice(0, limiter.latency).some((sample) => sample !== 0)).toBe(true);
});
