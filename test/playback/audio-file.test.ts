/** Sounds for players, over the real server: files as they are, copies of the others, ranges of both. */
import { closeSync, ftruncateSync, openSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs'; // prettier-ignore
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AudioFiles, type AudioFile } from '../../src/main/playback/audio-file.ts';
import { encode, sine, writeWav } from '../decode/make-audio.ts';
import { Serving } from '../host/http/serving.ts';

const RATE = 44_100;
const left = sine(1.2345, RATE, 441);
const right = sine(1.2345, RATE, 882, 0.25);
const HOURS_RATE = 4000;
const HOURS_SAMPLES = 2 * 3600 * HOURS_RATE;

let serving: Serving;
const audio = (name: string) => `/audio/${serving.fileId(name)}`;
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
const copies = () => readdirSync(join(serving.folder, 'data', 'playable')).sort();

/** As browsers play them. */
const AS_THEY_ARE = {
  'u8.wav': 'audio/wav',
  's16.wav': 'audio/wav',
  's24.wav': 'audio/wav',
  'f32.wav': 'audio/wav',
  'tone.mp3': 'audio/mpeg',
  'tone.flac': 'audio/flac',
  'tone.ogg': 'audio/ogg',
  'tone.opus': 'audio/ogg; codecs=opus',
  'tone.m4a': 'audio/mp4',
  'tone.aac': 'audio/aac',
};
/** Decoded: bits of the copy, and how far a sample may be from the source (FFmpeg's WavPack gets 8 bits, its ALAC 24). */
const DECODED = {
  'f64.wav': { bits: 24, tolerance: 2 ** -23 },
  's16.aiff': { bits: 16, tolerance: 2 ** -15 },
  's24.aiff': { bits: 24, tolerance: 2 ** -22 },
  'tone.caf': { bits: 24, tolerance: 2 ** -22 },
  'tone.w64': { bits: 16, tolerance: 2 ** -15 },
  'tone.wv': { bits: 16, tolerance: 2 ** -7 },
  'alac.m4a': { bits: 24, tolerance: 2 ** -22 },
  'adpcm.wav': { bits: 16, tolerance: 0.1 },
  'tone.wma': { bits: 16, tolerance: null }, // lossy, and padded: only its length and level are looked at
} as const;

beforeAll(async () => {
  serving = await Serving.start();
  writeWav(serving.at('u8.wav'), [left], RATE, 'u8');
  writeWav(serving.at('s16.wav'), [left, right], RATE, 's16');
  writeWav(serving.at('s24.wav'), [left, right], RATE, 's24');
  writeWav(serving.at('f32.wav'), [left, right], RATE, 'f32');
  writeWav(serving.at('f64.wav'), [left, right], RATE, 'f64');
  writeWav(serving.at('field.wav'), [left, right, left, right, left, right, left], RATE, 's16');
  writeWav(serving.at('again.wav'), [right, left], RATE, 'f64');
  writeFileSync(serving.at('failed.wav'), 'no sound');
  const encoded: [string, string, string][] = [
    ['tone.mp3', 'mp3', 'libmp3lame'],
    ['tone.flac', 'flac', 'flac'],
    ['tone.ogg', 'ogg', 'libvorbis'],
    ['tone.opus', 'opus', 'libopus'],
    ['tone.m4a', 'ipod', 'aac'],
    ['tone.aac', 'adts', 'aac'],
    ['s16.aiff', 'aiff', 'pcm_s16be'],
    ['s24.aiff', 'aiff', 'pcm_s24be'],
    ['tone.caf', 'caf', 'pcm_s24be'],
    ['tone.w64', 'w64', 'pcm_s16le'],
    ['tone.wv', 'wv', 'wavpack'],
    ['alac.m4a', 'ipod', 'alac'],
    ['adpcm.wav', 'wav', 'adpcm_ms'],
    ['tone.wma', 'asf', 'wmav2'],
    ['surround.flac', 'flac', 'flac'],
  ];
  for (const [name, muxer, encoder] of encoded) {
    const rate = name === 'tone.opus' ? 48_000 : RATE;
    const planes = name.startsWith('surround') ? [left, right, left, left, right, right] : [left, right];
    encode(serving.at(name), planes, rate, { muxer, encoder });
  }
  putHoursOfSilence(serving.at('hours.aiff'));
  const summary = await serving.index();
  expect(summary.failed.map(({ path }) => path)).toEqual([serving.at('failed.wav')]);
});
afterAll(() => serving.close());

test.each(Object.entries(AS_THEY_ARE))('%s goes out as it is', async (name, type) => {
  const response = await serving.get(audio(name));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe(type);
  expect(response.headers.get('accept-ranges')).toBe('bytes');
  const file = readFileSync(serving.at(name));
  expect((await bytesOf(response)).equals(file)).toBe(true);
  await expectRanges(name, file);
});

test.each(Object.entries(DECODED))('%s goes out as a WAV', async (name, { bits, tolerance }) => {
  const response = await serving.get(audio(name));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('audio/wav');
  const file = await bytesOf(response);
  const { channels, sampleRate, bitsPerSample } = parseWav(file);
  expect([sampleRate, bitsPerSample, channels.length]).toEqual([RATE, bits, 2]);
  if (tolerance === null) {
    expect(Math.abs(channels[0]!.length - left.length)).toBeLessThan(4096);
    expect(rms(channels[0]!)).toBeCloseTo(rms(left), 1);
  } else {
    // Compressed files are filled up to whole frames; the sound itself stands at its beginning.
    expect(channels[0]!.length).toBeGreaterThanOrEqual(left.length);
    expect(largestDifference(channels[0]!, left)).toBeLessThanOrEqual(tolerance);
    expect(largestDifference(channels[1]!, right)).toBeLessThanOrEqual(tolerance);
  }
  await expectRanges(name, file);
});

test('more than two channels: folded by their places, or averaged where they have none', async () => {
  // 5.1: left and its surround, centre at −3 dB, scaled so that the sum of the weights is 1; no LFE.
  const surround = parseWav(await bytesOf(await serving.get(audio('surround.flac'))));
  const weight = Math.SQRT1_2;
  const scale = 1 / (1 + 2 * weight);
  expect(surround.channels).toHaveLength(2);
  const expected = left.map((l, i) => (l + weight * l + weight * right[i]!) * scale);
  expect(largestDifference(surround.channels[0]!, expected)).toBeLessThan(2 ** -14);
  const field = parseWav(await bytesOf(await serving.get(audio('field.wav'))));
  expect(field.channels).toHaveLength(1);
  const average = left.map((l, i) => (4 * l + 3 * right[i]!) / 7);
  expect(largestDifference(field.channels[0]!, average)).toBeLessThan(2 ** -14);
});

test('a player that could not play a file gets a copy of it', async () => {
  const response = await serving.get(`${audio('tone.ogg')}?as=wav`);
  expect(response.headers.get('content-type')).toBe('audio/wav');
  expect(parseWav(await bytesOf(response)).channels).toHaveLength(2);
});

describe.each(['s16.wav', 's16.aiff'])('conditions, %s', (name) => {
  const get = (headers: Record<string, string>, method?: string) => serving.get(audio(name), headers, method);

  test('HEAD: the headers alone, of the whole', async () => {
    const whole = await bytesOf(await get({}));
    const head = await get({ Range: 'bytes=0-9' }, 'HEAD');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.length)]);
    expect(await bytesOf(head)).toHaveLength(0);
  });

  test('ETag: the same until the file changes; 304; If-Range', async () => {
    const first = await get({});
    const etag = first.headers.get('etag')!;
    await first.body?.cancel();
    expect(etag).toMatch(/^"[\w-]+"$/);
    const known = await get({ 'If-None-Match': `"other", ${etag}` });
    expect([known.status, await known.text()]).toEqual([304, '']);
    const part = await get({ Range: 'bytes=0-9', 'If-Range': etag });
    expect([part.status, (await bytesOf(part)).length]).toEqual([206, 10]);
    const stale = await get({ Range: 'bytes=0-9', 'If-Range': '"of before"' });
    expect(stale.status).toBe(200);
    await stale.body?.cancel();
    const { atime, mtime } = statSync(serving.at(name));
    utimesSync(serving.at(name), atime, new Date(mtime.getTime() + 5000));
    const changed = await get({});
    await changed.body?.cancel();
    expect(changed.headers.get('etag')).not.toBe(etag);
    utimesSync(serving.at(name), atime, mtime);
  });

  test('416 says how long it is', async () => {
    const whole = await bytesOf(await get({}));
    const beyond = await get({ Range: `bytes=${whole.length}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${whole.length}`]);
    expect(await bytesOf(beyond)).toHaveLength(0);
  });
});

test('what cannot be played says why', async () => {
  rmSync(serving.at('tone.aac'));
  for (const [path, status, code] of [
    [audio('tone.aac'), 404, 'vanished'],
    [audio('failed.wav'), 422, 'not-audio'],
    ['/audio/4711', 404, 'not-found'],
  ] as const) {
    const response = await serving.get(path);
    expect(response.status).toBe(status);
    const { error } = (await response.json()) as { error: { code: string; userMessage: string } };
    expect(error.code).toBe(code);
    expect(error.userMessage).toMatch(/^[“A-Z].*\.$/);
  }
});

test('a file that is replaced while it goes out ends the connection', async () => {
  const name = 's24.wav';
  const response = await serving.get(audio(name));
  const reader = response.body!.getReader();
  await reader.read();
  truncate(serving.at(name), 60_000);
  await expect(drain(reader)).rejects.toThrow();
});

describe('two hours', () => {
  test('go out whole, with memory bounded, and are read before they are decoded to the end', async () => {
    const memory = new PeakMemory();
    const started = performance.now();
    const response = await serving.get(audio('hours.aiff'));
    const firstByteMs = performance.now() - started;
    expect(response.headers.get('content-length')).toBe(String(44 + 2 * HOURS_SAMPLES));
    const growing = copies().some((name) => name.endsWith('.part'));
    const reader = response.body!.getReader();
    const total = await drain(reader);
    expect(total).toBe(44 + 2 * HOURS_SAMPLES);
    const { growth, decoder } = memory.stop();
    process.stderr.write(`two hours: first byte after ${Math.round(firstByteMs)} ms, memory +${growth >> 20} MiB, decoder ${decoder >> 20} MiB\n`); // prettier-ignore
    expect(growth).toBeLessThan(96 * 2 ** 20);
    expect(decoder).toBeLessThan(256 * 2 ** 20);
    expect(growing, `nothing was sent before the whole was decoded (${Math.round(firstByteMs)} ms)`).toBe(true);
  });

  test('ranges near the end, from the finished copy', async () => {
    const end = 44 + 2 * HOURS_SAMPLES - 1;
    const response = await serving.get(audio('hours.aiff'), { Range: `bytes=${end - 999}-` });
    expect(response.headers.get('content-range')).toBe(`bytes ${end - 999}-${end}/${end + 1}`);
    expect((await bytesOf(response)).equals(Buffer.alloc(1000))).toBe(true);
  });

  test('concurrent requests share one copy, which is cancelled with the last of them', async () => {
    rmSync(join(serving.folder, 'data', 'playable'), { recursive: true });
    const leave = new AbortController();
    const headers = { Authorization: `Bearer ${serving.host.token}` };
    const asking = [1, 2].map(() =>
      fetch(serving.host.origin + audio('hours.aiff'), { headers, signal: leave.signal }),
    );
    await Promise.all(asking);
    expect(copies()).toHaveLength(1);
    leave.abort();
    await expect.poll(() => copies().filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

test('copies are bounded: the longest unused one goes, and one that is being read stays', async () => {
  const dataFolder = join(serving.folder, 'data');
  const folder = join(dataFolder, 'playable');
  rmSync(folder, { recursive: true });
  // Room for two of these three, each 1.2345 s of 24-bit stereo.
  const small = new AudioFiles({ dataFolder, catalogue: () => serving.catalogue, copiesLimitBytes: 700_000 });
  const { signal } = new AbortController();
  const open = (name: string) => small.open(serving.fileId(name), {}, signal);
  const keyOf = (etag: string) => `${etag.slice(1, -1)}.wav`;
  const whole = (file: AudioFile) => readAll(file.read(0, file.bytes - 1));
  try {
    const [first, second] = [await open('f64.wav'), await open('again.wav')];
    expect((await whole(first)) + (await whole(second))).toBe(first.bytes + second.bytes);
    await expect.poll(copies).toEqual([keyOf(first.etag), keyOf(second.etag)].sort());
    for (const [file, age] of [
      [first, 60],
      [second, 30],
    ] as const)
      setAge(join(folder, keyOf(file.etag)), age);
    const reading = (await open('f64.wav')).read(0, 99); // used again just now, and …
    setAge(join(folder, keyOf(first.etag)), 60); // … though it looked unused:
    await reading.next(); // it is being read
    const third = await open('s24.aiff');
    await whole(third);
    await expect.poll(copies).toEqual([keyOf(first.etag), keyOf(third.etag)].sort());
    await reading.return();
  } finally {
    await small.close();
  }
});

async function expectRanges(name: string, file: Buffer): Promise<void> {
  const middle = Math.floor(file.length / 2);
  for (const [range, start, end] of [
    ['bytes=0-', 0, file.length - 1],
    [`bytes=${middle}-${middle + 999}`, middle, middle + 999],
    ['bytes=-777', file.length - 777, file.length - 1],
    [`bytes=43-44`, 43, 44],
  ] as const) {
    const response = await serving.get(audio(name), { Range: range });
    expect([response.status, response.headers.get('content-range')]).toEqual([206, `bytes ${start}-${end}/${file.length}`]); // prettier-ignore
    expect((await bytesOf(response)).equals(file.subarray(start, end + 1)), range).toBe(true);
  }
}

/** By the spec, not by our own writer. */
function parseWav(file: Buffer): { channels: Float32Array[]; sampleRate: number; bitsPerSample: number } {
  expect(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
  expect(file.readUInt32LE(4)).toBe(file.length - 8);
  expect(file.readUInt16LE(20)).toBe(1);
  const count = file.readUInt16LE(22);
  const bitsPerSample = file.readUInt16LE(34);
  const bytes = bitsPerSample / 8;
  expect(file.readUInt16LE(32)).toBe(count * bytes);
  expect(file.toString('latin1', 36, 40)).toBe('data');
  const numberOfSamples = file.readUInt32LE(40) / (count * bytes);
  const channels = Array.from({ length: count }, (_, c) =>
    Float32Array.from(
      { length: numberOfSamples },
      (__, i) => file.readIntLE(44 + (i * count + c) * bytes, bytes) / 2 ** (bitsPerSample - 1),
    ),
  );
  return { channels, sampleRate: file.readUInt32LE(24), bitsPerSample };
}

function largestDifference(actual: Float32Array, expected: Float32Array): number {
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i]!)), 0);
}

function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
}

/** An AIFF of 16 bits, mono; a hole on the disk. */
function putHoursOfSilence(path: string): void {
  const samples = HOURS_SAMPLES;
  const head = Buffer.alloc(54);
  head.write('FORM', 0);
  head.writeUInt32BE(46 + 2 * samples, 4);
  head.write('AIFFCOMM', 8);
  head.writeUInt32BE(18, 16);
  head.writeUInt16BE(1, 20);
  head.writeUInt32BE(samples, 22);
  head.writeUInt16BE(16, 26);
  Buffer.from('400afa00000000000000', 'hex').copy(head, 28); // 4000 as an 80-bit float
  head.write('SSND', 38);
  head.writeUInt32BE(8 + 2 * samples, 42);
  const fd = openSync(path, 'w');
  writeSync(fd, head);
  ftruncateSync(fd, head.length + 2 * samples);
  closeSync(fd);
}

function truncate(path: string, bytes: number): void {
  const fd = openSync(path, 'r+');
  ftruncateSync(fd, bytes);
  closeSync(fd);
}

async function readAll(chunks: AsyncIterable<Buffer>): Promise<number> {
  let total = 0;
  for await (const chunk of chunks) total += chunk.length;
  return total;
}

function setAge(path: string, seconds: number): void {
  const then = new Date(Date.now() - 1000 * seconds);
  utimesSync(path, then, then);
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<number> {
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return total;
    total += value.length;
  }
}

/** Growth of this process (server and client) and, where /proc shows them, of its decoders, while something runs. */
class PeakMemory {
  readonly #before = process.memoryUsage().rss;
  #peak = 0;
  #peakOfDecoders = 0;
  readonly #timer = setInterval(() => this.#look(), 50);

  #look(): void {
    this.#peak = Math.max(this.#peak, process.memoryUsage().rss - this.#before);
    this.#peakOfDecoders = Math.max(this.#peakOfDecoders, ...decoderResidentBytes());
  }

  stop(): { growth: number; decoder: number } {
    clearInterval(this.#timer);
    this.#look();
    return { growth: this.#peak, decoder: this.#peakOfDecoders };
  }
}

function decoderResidentBytes(): number[] {
  if (process.platform !== 'linux') return [];
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  return children.map((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('decoder-process')) return 0;
      return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096;
    } catch {
      return 0; // ended meanwhile
    }
  });
}
