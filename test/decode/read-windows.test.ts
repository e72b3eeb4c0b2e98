/** Windows far into a file are what a decode from its beginning gives, in every kind of format, and are there at once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { join } from 'node:path';
import { DecoderPool } from '../../src/main/decode/decoder-pool.ts';
import { partRequest } from '../../src/main/decode/part-request.ts';
import type { ReadRequest } from '../../src/main/decode/report.ts';
import type { PcmWindow } from '../../src/main/process/pcm-wire.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';
import { encode, noise, writeWav } from './make-audio.ts';

const RATE = 8000;
const SECONDS = 120;
const folder = temporaryFolder('earmark-read-windows');
/** Another at every moment. */
const sound = noise(SECONDS, RATE).map((sample, at) => sample * (0.5 + 0.5 * Math.sin(at / 3000)));
const pool = new DecoderPool({ size: 1 });

beforeAll(() => {
  writeWav(join(folder, 'take.wav'), [sound], RATE);
  encode(join(folder, 'take.flac'), [sound], RATE, { muxer: 'flac', encoder: 'flac' });
  encode(join(folder, 'take.mp3'), [sound], RATE, { muxer: 'mp3', encoder: 'libmp3lame' });
  encode(join(folder, 'take.aac'), [sound], RATE, { muxer: 'adts', encoder: 'aac' });
});
afterAll(() => pool.close());

async function read(request: ReadRequest): Promise<PcmWindow[]> {
  const windows = await pool.read(request, new AbortController().signal);
  if ('notAudio' in windows) throw new Error('no audio');
  return windows;
}
/** Of two windows, as a share of their level. */
function difference(a: Float32Array, b: Float32Array): number {
  const squares = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(squares(a.map((value, at) => value - b[at]!)) / squares(b));
}

test.each(['take.wav', 'take.flac', 'take.mp3', 'take.aac'])('%s', async (name) => {
  const plan = { sampleRate: 16_000, windowSeconds: 5, hopSeconds: 2.5, maxWindows: 100, keepSilent: true };
  const path = join(folder, name);
  const all = await read({ path, plan, fromSeconds: 0 });
  for (const fromSeconds of [90, 114.9, 200]) {
    const found = await read({ path, plan, fromSeconds });
    const expected = all.filter(({ startSeconds }) => startSeconds >= fromSeconds);
    expect(found.map(({ startSeconds, seconds }) => [startSeconds, seconds])).toEqual(expected.map(({ startSeconds, seconds }) => [startSeconds, seconds])); // prettier-ignore
    for (const [at, { samples }] of found.entries()) {
      expect(samples.length).toBe(expected[at]!.samples.length);
      expect(difference(samples, expected[at]!.samples)).toBeLessThan(0.001);
    }
  }
});

test.each([0.3, 4, 50])('a part of %d s, and one that the file ends in', async (seconds) => {
  const path = join(folder, 'take.wav');
  for (const from of [0, 0.2, 33.3, 100]) {
    const part = (await read(partRequest(path, from, seconds, RATE))).at(-1)!;
    const start = Math.min(from, SECONDS - seconds); // moved back where the file ends
    expect(Math.abs(part.startSeconds - start)).toBeLessThan(1 / RATE);
    const expected = sound.subarray(Math.round(start * RATE), Math.round(start * RATE) + part.samples.length);
    expect(part.samples.length).toBe(Math.round(seconds * RATE));
    expect(difference(part.samples, expected)).toBeLessThan(0.001);
  }
});
