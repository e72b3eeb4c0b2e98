/** CAF files put together by hand: what stays, where the text goes, what is refused; and damaged at random. */
import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readTags } from '../../src/main/decode/tags.ts';
import { byteReader } from '../../src/main/files/byte-reader.ts';
import { caf } from '../../src/main/writeback/caf/caf.ts';
import { seeded } from '../kit/random.ts';
import { edited, fieldsOf, set, testFolder } from './foreign-readers-kit.ts';
import { samples } from './foreign-shapes.ts';
import { mutated } from './mutated.ts';
import { WholeWay } from './whole-way.ts';

const folder = testFolder('caf');
const way = new WholeWay();
afterAll(() => way.remove());

type Chunk = [id: string, content: Uint8Array, size?: bigint];

function chunk([id, content, size = BigInt(content.length)]: Chunk): Buffer {
  const header = Buffer.alloc(12);
  header.write(id, 'latin1');
  header.writeBigInt64BE(size, 4);
  return Buffer.concat([header, content]);
}

function cafFile(...chunks: Chunk[]): Buffer {
  return Buffer.concat([Buffer.from('caff\0\x01\0\0', 'latin1'), ...chunks.map(chunk)]);
}

function info(entries: Record<string, string>, behind = ''): Chunk {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(Object.keys(entries).length);
  const texts = Object.entries(entries).map(([key, value]) => `${key}\0${value}\0`);
  return ['info', Buffer.concat([count, Buffer.from(texts.join('') + behind)])];
}

/** 8 kHz, one channel of 16-bit little-endian samples. */
const DESC: Chunk = ['desc', Buffer.from('40bf400000000000' + '6c70636d' + '00000002' + '00000002' + '00000001' + '00000001' + '00000010', 'hex')]; // prettier-ignore
const SOUND = Buffer.concat([Buffer.from([0, 0, 0, 7]), samples(4000)]);
const DATA: Chunk = ['data', SOUND];
const THEIRS = info({ title: 'Theirs', artist: 'Somebody', genre: 'Rock' });
const FREE: Chunk = ['free', samples(3000, 5)];

const SHAPES: Record<string, Buffer> = {
  'no text': cafFile(DESC, DATA),
  'text in front': cafFile(DESC, THEIRS, DATA),
  'text behind the sound': cafFile(DESC, FREE, DATA, THEIRS),
  'sound to the end': cafFile(DESC, THEIRS, ['data', SOUND, -1n]),
  filler: cafFile(DESC, FREE, DATA),
  'little filler, chunks of others': cafFile(DESC, ['chan', Buffer.alloc(12)], ['free', Buffer.alloc(3)], DATA, ['uuid', samples(40, 3)]), // prettier-ignore
  'spelt by FFmpeg, and something behind the entries': cafFile(DESC, info({ comment: 'theirs', Genre: 'Rain' }, 'zz'), DATA), // prettier-ignore
};

test.each(Object.keys(SHAPES))('%s: written with each profile, audio unchanged, and undone', async (name) => {
  expect(await way.take(SHAPES[name]!, '.caf')).toEqual({ written: 3, refused: '' });
});

test('texts are changed where they stand, others stay byte for byte, and a second reader has them', async () => {
  const path = join(folder, 'theirs.caf');
  writeFileSync(path, cafFile(DESC, THEIRS, DATA));
  const now = await edited(caf, path, [set('info:genre', 'Effects'), set('info:CATID', 'DOORWood'), set('info:title')]);
  const expected = { artist: 'Somebody', genre: 'Effects', CATID: 'DOORWood' };
  expect(readFileSync(now)).toEqual(cafFile(DESC, info(expected), DATA));
  expect(await fieldsOf(caf, now)).toEqual(Object.fromEntries(Object.entries(expected).map(([key, value]) => [`info:${key}`, [value]]))); // prettier-ignore
  const handle = await open(now);
  const tags = await readTags(now, byteReader(handle, (await handle.stat()).size)).finally(() => handle.close());
  expect(tags).toEqual([
    { nativeId: 'info:artist', field: 'artist', value: 'Somebody' },
    { nativeId: 'info:genre', field: 'genre', value: 'Effects' },
    { nativeId: 'info:CATID', field: 'category', value: 'DOORWood' },
  ]);
});

test('the audio is not moved while there is filler', async () => {
  const path = join(folder, 'filler.caf');
  writeFileSync(path, SHAPES['filler']!);
  const now = readFileSync(await edited(caf, path, [set('info:CATID', 'DOORWood')]));
  expect(now.length).toBe(SHAPES['filler']!.length);
  expect(now.indexOf(SOUND)).toBe(SHAPES['filler']!.indexOf(SOUND));
});

test.each([
  ['no sound', cafFile(DESC), /audio data is missing/],
  ['no description first', cafFile(DATA, DESC), /audio data is missing/],
  ['cut off', cafFile(DESC, DATA).subarray(0, -9), /the declared size ends within a chunk/],
  [
    'fewer entries than it says',
    cafFile(DESC, ['info', Buffer.from('\0\0\0\x02title\0a\0', 'latin1')], DATA),
    /entries/,
  ],
  ['two chunks of text', cafFile(DESC, THEIRS, DATA, info({ title: 'x' })), /two information chunks/],
  [
    'something in front',
    Buffer.concat([Buffer.from('ID3\x03\0\0\0\0\0\0', 'latin1'), cafFile(DESC, DATA)]),
    /audio data is missing/,
  ],
])('%s is refused', async (_, bytes, sentence) => {
  const outcome = await way.take(bytes, '.caf');
  expect(outcome.written).toBe(0);
  expect(outcome.refused).toMatch(sentence);
});

test('damaged in 40 ways: refused, or the audio is unchanged by every write and undo restores each byte', async () => {
  const random = seeded(1);
  const shapes = Object.values(SHAPES);
  let written = 0;
  for (let round = 0; round < 40; round++) {
    const outcome = await way.take(mutated(shapes[round % shapes.length]!, random), '.caf').catch((error: unknown) => {
      throw new Error(`round ${round}`, { cause: error });
    });
    if (outcome.written > 0) written++;
  }
  expect(written).toBeGreaterThan(4);
});
