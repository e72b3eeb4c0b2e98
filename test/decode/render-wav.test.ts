/** WAV copies as a decoder process makes them. What comes out sample by sample: test/playback/audio-file.test.ts. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DecoderPool } from '../../src/main/decode/decoder-pool.ts';
import { declaredWavBytes } from '../../src/main/decode/wav-header.ts';
import { failure, testFolder } from './decode.ts';
import { sine, writeWav } from './make-audio.ts';

const at = testFolder();
const { signal } = new AbortController();
const RATE = 8000;
const tone = sine(2.5, RATE, 440);

let pool: DecoderPool;
beforeAll(() => {
  pool = new DecoderPool({ size: 1 });
});
afterAll(() => pool.close());

const samplesOf = (path: string) => {
  const bytes = readFileSync(path).subarray(44);
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
};

test.each([
  ['not known', null, tone.length],
  ['as announced', tone.length, tone.length],
  ['more than there is: silence follows', tone.length + 5000, tone.length + 5000],
  ['less than there is: cut', 9001, 9001],
])('a length that is %s', async (_, announced, expected) => {
  writeWav(at('tone.wav'), [tone], RATE);
  const wavPath = at('copy.wav');
  const rendered = await pool.render({ path: at('tone.wav'), wavPath, numberOfSamples: announced }, signal);
  expect(rendered).toEqual({ sampleRate: RATE, channels: 1, bitsPerSample: 16, numberOfSamples: expected });
  const file = readFileSync(wavPath);
  expect(declaredWavBytes(file)).toBe(file.length);
  const [copy, source] = [samplesOf(wavPath), samplesOf(at('tone.wav'))];
  expect(copy).toHaveLength(expected);
  expect(copy.subarray(0, tone.length)).toEqual(source.subarray(0, expected)); // 16 bits stay what they were
  expect(copy.subarray(tone.length).every((sample) => sample === 0)).toBe(true);
});

test('samples beyond full scale are clipped, what is no number is silence', async () => {
  writeWav(at('hot.wav'), [Float32Array.of(0.5, 2, -3, NaN, Infinity, -Infinity, -1, 1)], RATE, 'f32');
  await pool.render({ path: at('hot.wav'), wavPath: at('copy.wav'), numberOfSamples: null }, signal);
  const bytes = readFileSync(at('copy.wav')).subarray(44);
  const values = Array.from({ length: 8 }, (_, i) => bytes.readIntLE(3 * i, 3) / 2 ** 23);
  const top = 1 - 2 ** -23;
  expect(values).toEqual([0.5, top, -1, 0, top, -1, -1, top]);
});

test('files without audio and a full disk are distinguished', async () => {
  writeFileSync(at('text.wav'), 'hello');
  const text = pool.render({ path: at('text.wav'), wavPath: at('copy.wav'), numberOfSamples: null }, signal);
  expect(await failure(text)).toMatchObject({ code: 'not-audio' });
  writeWav(at('tone.wav'), [tone], RATE);
  if (!existsSync('/dev/full')) {
    process.stderr.write('not checked: a full disk: this system has no /dev/full\n');
    return;
  }
  const full = pool.render({ path: at('tone.wav'), wavPath: '/dev/full', numberOfSamples: null }, signal);
  expect(await failure(full)).toMatchObject({ code: 'disk-full' });
});
