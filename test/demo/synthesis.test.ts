import { expect, test } from 'vitest';
import { LN60, decay, drift, glide, line } from '../../src/demo/synthesis/envelopes.ts';
import { bandPass, highPass, lowPass } from '../../src/demo/synthesis/filters.ts';
import { strike } from '../../src/demo/synthesis/modal.ts';
import { brownNoise, pinkNoise, scatter, whiteNoise } from '../../src/demo/synthesis/noise.ts';
import { additive, frequencyModulation, oscillator, turns } from '../../src/demo/synthesis/oscillators.ts';
import { Random } from '../../src/demo/synthesis/random.ts';
import { stereoReverb } from '../../src/demo/synthesis/reverb.ts';
import {
  fade,
  mixInto,
  normalise,
  peakOf,
  shape,
  silence,
  trimTail,
  type RenderContext,
} from '../../src/demo/synthesis/signal.ts';
import { pluck } from '../../src/demo/synthesis/strings.ts';

const RATE = 48_000;
const context = (seed: string): RenderContext => ({ sampleRate: RATE, random: new Random(seed) });

/** Power of one frequency (Goertzel), relative to a full-scale sine. */
function powerAt(signal: Float32Array, hz: number): number {
  let re = 0;
  let im = 0;
  for (let n = 0; n < signal.length; n++) {
    re += signal[n]! * Math.cos((2 * Math.PI * hz * n) / RATE);
    im += signal[n]! * Math.sin((2 * Math.PI * hz * n) / RATE);
  }
  return (4 * (re * re + im * im)) / signal.length ** 2;
}
const db = (power: number) => 10 * Math.log10(power + 1e-20);
function rms(signal: Float32Array): number {
  return Math.sqrt(signal.reduce((sum, value) => sum + value * value, 0) / signal.length);
}
/** Power in [low, high) Hz, from a row of narrow probes. */
function bandPower(signal: Float32Array, low: number, high: number): number {
  let sum = 0;
  for (let i = 0; i < 40; i++) sum += powerAt(signal, low + ((high - low) * (i + 0.5)) / 40);
  return (sum / 40) * (high - low);
}

test('a seed names its numbers, and forks do not disturb them', () => {
  const [a, b, c] = [new Random('rain'), new Random('rain'), new Random('snow')];
  const first = Array.from({ length: 50 }, () => a.next());
  b.fork('drops').next();
  expect(Array.from({ length: 50 }, () => b.next())).toEqual(first);
  expect(Array.from({ length: 50 }, () => c.next())).not.toEqual(first);
  const many = Array.from({ length: 20_000 }, () => a.next());
  expect(Math.min(...many)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...many)).toBeLessThan(1);
  expect(many.reduce((sum, x) => sum + x, 0) / many.length).toBeCloseTo(0.5, 1);
});

test.each(['sine', 'triangle', 'saw', 'square', 'pulse'] as const)(
  '%s sounds at its frequency, without alias tones',
  (waveform) => {
    const signal = oscillator(context(waveform), 1, 5000, waveform);
    const fundamental = db(powerAt(signal, 5000));
    expect(fundamental).toBeGreaterThan(-12);
    // 48 000 − 9 · 5 000 = 3 000: where the ninth harmonic would fold to.
    expect(db(powerAt(signal, 3000))).toBeLessThan(fundamental - 25);
    expect(peakOf(signal)).toBeLessThan(1.8);
  },
);

test('a gliding oscillator arrives where it should', () => {
  const signal = oscillator(context('glide'), 1, glide([0, 100], [1, 1600]));
  const crossings = (from: number, to: number) => {
    let count = 0;
    for (let n = from * RATE; n < to * RATE; n++) if (signal[n]! < 0 && signal[n + 1]! >= 0) count++;
    return count / (to - from);
  };
  expect(crossings(0.4, 0.6)).toBeGreaterThan(380);
  expect(crossings(0.4, 0.6)).toBeLessThan(420);
});

test('additive leaves out partials that would alias; FM makes side bands', () => {
  const tone = additive(context('a'), 0.5, 3000, [
    { ratio: 1, gain: 0.5 },
    { ratio: 9, gain: 0.5 },
  ]);
  expect(db(powerAt(tone, 3000))).toBeCloseTo(-6, 0);
  expect(db(powerAt(tone, 21_000))).toBeLessThan(-60);
  const bell = frequencyModulation(context('f'), 0.5, 1000, 2, 1);
  expect(db(powerAt(bell, 3000))).toBeGreaterThan(-12);
});

test('turns counts whole revolutions', () => {
  expect(turns(context('t'), 2.05, 10)).toHaveLength(20);
  expect(turns(context('t'), 2, line([0, 0], [2, 10]))).toHaveLength(9);
});

test('noise colours fall as they are named', () => {
  const octaves = (signal: Float32Array) => db(bandPower(signal, 400, 800)) - db(bandPower(signal, 3200, 6400));
  expect(Math.abs(octaves(whiteNoise(context('w'), 1)) + 9)).toBeLessThan(2.5); // the power of a band doubles each octave
  expect(Math.abs(octaves(pinkNoise(context('p'), 1)))).toBeLessThan(2.5);
  expect(octaves(brownNoise(context('b'), 1))).toBeGreaterThan(6);
  expect(rms(pinkNoise(context('p'), 1))).toBeCloseTo(0.25, 3);
});

test('filters pass and stop what they should', () => {
  const low = oscillator(context('l'), 0.5, 200);
  const high = oscillator(context('h'), 0.5, 8000);
  const c = context('x');
  expect(rms(lowPass(c, low, 1000))).toBeGreaterThan(0.68);
  expect(rms(lowPass(c, high, 1000))).toBeLessThan(0.02);
  expect(rms(highPass(c, high, 1000))).toBeGreaterThan(0.68);
  expect(rms(highPass(c, low, 1000))).toBeLessThan(0.04);
  expect(rms(bandPass(c, oscillator(c, 0.5, 1000), 1000, 5))).toBeCloseTo(Math.SQRT1_2, 1);
  expect(rms(bandPass(c, low, 1000, 5))).toBeLessThan(0.05);
  // A corner that races up and down keeps the filter stable.
  const wild = lowPass(c, whiteNoise(c, 0.5), (t) => 200 + 15_000 * Math.abs(Math.sin(300 * t)), 8);
  expect(peakOf(wild)).toBeLessThan(20);
});

test('a struck mode rings at its pitch and decays in its time', () => {
  const ring = strike(context('m'), 1.2, [{ frequency: 880, gain: 1, t60: 1 }], 0.0005);
  expect(powerAt(ring, 880)).toBeGreaterThan(100 * powerAt(ring, 990));
  const level = (at: number) => 20 * Math.log10(peakOf(ring.subarray(at * RATE, (at + 0.02) * RATE)));
  expect(level(0.1) - level(0.6)).toBeCloseTo(30, 0);
});

test.each([82.4, 196, 440, 1318.5])('a string plucked at %d Hz is in tune', (hz) => {
  const string = pluck(context(`string ${hz}`), 1, hz, { t60: 4, brightness: 0.5 });
  const cents = (offset: number) => powerAt(string, hz * 2 ** (offset / 1200));
  const offsets = [-40, -30, -20, -10, 0, 10, 20, 30, 40];
  const best = offsets.reduce((a, b) => (cents(b) > cents(a) ? b : a));
  expect(Math.abs(best)).toBeLessThanOrEqual(10);
});

test('a room decays in its time and keeps the dry sound first', () => {
  const click = silence(context('r'), 0.01);
  click[0] = 1;
  const [left, right] = stereoReverb(context('r'), click, { t60: 1, wet: 1, brightnessHz: 20_000 });
  expect(left[0]).toBe(1);
  expect(left.subarray(1, 500).every((value) => value === 0)).toBe(true);
  const level = (at: number) => 20 * Math.log10(rms(left.subarray(at * RATE, (at + 0.1) * RATE)));
  expect(level(0.2) - level(0.7)).toBeGreaterThan(24);
  expect(level(0.2) - level(0.7)).toBeLessThan(40);
  expect(rms(left.map((value, n) => value - right[n]!))).toBeGreaterThan(0);
});

test('scatter hits its average rate', () => {
  let grains = 0;
  scatter(context('s'), 20, 50, () => {
    grains++;
    return new Float32Array(4).fill(1);
  });
  expect(grains).toBeGreaterThan(880);
  expect(grains).toBeLessThan(1120);
  expect(peakOf(scatter(context('s'), 3, 0, () => new Float32Array(4).fill(1)))).toBe(0);
});

test('signal helpers keep their promises', () => {
  const c = context('h');
  const out = silence(c, 0.001); // 48 samples
  mixInto(c, out, new Float32Array(20).fill(1), -10 / RATE);
  mixInto(c, out, new Float32Array(20).fill(1), 40 / RATE);
  expect([...out].map((value, n) => (value === 1 ? n : -1)).filter((n) => n >= 0)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 40, 41, 42, 43, 44, 45, 46, 47,
  ]);
  const faded = fade(c, new Float32Array(4800).fill(1), 0.01, 0.02);
  expect([faded[0], faded[2400], faded.at(-1)]).toEqual([0, 1, 0]);
  expect(peakOf(normalise(Float32Array.of(0.1, -0.4), 0.8))).toBeCloseTo(0.8, 6);
  expect(normalise(new Float32Array(3))).toEqual(new Float32Array(3));
  expect(trimTail(Float32Array.of(1, 0.5, 0.0001, 0))).toHaveLength(2);
  const half = shape(c, new Float32Array(RATE).fill(1), decay(0.5));
  expect(half[RATE / 4]).toBeCloseTo(Math.exp(-LN60 / 2), 3);
});

test('drift stays in its range and comes back the same', () => {
  const walk = drift(context('d'), 5, 3, 2, 4);
  const values = Array.from({ length: 500 }, (_, i) => walk(i / 100));
  expect(Math.min(...values)).toBeGreaterThanOrEqual(2);
  expect(Math.max(...values)).toBeLessThanOrEqual(4);
  expect(new Set(values.map((value) => value.toFixed(3))).size).toBeGreaterThan(100);
  expect(walk(1.23)).toBe(values[123]);
});
