import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ByteReader } from '../../src/main/files/byte-reader.ts';
import { sniff } from '../../src/main/decode/sniff.ts';
import { testFolder } from './decode.ts';
import { encode, noise } from './make-audio.ts';

const at = testFolder();

function reader(bytes: Buffer): ByteReader {
  return {
    size: bytes.length,
    read: (position, length) => Promise.resolve(bytes.subarray(position, position + length)),
  };
}
const format = async (bytes: Buffer) => (await sniff(reader(bytes)))?.format ?? null;

const made: Record<string, Buffer> = {};
for (const [name, muxer, encoder] of [
  ['mp3', 'mp3', 'libmp3lame'],
  ['aac', 'adts', 'aac'],
  ['mp2', 'mp2', 'mp2'],
  ['flac', 'flac', 'flac'],
] as const) {
  const bare = muxer === 'mp3' ? { id3v2_version: '0', write_xing: '0' } : {};
  encode(at(name), [noise(1, 44_100)], 44_100, { muxer, encoder, muxerOptions: bare });
  made[name] = readFileSync(at(name));
}

function id3v2(bytes: number, padding = 0): Buffer {
  const header = Buffer.from([
    0x49,
    0x44,
    0x33,
    4,
    0,
    0,
    bytes >> 21,
    (bytes >> 14) & 127,
    (bytes >> 7) & 127,
    bytes & 127,
  ]);
  return Buffer.concat([header, Buffer.alloc(bytes + padding)]);
}

describe('frames without a container', () => {
  test.each([
    ['mp3', 'mp3'],
    ['mp2', 'mp3'],
    ['aac', 'aac'],
  ])('%s: bare, behind tags of any size, behind zeros, behind junk', async (name, expected) => {
    const frames = made[name]!;
    const junk = Buffer.from(noise(1, 500, 1, 5).buffer).map((byte) => byte & 0x7f);
    expect(await format(frames)).toBe(expected);
    expect(await format(Buffer.concat([id3v2(300), frames]))).toBe(expected);
    expect(await format(Buffer.concat([id3v2(5_000_000), frames]))).toBe(expected);
    expect(await format(Buffer.concat([id3v2(300, 2000), frames]))).toBe(expected);
    expect(await format(Buffer.concat([id3v2(300), id3v2(50), frames]))).toBe(expected);
    expect(await format(Buffer.concat([Buffer.alloc(3000), frames]))).toBe(expected);
    expect(await format(Buffer.concat([junk, frames]))).toBe(expected);
  });

  test('other formats behind an ID3 tag', async () => {
    expect(await format(Buffer.concat([id3v2(999), made['flac']!]))).toBe('flac');
  });

  test('one frame is a file, half a frame is not', async () => {
    const first = made['mp3']!.subarray(0, 313); // 96 kbit/s at 44.1 kHz: 313 bytes a frame
    expect(await format(first)).toBe('mp3');
    expect(await format(first.subarray(0, 300))).toBeNull();
  });

  test('a declared length is distinguished from a guessed one', async () => {
    encode(at('xing.mp3'), [noise(1, 44_100)], 44_100, { muxer: 'mp3', encoder: 'libmp3lame' });
    expect(await sniff(reader(readFileSync(at('xing.mp3'))))).toMatchObject({ format: 'mp3', declaresLength: true });
    expect(await sniff(reader(made['mp3']!))).toMatchObject({ format: 'mp3', declaresLength: false });
    expect(await sniff(reader(made['aac']!))).toMatchObject({ format: 'aac', declaresLength: false });
  });
});

describe('nothing is found where there is nothing', () => {
  test('in random bytes', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const bytes = Buffer.from(noise(1, 16_384, 1, seed * 7919).buffer);
      expect(await format(bytes), `seed ${seed}`).toBeNull();
    }
  });

  test('in tables of small negative numbers', async () => {
    for (const value of [-1, -2, -3, -40, -100, -1000, -30_000]) {
      const table = Buffer.alloc(60_000);
      for (let i = 0; i < table.length; i += 2) table.writeInt16BE(value - (i % 6), i);
      expect(await format(table), String(value)).toBeNull();
      expect(await format(table.swap16()), String(value)).toBeNull();
    }
  });

  test('in pictures, texts, archives, films, and beginnings of formats', async () => {
    for (const text of [
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      '\xff\xd8\xff\xe0\x00\x10JFIF\x00',
      'PK\x03\x04',
      '%PDF-1.7',
      '#EXTM3U\n',
      'RIFF\x10\x00\x00\x00AVI LIST',
      'RIFF\x10\x00\x00\x00WEBPVP8 ',
      '\x00\x00\x00\x18ftypheic',
      '\x00\x00\x00\x18ftypavif',
      'MThd\x00\x00\x00\x06',
      'ID3',
      'ID3\x04\x00\x00\x00\x00\x00\x05',
      'R',
      '',
    ]) {
      expect(await format(Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(500)])), text).toBeNull();
    }
  });

  test('in the audio track of a film', async () => {
    // MPEG program stream: pack header, then MPEG audio frames inside.
    const film = Buffer.concat([Buffer.from('000001ba4400040004010003fff8', 'hex'), made['mp2']!]);
    expect(await format(film)).toBeNull();
  });
});
