/** Tags behind the sound are no damage, no missing minutes, and no part of the content. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ffmpegOnPath, decode, testFolder } from './decode.ts';
import { encode, noise } from './make-audio.ts';

const at = testFolder();

/** Bytes that look like frames of anything, as a compressed cover does. */
const COVER = Buffer.from(noise(3, 8000, 1, 9).buffer);

function apev2(): Buffer {
  const item = (key: string, value: Buffer, flags: number) => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(value.length, 0);
    head.writeUInt32LE(flags, 4);
    return Buffer.concat([head, Buffer.from(`${key}\0`), value]);
  };
  const items = [item('Title', Buffer.from('Rain'), 0), item('Cover Art (Front)', COVER, 2)];
  const body = Buffer.concat(items);
  const end = (flags: number) => {
    const bytes = Buffer.alloc(32);
    bytes.write('APETAGEX', 'latin1');
    bytes.writeUInt32LE(2000, 8);
    bytes.writeUInt32LE(body.length + 32, 12);
    bytes.writeUInt32LE(items.length, 16);
    bytes.writeUInt32LE(flags, 20);
    return bytes;
  };
  return Buffer.concat([end(0xa0000000), body, end(0x80000000)]);
}

function id3v1(): Buffer {
  const tag = Buffer.alloc(128);
  tag.write('TAGRain', 'latin1');
  return tag;
}

function appendedId3v2(): Buffer {
  const ends = ['ID3', '3DI'].map((id) => Buffer.from(`${id}\x04\0\x10\0\x01\x48\0`, 'latin1'));
  return Buffer.concat([ends[0]!, Buffer.alloc((1 << 14) | (0x48 << 7), 0xff), ends[1]!]);
}

const lyrics3 = () => Buffer.from('LYRICSBEGININD0000211EAL00004Rain000033LYRICS200', 'latin1');

const BEHIND: Record<string, Buffer> = {
  ID3v1: id3v1(),
  APEv2: apev2(),
  'APEv2 and ID3v1': Buffer.concat([apev2(), id3v1()]),
  'Lyrics3 and ID3v1': Buffer.concat([lyrics3(), id3v1()]),
  'ID3v2 with a footer': appendedId3v2(),
};

test.each([
  ['flac', 'flac', 'flac'],
  ['wv', 'wv', 'wavpack'],
  ['tta', 'tta', 'tta'],
  ['mp3', 'mp3', 'libmp3lame'],
  ['mp2', 'mp2', 'mp2'],
  ['aac', 'adts', 'aac'],
  ['ac3', 'ac3', 'ac3'],
  ['opus', 'opus', 'libopus'],
])('%s', async (ending, muxer, encoder) => {
  const bare = at(`bare.${ending}`);
  encode(bare, [noise(2, 48_000)], 48_000, { muxer, encoder });
  const { report: alone } = await decode(bare);
  expect(alone.warnings).toEqual([]);
  const program = ending === 'wv' ? await ffmpegOnPath() : null;
  for (const [name, tag] of Object.entries(BEHIND)) {
    const path = at(`it's 50%, ${name}:.${ending}`);
    writeFileSync(path, Buffer.concat([readFileSync(bare), tag]));
    const { contentId, durationSeconds } = alone;
    expect((await decode(path)).report, name).toMatchObject({ contentId, durationSeconds, warnings: [] });
    if (program && name === 'APEv2 and ID3v1')
      expect((await decode(path, {}, program)).report, name).toMatchObject({ contentId, warnings: [] });
  }
});

test('damage before appended tags is reported, and bytes that resemble a tag are audio', async () => {
  encode(at('whole.flac'), [noise(2, 48_000)], 48_000, { muxer: 'flac', encoder: 'flac' });
  const bytes = readFileSync(at('whole.flac'));
  bytes.fill(0, bytes.length >> 1, (bytes.length >> 1) + 30_000);
  writeFileSync(at('broken.flac'), Buffer.concat([bytes, apev2(), id3v1()]));
  expect((await decode(at('broken.flac'))).report.warnings).toMatchObject([{ code: 'partial' }]);

  const untrue = apev2();
  untrue.writeUInt32LE(40_000, untrue.length - 20);
  writeFileSync(at('odd.flac'), Buffer.concat([readFileSync(at('whole.flac')), untrue]));
  expect((await decode(at('odd.flac'))).report).toMatchObject({ durationSeconds: 2 });
});
