/** What is odd about a signal, of sounds made so; loudness range and true peak beside FFmpeg's in levels.test.ts. */
import { expect, test } from 'vitest';
import type { FactsOf } from '../../src/shared/analysis.ts';
import { signalInWords } from '../../src/shared/signal.ts';
import { signal } from '../../src/main/decode/analysers/signal.ts';
import { LevelMeter } from '../../src/main/decode/levels.ts';
import { noise, sine } from './make-audio.ts';

const RATE = 48_000;
type Planes = Float32Array[];

interface Options {
  bitDepth?: number | null;
  rate?: number;
  total?: number;
}

/** As decode-file.ts does it, in blocks of a second and less. */
function found(planes: Planes, { bitDepth = 16, rate = RATE, total = planes[0]!.length }: Options = {}): FactsOf<'signal'> {
  const levels = new LevelMeter(planes.length);
  const listener = signal.begin({ codec: 'pcm_s16le', sampleRate: rate, channels: planes.length, channelMask: 0n, bitDepth }, levels); // prettier-ignore
  for (let at = 0; at < planes[0]!.length; at += RATE) {
    const block = planes.map((plane) => plane.slice(at, at + RATE));
    levels.push(block, block[0]!.length);
    listener.push(block, block[0]!.length);
  }
  return listener.finish(total);
} // prettier-ignore

const plain = noise(3 * RATE, 1, 0.5, 1);
const other = noise(3 * RATE, 1, 0.5, 2);
const scaled = (samples: Float32Array, by: number) => samples.map((x) => x * by);

/** Every other sample is between its neighbours: nothing above half of what there is room for. */
function upsampled(samples: Float32Array): Float32Array {
  const taps = 63;
  const half = new Float32Array(2 * samples.length);
  for (const [i, x] of samples.entries()) half[2 * i] = 2 * x;
  const weights = Array.from({ length: 2 * taps + 1 }, (_, i) => {
    const t = i - taps;
    return (t === 0 ? 1 : Math.sin((Math.PI * t) / 2) / ((Math.PI * t) / 2)) * 0.5 * Math.cos((Math.PI * t) / (2 * taps + 2)) ** 2;
  }); // prettier-ignore
  return half.map((_, i) => weights.reduce((sum, weight, k) => sum + weight * (half[i + k - taps] ?? 0), 0));
}

test('two channels: the same, one louder, unlike, in antiphase, and one that is dead', () => {
  const stereo = (left: Float32Array, right: Float32Array) => found([left, right]);
  expect(stereo(plain, plain)).toMatchObject({ stereoWidth: 0, correlation: 1, deadChannels: 0 });
  const louder = stereo(plain, scaled(plain, 0.5));
  expect(louder.correlation).toBeCloseTo(1, 6);
  expect(louder.stereoWidth).toBeCloseTo(10, 4); // (1 − ½)² of 2 · (1 + ¼)
  const unlike = stereo(plain, other);
  expect(unlike.correlation).toBeCloseTo(0, 1);
  expect(unlike.stereoWidth).toBeCloseTo(50, 0);
  expect(stereo(plain, scaled(plain, -1))).toMatchObject({ stereoWidth: 100, correlation: -1 });
  const dead = stereo(plain, new Float32Array(plain.length).fill(0.02));
  expect(dead).toMatchObject({ deadChannels: 1, correlation: null });
  expect(found([plain])).toMatchObject({ stereoWidth: null, correlation: null, deadChannels: 0 });
  expect(found([plain, plain, other, new Float32Array(plain.length)])).toMatchObject({ stereoWidth: null, deadChannels: 1 });
}); // prettier-ignore

test('an offset, silent ends, and silence all through', () => {
  const padded = new Float32Array(5 * RATE).fill(0.0009);
  padded.set(plain.subarray(0, 2 * RATE), RATE);
  const facts = found([padded, padded]);
  expect(facts.silentHead).toBeCloseTo(1, 2);
  expect(facts.silentTail).toBeCloseTo(2, 2);
  expect(facts.dcOffset).toBeCloseTo(0.06, 1);
  expect(found([plain.map((x) => 0.5 * x - 0.03)]).dcOffset).toBeCloseTo(-3, 0);
  // Where decoding stopped early, nobody knows how it ends.
  expect(found([padded], { total: 10 * RATE })).toMatchObject({ silentHead: expect.closeTo(1, 2) as number, silentTail: null }); // prettier-ignore
  expect(found([new Float32Array(RATE), new Float32Array(RATE)])).toMatchObject({
    truePeakDb: -Infinity, silentHead: null, deadChannels: 0, bandwidthHz: 0, cutoffHz: 0, stereoWidth: null,
  }); // prettier-ignore
});

test('what was upsampled ends at an edge; noise, a whistle and lossy formats do not', () => {
  const doubled = upsampled(plain.subarray(0, RATE));
  const facts = found([doubled]);
  expect(facts.cutoffHz).toBeGreaterThan(11_000);
  expect(facts.cutoffHz).toBeLessThan(13_500);
  expect(facts.bandwidthHz).toBe(facts.cutoffHz);
  expect(found([plain])).toMatchObject({ bandwidthHz: RATE / 2, cutoffHz: 0 });
  expect(found([doubled], { bitDepth: null }).cutoffHz).toBe(0);
  const whistle = found([sine(2, RATE, 5000)]);
  expect(whistle.cutoffHz).toBe(0);
  expect(whistle.bandwidthHz).toBeGreaterThan(4900);
});

test('the level between samples', () => {
  // A quarter of the rate, sampled half way to its tops: 3 dB are missing in the samples.
  const between = Float32Array.from({ length: RATE }, (_, i) => 0.5 * Math.sin((Math.PI / 2) * i + Math.PI / 4) * Math.min(1, i / 4000, (RATE - i) / 4000)); // prettier-ignore
  expect(found([between]).truePeakDb).toBeCloseTo(20 * Math.log10(0.5), 1);
  expect(found([sine(1, RATE, 1000)]).truePeakDb).toBeCloseTo(20 * Math.log10(0.5), 1);
});

test('in words: only what is odd', () => {
  const usual = { truePeakDb: -1.25, loudnessRange: null, stereoWidth: 20, correlation: 0.5, dcOffset: 0.01, deadChannels: 0, silentHead: 0.01, silentTail: 0, bandwidthHz: 22_050, cutoffHz: 0 }; // prettier-ignore
  const text = (figures: object) => signalInWords({ ...usual, ...figures }).map(({ name, value }) => `${name} ${value}`); // prettier-ignore
  expect(text({})).toEqual(['True peak −1.3 dBTP', 'Stereo 20 % wide, correlation 0.50', 'Bandwidth 22.1 kHz']);
  expect(text({ truePeakDb: null, stereoWidth: 0, dcOffset: -2, silentHead: 1.5, silentTail: null, cutoffHz: 16_000, bandwidthHz: 16_000 })).toEqual([
    'Stereo the same in both channels', 'DC offset −2.0 %', 'Silence 1.50 s at the start', 'Bandwidth 16.0 kHz, cut off: perhaps upsampled or once lossy',
  ]); // prettier-ignore
  expect(text({ stereoWidth: 50, deadChannels: 1 })).toContain('Channels 1 is silent');
});
