/** The peaks of catalogued files at any resolution, over a real engine: compared with the samples the files were made of. */
import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_PEAK_PARTS } from '../../src/shared/calls/playback.ts';
import { dispatch } from '../../src/main/host/dispatch.ts';
import { FilePeaks } from '../../src/main/playback/file-peaks.ts';
import { encode, noise, writeWav } from '../decode/make-audio.ts';
import { Serving } from '../host/http/serving.ts';

const RATE = 8000;
const SECONDS = 40;
const left = noise(SECONDS, RATE, 0.9, 3).map((sample, at) => sample * Math.sin(at / 30_000));
const right = noise(SECONDS, RATE, 0.1, 4);
const beyond = Float32Array.of(0.5, NaN, -3, 2);

let serving: Serving;

beforeAll(async () => {
  serving = await Serving.start();
  writeWav(serving.at('long.wav'), [left, right], RATE, 'f32');
  writeWav(serving.at('other.wav'), [right], RATE, 's16');
  writeWav(serving.at('beyond.wav'), [beyond], RATE, 'f32');
  encode(serving.at('long.flac'), [left, right], RATE, { muxer: 'flac', encoder: 'flac' });
  await serving.index();
});
afterAll(() => serving.close());

async function peaks(name: string, startSample: number, samplesEach: number, parts: number) {
  const found = await serving.handle.engine['file.peaks']({ fileId: serving.fileId(name), startSample, samplesEach, parts }); // prettier-ignore
  if (found === null) return null;
  const bytes = Buffer.from(found.data, 'base64');
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return { channels: found.channels, values };
}

function expected(channels: Float32Array[], startSample: number, samplesEach: number, parts: number): number[] {
  const values: number[] = [];
  for (let at = startSample; at < Math.min(startSample + parts * samplesEach, channels[0]!.length); at += samplesEach) {
    for (const channel of channels) {
      const part = channel.subarray(at, at + samplesEach);
      values.push(
        part.reduce((least, sample) => Math.min(least, sample)),
        part.reduce((most, sample) => Math.max(most, sample)),
      );
    }
  }
  return values;
}

test.each([
  ['single samples', 100_001, 1, 50],
  ['some samples each', 2 ** 17 - 64, 32, 8], // across what is decoded together
  ['before the file of peaks is there', 256 * 100, 256, 40],
  ['the whole file', 0, 1024, 4096],
  ['the finest of the file of peaks', 256 * 7, 256, 1000],
  ['between its levels', 8192 * 2, 8192, 4],
  ['one of its levels', 4096 * 3, 4096, 5],
  ['coarser than all of it', 0, 2 ** 20, 3],
  ['over its end', 319_488, 512, 10],
])('%s', async (_what, startSample, samplesEach, parts) => {
  for (const name of ['long.wav', 'long.flac']) {
    const found = (await peaks(name, startSample, samplesEach, parts))!;
    expect(found.channels).toBe(2);
    const wanted = expected([left, right], startSample, samplesEach, parts);
    expect(found.values).toHaveLength(wanted.length);
    const furthest = found.values.reduce((most, value, at) => Math.max(most, Math.abs(value - wanted[at]!)), 0);
    expect(furthest).toBeLessThan(name.endsWith('flac') ? 2 ** -14 : 1e-7);
  }
});

test('behind the end there are none', async () => {
  expect((await peaks('long.wav', SECONDS * RATE, 16, 10))!.values).toHaveLength(0);
  expect((await peaks('long.wav', 2 ** 20, 2 ** 10, 4000))!.values).toHaveLength(0);
});

test('what is no sample is silence, and full scale is no limit', async () => {
  expect([...(await peaks('beyond.wav', 0, 1, 10))!.values]).toEqual([0.5, 0.5, 0, 0, -3, -3, 2, 2]);
  expect([...(await peaks('beyond.wav', 0, 256, 4096))!.values]).toEqual([-3, 2]);
});

describe('files of peaks', () => {
  const folder = () => join(serving.dataFolder, 'peaks');

  test('are made once, and anew when they are damaged', async () => {
    const before = (await peaks('long.wav', 0, 1024, 4096))!;
    const kept = readdirSync(folder()).map((name) => join(folder(), name));
    for (const path of kept) truncateSync(path, 40);
    expect(await peaks('long.wav', 0, 1024, 4096)).toEqual(before);
    expect(kept.filter((path) => statSync(path).size > 1000)).toHaveLength(1);
    expect(readdirSync(folder()).filter((name) => !name.endsWith('.peaks'))).toEqual([]);
  });

  test('of others come first; the one before them is asked for again', async () => {
    const own = new FilePeaks({ dataFolder: join(serving.folder, 'own'), catalogue: () => serving.catalogue });
    const whole = (name: string) => own.read({ fileId: serving.fileId(name), startSample: 0, samplesEach: 1024, parts: 4096 }); // prettier-ignore
    const all = await Promise.all([whole('long.wav'), whole('long.flac'), whole('other.wav')]);
    expect(all.filter((found) => found === null)).toHaveLength(1);
    expect(await whole('long.wav')).not.toBeNull();
    expect(await whole('long.flac')).not.toBeNull();
    await own.close();
  });

  test('over the limit, those used longest ago go', async () => {
    const dataFolder = join(serving.folder, 'small');
    const own = new FilePeaks({ dataFolder, catalogue: () => serving.catalogue, limitBytes: 15_000 });
    for (const name of ['other.wav', 'long.wav']) {
      await own.read({ fileId: serving.fileId(name), startSample: 0, samplesEach: 1024, parts: 4096 });
    }
    expect(readdirSync(join(dataFolder, 'peaks'))).toHaveLength(1);
    await own.close();
  });
});

test('what makes no sense is refused', async () => {
  const ask = (request: object) =>
    dispatch(serving.handle.engine, 'file.peaks', { fileId: 1, startSample: 0, samplesEach: 1, parts: 1, ...request });
  for (const request of [{ samplesEach: 3 }, { samplesEach: 4, startSample: 2 }, { parts: MAX_PEAK_PARTS + 1 }]) {
    expect(await ask(request)).toMatchObject({ ok: false, error: { code: 'bad-input' } });
  }
  expect(await ask({ fileId: 999 })).toMatchObject({ ok: false, error: { code: 'not-found' } });
});
