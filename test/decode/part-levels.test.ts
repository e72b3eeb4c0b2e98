/** Levels of parts of files over a real engine, against those of the same samples as a file of their own. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dispatch } from '../../src/main/host/dispatch.ts';
import { Serving } from '../host/http/serving.ts';
import { encode, noise, writeWav } from './make-audio.ts';

const RATE = 16_000;
/** Quiet, and from 12 s to 15 s loud; on the right half of it. */
const left = noise(30, RATE, 0.5).map((sample, at) => (at >= 12 * RATE && at < 15 * RATE ? sample : sample / 50));
const planes = [left, left.map((sample) => sample / 2)];
const part = (from: number, to: number) => planes.map((plane) => plane.slice(from * RATE, to * RATE));

let serving: Serving;
beforeAll(async () => {
  serving = await Serving.start();
  writeWav(serving.at('take.wav'), planes, RATE, 'f32');
  encode(serving.at('take.flac'), planes, RATE, { muxer: 'flac', encoder: 'flac' });
  writeWav(serving.at('loud.wav'), part(12, 15), RATE, 'f32');
  writeWav(serving.at('quiet.wav'), part(2, 6), RATE, 'f32');
  writeWav(serving.at('silence.wav'), [new Float32Array(5 * RATE)], RATE, 's16');
  await serving.index();
});
afterAll(() => serving.close());

const ask = (name: string, startSeconds: number, endSeconds: number) =>
  serving.handle.engine['file.levels']({ fileId: serving.fileId(name), startSeconds, endSeconds });
const fileLevels = async (name: string) => {
  const [row] = await serving.handle.engine['file.rows']([serving.fileId(name)]);
  return { loudnessLufs: row!.loudnessLufs!, peakDb: row!.peakDb! };
};

test.each(['take.wav', 'take.flac'])('a part of %s has the levels of a file that is this part', async (take) => {
  for (const [name, from, to] of [
    ['loud.wav', 12, 15],
    ['quiet.wav', 2, 6],
  ] as const) {
    const found = await ask(take, from, to);
    const expected = await fileLevels(name);
    expect(Math.abs(found.loudnessLufs! - expected.loudnessLufs)).toBeLessThan(0.05);
    expect(Math.abs(found.peakDb! - expected.peakDb)).toBeLessThan(0.05);
  }
});

test('a part that is too short has no loudness; silence, and what is behind the end, no peak', async () => {
  expect(await ask('take.wav', 12, 12.2)).toEqual({ loudnessLufs: null, peakDb: expect.any(Number) as number });
  expect(await ask('silence.wav', 1, 3)).toEqual({ loudnessLufs: null, peakDb: null });
  expect(await ask('take.wav', 40, 50)).toEqual({ loudnessLufs: null, peakDb: null });
});

describe('bad questions', () => {
  test.each([
    [{ endSeconds: 0 }, 'after startSeconds'],
    [{ endSeconds: 61 }, '60 s'],
    [{ startSeconds: -1 }, 'startSeconds'],
    [{ fileId: 999 }, 'not in the catalogue'],
  ])('%j', async (question, words) => {
    const reply = await dispatch(serving.handle.engine, 'file.levels', { fileId: 1, startSeconds: 0, endSeconds: 1, ...question }); // prettier-ignore
    expect(reply.ok).toBe(false);
    expect(JSON.stringify(reply)).toContain(words);
  });
});
