/** Parts of files to the sample: what is read from the middle is what stands there when the whole is decoded. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DecoderPool } from '../../src/main/decode/decoder-pool.ts';
import type { Samples } from '../../src/main/decode/report.ts';
import { encode, writeWav } from './make-audio.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const RATE = 44_100;
const SECONDS = 9;
/** No place in them is like another; of noise AAC keeps the loudness alone. */
const left = rising(200, 3000);
const right = rising(5000, 900);

const ENCODED: [name: string, muxer: string, encoder: string][] = [
  ['a.flac', 'flac', 'flac'],
  ['a.mp3', 'mp3', 'libmp3lame'],
  ['a.ogg', 'ogg', 'libvorbis'],
  ['a.opus', 'opus', 'libopus'],
  ['a.m4a', 'ipod', 'aac'],
  ['a.aac', 'adts', 'aac'],
  ['a.aiff', 'aiff', 'pcm_s16be'],
  ['a.wv', 'wv', 'wavpack'],
  ['adpcm.wav', 'wav', 'adpcm_ms'],
];

function rising(fromHertz: number, toHertz: number): Float32Array {
  const slope = (toHertz - fromHertz) / SECONDS / 2;
  return new Float32Array(SECONDS * RATE).map((_, index) => {
    const seconds = index / RATE;
    return 0.4 * Math.sin(2 * Math.PI * seconds * (fromHertz + slope * seconds));
  });
}

let folder: string;
let pool: DecoderPool;
const never = new AbortController().signal;
const at = (name: string) => join(folder, name);

async function samples(name: string, startSample: number, numberOfSamples: number): Promise<Samples> {
  const read = await pool.samples({ path: at(name), startSample, numberOfSamples }, never);
  if (read.notAudio) throw new Error(`${name} is no audio`);
  return read;
}

beforeAll(() => {
  folder = temporaryFolder('samples');
  pool = new DecoderPool({ size: 1 });
  writeWav(at('s24.wav'), [left, right], RATE, 's24');
  for (const [name, muxer, encoder] of ENCODED) {
    encode(at(name), [left, right], name === 'a.opus' ? 48_000 : RATE, { muxer, encoder });
  }
});
afterAll(async () => {
  await pool.close();
});

test.each(['s24.wav', ...ENCODED.map(([name]) => name)])('%s: a part is where it is in the whole', async (name) => {
  const whole = await samples(name, 0, 20 * RATE);
  const length = whole.channels[0]!.length;
  expect(length).toBeGreaterThanOrEqual(left.length);
  for (const start of [1, 30_001, 6 * RATE + 7, 8 * RATE - 1, length - 500]) {
    const part = await samples(name, start, 4000);
    expect(part.sampleRate).toBe(whole.sampleRate);
    expect(part.channels).toHaveLength(2);
    for (const [channel, plane] of part.channels.entries()) {
      const expected = whole.channels[channel]!.subarray(start, start + 4000);
      expect(plane).toHaveLength(expected.length);
      expect(largestDifference(plane, expected)).toBeLessThan(1e-6);
    }
  }
});

test('behind the end there is nothing', async () => {
  const part = await samples('s24.wav', SECONDS * RATE + 1, 100);
  expect(part.channels.map(({ length }) => length)).toEqual([0, 0]);
});

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, sample, index) => Math.max(largest, Math.abs(sample - b[index]!)), 0);
}
