/** Tags as programs really write them: encodings that nothing states, sizes that are off, tags where nobody expects them. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tagsOfFile } from '../../src/main/decode/decode-file.ts';
import { infoItems } from '../../src/main/decode/info-items.ts';
import { decodeMacText, decodeText } from '../../src/main/decode/text-encodings.ts';
import { latin, syncsafe, tagBytes, text, uint32, utf16, type HandMadeTag } from '../writeback/id3-tags.ts';
import { aiffFile, chunk, FMT, riff, type Chunk } from '../writeback/riff-files.ts';
import { testFolder } from './decode.ts';

const at = testFolder();
const DATA: Chunk = ['data', Buffer.alloc(1600, 1)];
const FRAMES = [
  { id: 'TIT2', body: utf16('Tïtel') },
  { id: 'TPE1', body: utf16('Künstler') },
  { id: 'TCON', body: text('Ambient') },
];
const READ = ['Tïtel', 'Künstler', 'Ambient'];

async function tags(name: string, bytes: Buffer): Promise<[string, string][]> {
  const path = at(name);
  writeFileSync(path, bytes);
  return (await tagsOfFile({ path })).map(({ nativeId, value }) => [nativeId, value]);
}

/** Frames of silence, MPEG 1 layer III, 128 kbit/s, 44.1 kHz. */
const MPEG = Buffer.concat(Array.from({ length: 12 }, () => Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0xc4]), Buffer.alloc(413)]))); // prettier-ignore

const item = (id: string, value: Uint8Array | string) => chunk([id, value]);
const info = (...items: Uint8Array[]): Chunk => ['LIST', Buffer.concat([latin('INFO'), ...items])];

const ODD_TAGS: Record<string, HandMadeTag> = {
  'unsynchronised 2.3': { version: 3, flags: 0x80, frames: FRAMES, padding: 20 },
  'unsynchronised 2.3 with an extended header': {
    version: 3,
    flags: 0x80,
    frames: FRAMES,
    extended: Buffer.concat([uint32(6), Buffer.alloc(2), uint32(20)]),
    padding: 20,
  },
  'extended header of 2.3 with a checksum': {
    version: 3,
    frames: FRAMES,
    extended: Buffer.concat([uint32(10), Buffer.from([0x80, 0]), uint32(0), uint32(0x12345678)]),
  },
  'extended header of 2.4': {
    version: 4,
    frames: FRAMES,
    extended: Buffer.concat([syncsafe(12), Buffer.from([1, 0x20, 5, 0, 1, 2, 3, 4])]),
  },
  'unsynchronised 2.4 by the flag of the tag alone': {
    version: 4,
    flags: 0x80,
    frames: FRAMES.map(({ id, body }) => ({ id, body: id === 'TCON' ? body : Buffer.from(body.toString('latin1').replace('\xff\xfe', '\xff\x00\xfe'), 'latin1') })), // prettier-ignore
  },
  'a footer': { version: 4, frames: FRAMES, footer: true },
};

test.each(Object.entries(ODD_TAGS))('ID3: %s', async (name, tag) => {
  const bytes = tagBytes(tag);
  const values = (found: [string, string][]) => found.map(([, value]) => value);
  expect(values(await tags(`${name}.mp3`, Buffer.concat([bytes, MPEG])))).toEqual(READ);
  expect(values(await tags(`${name}.wav`, riff([FMT, DATA, ['id3 ', bytes]])))).toEqual(READ);
});

test('an ID3 tag in front of RIFF is read beside what the chunks say', async () => {
  const file = riff([FMT, DATA, info(item('INAM', 'Inside\0'))]);
  expect(await tags('front.wav', Buffer.concat([tagBytes({ version: 3, frames: FRAMES }), file]))).toEqual([
    ['TIT2', 'Tïtel'],
    ['TPE1', 'Künstler'],
    ['TCON', 'Ambient'],
    ['LIST/INFO:INAM', 'Inside'],
  ]);
});

test('entries of LIST/INFO with too many zeros behind them, and with too few', async () => {
  const expected = [
    ['LIST/INFO:INAM', 'Bell'],
    ['LIST/INFO:ICMT', 'hello'],
    ['LIST/INFO:IGNR', 'Foley'],
  ];
  const bare = (id: string, value: string) => chunk([id, value]).subarray(0, 8 + value.length);
  for (const zeros of [0, 1, 2]) {
    const list = info(item('INAM', 'Bell'), Buffer.alloc(zeros), item('ICMT', 'hello\0'), bare('IGNR', 'Foley'));
    expect(await tags('zeros.wav', riff([FMT, list, DATA]))).toEqual(expected);
  }
  const tight = info(bare('INAM', 'Bell'), bare('ICMT', 'hello'), bare('IGNR', 'Foley'));
  expect(await tags('tight.wav', riff([FMT, tight, DATA]))).toEqual(expected);
  expect(infoItems(Buffer.concat([latin('INFO'), item('INAM', 'Bell'), latin('garbage garbage')]), false).isCut).toBe(
    true,
  );
});

test('LIST/INFO of a big-endian file, in the code page that CSET states, and in every list', async () => {
  const big = riff(
    [FMT, DATA, ['LIST', Buffer.concat([latin('INFO'), chunk(['INAM', 'Bell\0'], true)])]],
    undefined,
    'RIFX',
  );
  expect(await tags('rifx.wav', big)).toEqual([['LIST/INFO:INAM', 'Bell']]);
  const cset = (page: number): Chunk => ['CSET', Buffer.from([page & 0xff, page >> 8, 0, 0, 0, 0, 0, 0])];
  const russian = info(item('INAM', Buffer.from('cfe8f1fceceef2', 'hex'))); // Письмот in Windows-1251
  expect(await tags('1251.wav', riff([FMT, cset(1251), russian, DATA]))).toEqual([['LIST/INFO:INAM', 'Письмот']]);
  const japanese = info(item('INAM', Buffer.from('83688341', 'hex'))); // ドア in Shift_JIS
  expect(await tags('932.wav', riff([FMT, cset(932), japanese, DATA]))).toEqual([['LIST/INFO:INAM', 'ドア']]);
  const two = riff([FMT, info(item('ISFT', 'Editor')), DATA, info(item('IGNR', 'Foley'))]);
  expect(await tags('two.wav', two)).toEqual([['LIST/INFO:ISFT', 'Editor'], ['LIST/INFO:IGNR', 'Foley']]); // prettier-ignore
});

test('text chunks of AIFF in the encodings that Macs and others have used', async () => {
  const common: Chunk = ['COMM', Buffer.from('0001000003200010400bfa00000000000000', 'hex')];
  const texts: Chunk[] = [
    ['NAME', Buffer.from('M\xf6tley', 'latin1')],
    ['AUTH', Buffer.from('J\x9frgen', 'latin1')],
    ['(c) ', 'Größe AG'],
    ['ANNO', 'first'],
    ['ANNO', Buffer.from('Gr\xfc\xdfe', 'latin1')],
  ];
  expect(await tags('texts.aiff', aiffFile([common, ...texts, ['SSND', Buffer.alloc(1608)]]))).toEqual([
    ['NAME', 'Mötley'],
    ['AUTH', 'Jürgen'],
    ['(c) ', 'Größe AG'],
    ['ANNO', 'first'],
    ['ANNO', 'Grüße'],
  ]);
});

test.each([
  ['Stra\xa7e', 'Straße'],
  ['caf\x8e', 'café'],
  ['caf\xe9', 'café'],
  ['\x80RGER', 'ÄRGER'],
  ['\xc4rger', 'Ärger'],
  ['Don\xd5t', 'Don’t'],
  ['\xa9 2020', '© 2020'],
])('%j is %s', (bytes, expected) => {
  expect(decodeMacText(Buffer.from(bytes, 'latin1'))).toBe(expected);
});

test('a code page that is not known, and text that is not of it', () => {
  expect(decodeText(Buffer.from('Gr\xfc\xdfe', 'latin1'), 12345)).toBe('Grüße');
  expect(decodeText(Buffer.from('Grüße', 'utf8'), 1252)).toBe('Grüße');
  expect(decodeText(Buffer.from('it\x92s', 'latin1'))).toBe('it’s');
});

test('chunks behind bytes that are none are found again', async () => {
  const title = info(item('INAM', 'Behind\0'));
  const whole = (...pieces: Uint8Array[]) => {
    const file = Buffer.concat([riff([FMT, DATA]), ...pieces]);
    file.writeUInt32LE(file.length - 8, 4);
    return file;
  };
  for (const gap of [Buffer.alloc(6), Buffer.from('\0\0\0\0\x04\0\0\0abcd', 'latin1'), Buffer.alloc(33, 0x80)]) {
    expect(await tags('gap.wav', whole(gap, chunk(title)))).toEqual([['LIST/INFO:INAM', 'Behind']]);
  }
});
