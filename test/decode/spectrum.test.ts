/** Spectrograms over a real engine: tones are in their band and at their level, in every format and at every place. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dispatch } from '../../src/main/host/dispatch.ts';
import { SPECTRUM_BANDS, hertzAt, shareOf, spectrumDb } from '../../src/shared/spectrum.ts';
import { Serving } from '../host/http/serving.ts';
import { encode, writeWav } from './make-audio.ts';

const RATE = 16_000;
const SECONDS = 20;
const TURN = 10 * RATE;
/** 500 Hz at −6 dBFS, and from the tenth second on 3 kHz at −20 dBFS. */
const sweep = Float32Array.from({ length: SECONDS * RATE }, (_, at) =>
  at < TURN ? 0.5 * Math.sin((2 * Math.PI * 500 * at) / RATE) : 0.1 * Math.sin((2 * Math.PI * 3000 * at) / RATE),
);

let serving: Serving;

beforeAll(async () => {
  serving = await Serving.start();
  writeWav(serving.at('tones.wav'), [sweep], RATE, 'f32');
  writeWav(serving.at('stereo.wav'), [sweep, new Float32Array(sweep.length)], RATE, 'f32');
  writeWav(serving.at('short.wav'), [sweep.subarray(0, 300)], RATE, 's16');
  encode(serving.at('tones.mp3'), [sweep], RATE, { muxer: 'mp3', encoder: 'libmp3lame' });
  await serving.index();
});
afterAll(() => serving.close());

async function columns(name: string, startSample: number, samplesEach: number, many: number): Promise<Uint8Array[]> {
  const question = { fileId: serving.fileId(name), startSample, samplesEach, columns: many };
  const { data } = await serving.handle.engine['file.spectrum'](question);
  const levels = Uint8Array.from(Buffer.from(data, 'base64'));
  const count = levels.length / SPECTRUM_BANDS;
  return Array.from({ length: count }, (_, at) => levels.subarray(at * SPECTRUM_BANDS, (at + 1) * SPECTRUM_BANDS));
}
/** The loudest band, Hz, and its level, dB. */
function loudest(column: Uint8Array): { hertz: number; db: number } {
  const level = Math.max(...column);
  return { hertz: hertzAt((column.indexOf(level) + 0.5) / SPECTRUM_BANDS, RATE), db: spectrumDb(level) };
}

test.each([
  ['close to each other', 64],
  ['as long as a transform', 1024],
  ['longer', 8192],
])('a tone is in its band, at its level, in columns %s', async (_, each) => {
  const [before] = await columns('tones.wav', 8192, each, 1);
  expect(loudest(before!).hertz).toBeGreaterThan(480);
  expect(loudest(before!).hertz).toBeLessThan(520);
  expect(Math.abs(loudest(before!).db + 6)).toBeLessThan(1.5); // between two bins of a Hann window: 1.42 dB at most
  const [after] = await columns('tones.wav', 20 * 8192, each, 1);
  expect(loudest(after!).hertz).toBeGreaterThan(2900);
  expect(loudest(after!).hertz).toBeLessThan(3100);
  expect(Math.abs(loudest(after!).db + 20)).toBeLessThan(1.5);
});

test('far from the tone it is quiet, and two channels are their mean power', async () => {
  const [mono] = await columns('tones.wav', 8192, 1024, 1);
  const band = Math.floor(shareOf(4000, RATE) * SPECTRUM_BANDS);
  expect(spectrumDb(mono![band]!)).toBeLessThan(-80);
  const [stereo] = await columns('stereo.wav', 8192, 1024, 1);
  expect(loudest(mono!).db - loudest(stereo!).db).toBeCloseTo(3, 0);
});

test('columns are where they are asked for: a tile in the middle is the middle of all', async () => {
  const all = await columns('tones.wav', 0, 2048, 256);
  expect(all).toHaveLength(Math.ceil((SECONDS * RATE) / 2048));
  expect(await columns('tones.wav', 64 * 2048, 2048, 32)).toEqual(all.slice(64, 96));
  const turns = all.findIndex((column) => loudest(column).hertz > 1000);
  expect(Math.abs(turns * 2048 - TURN)).toBeLessThanOrEqual(2048);
});

test('also in a format that cannot be sought in', async () => {
  const [after] = await columns('tones.mp3', 96 * 2048, 2048, 1);
  expect(loudest(after!).hertz).toBeGreaterThan(2900);
  expect(loudest(after!).hertz).toBeLessThan(3100);
});

test('a file shorter than a transform has its columns, and there is none behind the end', async () => {
  expect(await columns('short.wav', 0, 64, 256)).toHaveLength(5);
  expect(await columns('short.wav', 1024, 64, 8)).toEqual([]);
});

describe('bad questions', () => {
  const ask = (question: object) =>
    dispatch(serving.handle.engine, 'file.spectrum', { fileId: 1, startSample: 0, samplesEach: 64, columns: 8, ...question }); // prettier-ignore

  test.each([
    [{ samplesEach: 65 }, 'power of two'],
    [{ startSample: 32 }, 'multiple of samplesEach'],
    [{ columns: 257 }, '256'],
    [{ fileId: 999 }, 'not in the catalogue'],
  ])('%j', async (question, words) => {
    const reply = await ask(question);
    expect(reply.ok).toBe(false);
    expect(JSON.stringify(reply)).toContain(words);
  });
});
