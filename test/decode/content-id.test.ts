import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ContentHash } from '../../src/main/decode/content-id.ts';
import { identifyFile } from '../../src/main/decode/decode-file.ts';
import { ffmpegOnPath, decode, libav, still, testFolder } from './decode.ts';
import { encode, noise, retag, wavBytes, writeWav } from './make-audio.ts';
import { riffChunk } from '../kit/wav.ts';

const at = testFolder();
const ffmpeg = await ffmpegOnPath();

async function contentId(path: string, library = libav): Promise<string> {
  const { contentId: id } = await identifyFile({ path }, { library, beat: still });
  if (id === null) throw new Error(`${path} is not audio`);
  return id;
}

test('packet borders make no difference, content and facts do', () => {
  const bytes = Buffer.from(noise(1, 700_000).buffer);
  const whole = new ContentHash('/sounds/a.wav');
  whole.update(bytes);
  const id = whole.contentId('flac', 44_100, 2);
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  const pieces = new ContentHash('/sounds/a.wav');
  for (let i = 0; i < bytes.length; i += 999) pieces.update(bytes.subarray(i, i + 999));
  expect(pieces.contentId('flac', 44_100, 2)).toBe(id);
  const others = [
    { codec: 'mp3', sampleRate: 44_100, channels: 2 },
    { codec: 'flac', sampleRate: 48_000, channels: 2 },
    { codec: 'flac', sampleRate: 44_100, channels: 1 },
  ];
  for (const { codec, sampleRate, channels } of others) {
    const other = new ContentHash('/sounds/a.wav');
    other.update(bytes);
    expect(other.contentId(codec, sampleRate, channels)).not.toBe(id);
  }
});

test('nothing has no identity', () => {
  const hash = new ContentHash('/sounds/a.wav');
  hash.update(Buffer.alloc(0));
  expect(() => hash.contentId('flac', 44_100, 2)).toThrow(/“a.wav” could not be decoded/);
});

describe.each([
  { name: 'mp3', muxer: 'mp3', encoder: 'libmp3lame' },
  { name: 'flac', muxer: 'flac', encoder: 'flac' },
  { name: 'ogg', muxer: 'ogg', encoder: 'libvorbis' },
  { name: 'opus', muxer: 'opus', encoder: 'libopus' },
  { name: 'm4a', muxer: 'ipod', encoder: 'aac' },
  { name: 'wav', muxer: 'wav', encoder: 'pcm_s16le' },
  { name: 'aiff', muxer: 'aiff', encoder: 'pcm_s16be' },
])('$name', ({ name, muxer, encoder }) => {
  const sound = noise(2, 48_000);
  const original = at(`original.${name}`);

  test('keeps its identity with other tags, elsewhere, under another name', async () => {
    encode(original, [sound], 48_000, { muxer, encoder, metadata: { title: 'before' } });
    retag(original, at(`retagged.${name}`), muxer, { title: 'after', artist: 'somebody', comment: 'x'.repeat(5000) });
    copyFileSync(original, at('no extension'));
    expect(readFileSync(at(`retagged.${name}`)).equals(readFileSync(original))).toBe(false);
    const id = await contentId(original);
    expect(await contentId(at(`retagged.${name}`))).toBe(id);
    expect(await contentId(at('no extension'))).toBe(id);
    expect((await decode(original)).report.contentId).toBe(id);
  });

  test('is another for other audio', async () => {
    const changed = sound.slice();
    changed[50_000]! += 0.3;
    encode(at(`changed.${name}`), [changed], 48_000, { muxer, encoder });
    encode(at(`longer.${name}`), [noise(2.5, 48_000)], 48_000, { muxer, encoder });
    const ids = await Promise.all(['original', 'changed', 'longer'].map((file) => contentId(at(`${file}.${name}`))));
    expect(new Set(ids).size).toBe(3);
  });
});

test.runIf(ffmpeg !== null).each(['mp3', 'm4a', 'wav'])('%s: the same through ffmpeg on PATH', async (name) => {
  expect(await contentId(at(`original.${name}`), ffmpeg!)).toBe(await contentId(at(`original.${name}`)));
});

test('MP3: ID3v1, APE and large ID3v2 tags around it', async () => {
  const path = at('bare.mp3');
  encode(path, [noise(1, 44_100)], 44_100, {
    muxer: 'mp3',
    encoder: 'libmp3lame',
    muxerOptions: { id3v2_version: '0' },
  });
  const id = await contentId(path);
  const bare = readFileSync(path);
  const id3v1 = Buffer.alloc(128);
  id3v1.write('TAG' + 'Title');
  const id3v2 = Buffer.alloc(10 + 300_000);
  id3v2.write('ID3\x04\x00\x00', 'latin1');
  id3v2.set([(300_000 >> 21) & 127, (300_000 >> 14) & 127, (300_000 >> 7) & 127, 300_000 & 127], 6);
  const ape = Buffer.alloc(32);
  ape.write('APETAGEX');
  ape.writeUInt32LE(2000, 8);
  ape.writeUInt32LE(32, 12);
  for (const [name, bytes] of [
    ['v1', Buffer.concat([bare, id3v1])],
    ['v2', Buffer.concat([id3v2, bare])],
    ['ape', Buffer.concat([bare, ape])],
    ['all', Buffer.concat([id3v2, bare, ape, id3v1])],
  ] as const) {
    writeFileSync(at(`tagged-${name}.mp3`), bytes);
    expect(await contentId(at(`tagged-${name}.mp3`)), name).toBe(id);
    const { report } = await decode(at(`tagged-${name}.mp3`));
    expect(report, name).toMatchObject({ format: 'mp3', contentId: id, warnings: [] });
  }
});

test('WAV: chunks around the data and where packets are cut', async () => {
  const sound = noise(3, 44_100);
  writeWav(at('plain.wav'), [sound], 44_100);
  const chunks = {
    before: [{ id: 'bext', content: Buffer.alloc(858, 'a') }],
    after: [{ id: 'iXML', content: Buffer.from('<BWFXML/>') }],
  };
  writeFileSync(at('broadcast.wav'), wavBytes([sound], 44_100, 's16', chunks));
  const odd = {
    before: [{ id: 'JUNK', content: Buffer.alloc(4097) }],
    after: [{ id: 'LIST', content: Buffer.concat([Buffer.from('INFO'), riffChunk('INAM', Buffer.from('x'))]) }],
  };
  writeFileSync(at('odd.wav'), wavBytes([sound], 44_100, 's16', odd));
  const id = await contentId(at('plain.wav'));
  expect(await contentId(at('broadcast.wav'))).toBe(id);
  expect(await contentId(at('odd.wav'))).toBe(id);
});

test('a capped file has the identity of all of it', async () => {
  writeWav(at('long.wav'), [noise(30, 8000)], 8000);
  const { report, windows } = await decode(at('long.wav'), { windowSeconds: 2, hopSeconds: 2, maxWindows: 3 });
  expect(windows).toHaveLength(3);
  expect(report.contentId).toBe(await contentId(at('long.wav')));
  expect(report.durationSeconds).toBe(30);
  expect(report.warnings).toEqual([{ code: 'capped', message: 'Only the first 6.00 s of 30.0 s were analysed.' }]);
  // The waveform is empty where nothing was decoded: decoding stopped within a second of the last window.
  expect(report.waveform.slice(0, 80).every((peak) => peak > 0)).toBe(true);
  expect(report.waveform.slice(120).every((peak) => peak === 0)).toBe(true);
});
