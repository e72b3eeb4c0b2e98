import { existsSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Encoder, type EncoderOptions } from '../../src/main/embed/encoder.ts';
import { cosineSimilarity } from '../../src/main/vectors/normalise.ts';
import { providersFor, type Provider } from '../../src/main/embed/providers.ts';
import { loadPack } from '../../src/main/packs/pack.ts';
import { DIM, writeTinyPack, type TinyPackOptions } from '../fixtures/tiny-pack/make-tiny-pack.ts';
import { connectTo, send, strongestBand, tone } from './tones.ts';
import { niceness } from '../kit/niceness.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let folder: string;
/** For the tests that leave it as it was: starting a process takes longer than what they do with it. */
let shared: Encoder;
beforeAll(async () => {
  shared = await Encoder.start(await loadPack(join(import.meta.dirname, '../fixtures/tiny-pack')), { encoders: 2 });
});
afterAll(() => shared.close());
const running: Encoder[] = [];
beforeEach(() => {
  folder = temporaryFolder('encoder');
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((encoder) => encoder.close()));
});

async function start(options: EncoderOptions = {}, pack: TinyPackOptions = {}): Promise<Encoder> {
  writeTinyPack(folder, pack);
  const encoder = await Encoder.start(await loadPack(folder), { encoders: 1, ...options });
  running.push(encoder);
  return encoder;
}

const norm = (embedding: Float32Array) => Math.hypot(...embedding);

test('texts: in order, of norm 1, raw on request, and the right clip is nearest', async () => {
  const encoder = shared;
  const words = ['low', 'middle', 'high'];
  const texts = await encoder.embedTexts(words);
  const raw = await encoder.embedTexts(words, { raw: true });
  const sounds = await encoder.embedWindows([tone(2), tone(7), tone(13)]);
  for (const [i, text] of texts.entries()) {
    expect(text).toHaveLength(DIM);
    expect(norm(text)).toBeCloseTo(1, 6);
    expect(norm(raw[i]!)).toBeGreaterThan(1.5); // the tiny model's words are longer than 1
    expect(cosineSimilarity(text, raw[i]!)).toBeCloseTo(1, 6);
    const cosines = sounds.map((sound) => cosineSimilarity(text, sound));
    expect(strongestBand(Float32Array.from(cosines))).toBe(i);
  }
});

test('a text gives the same alone, among others, and beside longer ones', async () => {
  const encoder = shared;
  const texts = Array.from(
    { length: 300 },
    (_, i) => ['low', 'high tone', `the sound of a middle ${'tone '.repeat(i % 7)}`][i % 3]!,
  );
  const together = await encoder.embedTexts(texts, { raw: true });
  expect(together).toHaveLength(300);
  for (const i of [0, 1, 2, 20, 155, 299]) {
    const [alone] = await encoder.embedTexts([texts[i]!], { raw: true });
    expect(Math.max(...alone!.map((value, at) => Math.abs(value - together[i]![at]!)))).toBeLessThan(1e-6);
  }
});

test('invalid input is refused with a message, and the next call works', async () => {
  const encoder = shared;
  await expect(encoder.embedTexts(['low', ' '])).rejects.toMatchObject({ code: 'bad-input' });
  await expect(encoder.embedWindows([new Float32Array(0)])).rejects.toMatchObject({ code: 'bad-input' });
  await expect(encoder.embedWindows([new Float32Array(8001)])).rejects.toMatchObject({ code: 'bad-input' });
  await expect(encoder.embedWindows([new Float32Array(8000).fill(NaN)])).rejects.toMatchObject({
    code: 'undecodable-audio',
  });
  await expect(encoder.embedWindows([new Float32Array(8000)])).rejects.toMatchObject({ code: 'undecodable-audio' });
  expect(await encoder.embedWindows([new Float32Array(8000)], { raw: true })).toEqual([new Float32Array(DIM)]);
  expect(await encoder.embedTexts([])).toEqual([]);
  expect(await encoder.embedWindows([])).toEqual([]);
  expect(await encoder.embedTexts(['low'])).toHaveLength(1);
});

test('a short clip is repeated to a full window', async () => {
  const encoder = shared;
  // 800 samples hold 60.5 periods of this band: a repetition has a seam, which the expectation has too.
  const short = tone(2, 800);
  const repeated = Float32Array.from({ length: 8000 }, (_, n) => short[n % 800]!);
  const [a, b] = await encoder.embedWindows([short, repeated], { raw: true });
  expect(a).toEqual(b);
});

test('many windows in several parts keep their order, and an abort stops between the parts', async () => {
  const encoder = shared;
  const bands = Array.from({ length: 70 }, (_, i) => (i * 5) % DIM);
  const embeddings = await encoder.embedWindows(bands.map((band) => tone(band)));
  expect(embeddings.map(strongestBand)).toEqual(bands);
  const stop = new AbortController();
  const stopped = encoder.embedWindows(
    bands.map((band) => tone(band)),
    { signal: stop.signal },
  );
  stop.abort(new Error('enough'));
  await expect(stopped).rejects.toThrow('enough');
});

test('each model is loaded only when it is needed: words work beside a broken audio graph', async () => {
  const encoder = await start({}, { extra: { audio: { file: 'tokenizer.json', sampleRate: 8000, windowSeconds: 1, hopSeconds: 1, shortClip: 'pad' } } }); // prettier-ignore
  expect(await encoder.embedTexts(['low'])).toHaveLength(1);
  expect(encoder.provider).toBeNull();
  const sentence = expect.stringMatching(/tokenizer\.json.*could not be loaded.*pack\.$/) as string;
  await expect(encoder.loadAudio()).rejects.toMatchObject({ code: 'model-damaged', userMessage: sentence });
  await expect(encoder.embedWindows([tone(2)])).rejects.toMatchObject({ code: 'model-damaged' });
  expect(await encoder.embedTexts(['high'])).toHaveLength(1);
});

test('a graph whose embeddings have another length than model.json says is refused', async () => {
  const encoder = await start({}, { extra: { dim: 8 } });
  const sentence = expect.stringContaining('16 values, model.json says 8') as string;
  await expect(encoder.loadAudio()).rejects.toMatchObject({ code: 'model-damaged', userMessage: sentence });
  await expect(encoder.embedTexts(['low'])).rejects.toMatchObject({ code: 'model-damaged' });
});

test('the provider in use is reported; one that cannot start is replaced by the CPU, with the reason', async () => {
  expect(await shared.loadAudio()).toMatchObject({ provider: 'cpu' });
  const elsewhere = process.platform === 'darwin' ? 'dml' : 'coreml';
  const encoder = await start({ provider: elsewhere });
  const { provider, reason } = await encoder.loadAudio();
  expect([provider, encoder.provider?.provider]).toEqual(['cpu', 'cpu']);
  expect(reason).toContain(elsewhere);
  expect(await encoder.embedWindows([tone(2)])).toHaveLength(1);
  const cuda = await (await start({ provider: 'cuda' })).loadAudio();
  // With CUDA's libraries it runs there, without them it must say so.
  expect(cuda.provider === 'cuda' || (cuda.provider === 'cpu' && cuda.reason.includes('cuda'))).toBe(true);
});

test('every platform can fall back to the CPU', () => {
  for (const platform of ['linux', 'darwin', 'win32'] as const)
    expect(providersFor(platform).at(-1)).toBe('cpu' satisfies Provider);
});

test('kill -9: calls under way are rejected, later ones too, and the socket file is gone', async () => {
  const encoder = await start({}, { slowness: 20 });
  await encoder.loadAudio();
  const underWay = encoder.embedWindows(Array.from({ length: 16 }, () => tone(2)));
  const socket = await connectTo(encoder);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  process.kill(encoder.pid, 'SIGKILL');
  await expect(underWay).rejects.toMatchObject({ name: 'ChildExitedError', how: 'signal SIGKILL' });
  expect(await encoder.exited).toBe('signal SIGKILL');
  await closed;
  expect(encoder.alive).toBe(false);
  expect(existsSync(encoder.socketPath)).toBe(false);
  await expect(encoder.embedTexts(['low'])).rejects.toMatchObject({ name: 'ChildExitedError' });
});

test('close ends the process at once, also while it works', async () => {
  const encoder = await start({}, { slowness: 20 });
  await encoder.loadAudio();
  const socket = await connectTo(encoder);
  void send(
    socket,
    1,
    Array.from({ length: 4 }, () => tone(2)),
  );
  const underWay = encoder.embedWindows([tone(2)]);
  underWay.catch(() => {});
  await encoder.close();
  await expect(underWay).rejects.toMatchObject({ name: 'ChildExitedError' });
  expect(existsSync(encoder.socketPath)).toBe(false);
});

test.skipIf(process.platform !== 'linux')('below normal priority means all its threads (Linux: /proc)', async () => {
  const encoder = await start({ lowPriority: true });
  await encoder.loadAudio();
  const threads = niceness(encoder.pid);
  expect(threads.length).toBeGreaterThan(2);
  expect(Math.min(...threads)).toBeGreaterThan(os.getPriority());
});
