/** WAVE and AIFF files as programs really leave them: several lists, odd padding, tags that are large or hard to reach. */
import { expect, test } from 'vitest';
import { aiff } from '../../src/main/writeback/riff/aiff.ts';
import { wave } from '../../src/main/writeback/riff/wave.ts';
import { set } from './foreign-readers-kit.ts';
import { latin, tagBytes, text } from './id3-tags.ts';
import { aiffFile, chunk, chunksIn, edited, fieldsOf, FMT, riff, type Chunk } from './riff-files.ts';

const DATA: Chunk = ['data', Buffer.alloc(1600, 1)];
const COMMON: Chunk = ['COMM', Buffer.from('0001000003200010400bfa00000000000000', 'hex')];
const item = (id: string, value: Uint8Array | string) => chunk([id, value]);
const info = (...items: Uint8Array[]): Chunk => ['LIST', Buffer.concat([latin('INFO'), ...items])];

/** Edits and checks that the sound is the same and that the way back gives the file. */
async function edit(bytes: Buffer, ...edits: Parameters<typeof edited>[2]) {
  const result = await edited(bytes.toString('latin1', 0, 4) === 'FORM' ? aiff : wave, bytes, edits);
  expect(result.payloads[1]).toBe(result.payloads[0]);
  expect(result.back.equals(bytes)).toBe(true);
  return result;
}

test('all lists count for what is there, and an entry is changed in the one that has it', async () => {
  const file = riff([
    FMT,
    info(item('ISFT', 'Editor\0')),
    DATA,
    info(item('INAM', 'Theirs\0\0'), item('IGNR', 'Foley\0')),
  ]);
  const fields = await fieldsOf(wave, file);
  expect(fields).toContainEqual({ nativeId: 'LIST/INFO:INAM', value: 'Theirs' });
  const { after } = await edit(file, set('LIST/INFO:IGNR', 'Ours'), set('LIST/INFO:IKEY', 'wind'));
  const lists = chunksIn(after).chunks.filter(([id]) => id === 'LIST').map(([, content]) => Buffer.from(content as Buffer)); // prettier-ignore
  expect(lists).toHaveLength(2);
  expect(lists[0]!.includes('IKEY')).toBe(true);
  expect(lists[1]!.includes('Ours')).toBe(true);
  const twice = riff([FMT, info(item('IGNR', 'A\0')), DATA, info(item('IGNR', 'B\0'))]);
  const gone = await edit(twice, set('LIST/INFO:IGNR'));
  expect(gone.fields.filter(({ nativeId }) => nativeId === 'LIST/INFO:IGNR')).toEqual([]);
});

test('entries with odd padding are read; behind them ours has its place, and all get the padding they need', async () => {
  for (const zeros of [1, 2]) {
    const file = riff([FMT, info(item('INAM', 'Bell'), Buffer.alloc(zeros), item('ICMT', 'hello')), DATA]);
    const { after, fields } = await edit(file, set('LIST/INFO:IKEY', 'wind'));
    expect(fields.filter(({ nativeId }) => nativeId.startsWith('LIST')).map(({ value }) => value)).toEqual(['Bell', 'hello', 'wind']); // prettier-ignore
    const list = chunksIn(after).chunks.find(([id]) => id === 'LIST')![1] as Buffer;
    const regular = [item('INAM', 'Bell'), item('ICMT', 'hello'), item('IKEY', 'wind\0')];
    expect(list.equals(Buffer.concat([latin('INFO'), ...regular]))).toBe(true);
  }
  const tight = chunk(['INAM', 'Bells']).subarray(0, 13);
  const { fields } = await edit(riff([FMT, info(tight, item('ICMT', 'hello')), DATA]), set('LIST/INFO:IKEY', 'wind'));
  expect(fields.map(({ value }) => value)).toEqual(['Bells', 'hello', 'wind']);
  const broken = riff([FMT, info(item('INAM', 'Bell'), latin('\x01\x02 not an entry')), DATA]);
  await expect(edit(broken, set('LIST/INFO:IKEY', 'wind'))).rejects.toThrow(/LIST\/INFO is damaged/);
});

test('the code page of CSET holds for what is there', async () => {
  const cset: Chunk = ['CSET', Buffer.from([0xe3, 0x04, 0, 0, 0, 0, 0, 0])]; // 1251
  const file = riff([FMT, cset, info(item('INAM', Buffer.from('cfe8f1fceceef2', 'hex'))), DATA]);
  expect(await fieldsOf(wave, file)).toContainEqual({ nativeId: 'LIST/INFO:INAM', value: 'Письмот' });
});

test('AIFF text in Latin-1 and Mac Roman', async () => {
  const file = aiffFile([
    COMMON,
    ['NAME', latin('M\xf6tley')],
    ['ANNO', latin('Gr\x9f\xa7e')],
    ['SSND', Buffer.alloc(1608)],
  ]);
  expect(await fieldsOf(aiff, file)).toEqual([
    { nativeId: 'NAME', value: 'Mötley' },
    { nativeId: 'ANNO', value: 'Grüße' },
  ]);
});

test('a tag in a chunk of more than 16 MiB is seen: never is a second one made', async () => {
  const picture = { id: 'APIC', body: Buffer.concat([latin('\0image/png\0\x03\0'), Buffer.alloc(17 << 20)]) };
  const tag = tagBytes({ version: 3, frames: [picture, { id: 'TCON', body: text('Rock') }], padding: 100 });
  for (const file of [
    riff([FMT, DATA, ['id3 ', tag]]),
    aiffFile([COMMON, ['SSND', Buffer.alloc(1608)], ['ID3 ', tag]]),
  ]) {
    const container = file.toString('latin1', 0, 4) === 'FORM' ? aiff : wave;
    expect(await fieldsOf(container, file)).toContainEqual({ nativeId: 'TCON', value: 'Rock' });
    const { after } = await edited(container, file, [set('TCON', 'Rock', 'Pop')]);
    const all = chunksIn(after, container === aiff).chunks.map(([id]) => id.toLowerCase());
    expect(all.filter((id) => id === 'id3 ')).toHaveLength(1);
  }
  const huge = riff([FMT, DATA, ['id3 ', Buffer.alloc(65 << 20)]]);
  await expect(edited(wave, huge, [set('TCON', 'Pop')])).rejects.toThrow(/exceeds 64 MB/);
});

test('tags behind bytes that are no chunk are seen, and stay', async () => {
  const tag = chunk(['id3 ', tagBytes({ version: 3, frames: [{ id: 'TCON', body: text('Rock') }] })]);
  for (const gap of [Buffer.alloc(6), latin('\0\0\0\0\x04\0\0\0abcd'), Buffer.alloc(34, 0x80)]) {
    const file = Buffer.concat([riff([FMT, DATA]), gap, tag]);
    file.writeUInt32LE(file.length - 8, 4);
    expect(await fieldsOf(wave, file)).toContainEqual({ nativeId: 'TCON', value: 'Rock' });
    const { after } = await edit(file, set('TCON', 'Rock', 'Pop'));
    expect(after.toString('latin1').split('id3 ')).toHaveLength(2);
    expect(after.includes(gap)).toBe(true);
  }
  // Behind the form it may be sound that the header does not know of.
  const appended = Buffer.concat([riff([FMT, DATA]), Buffer.alloc(6), tag]);
  await expect(fieldsOf(wave, appended)).rejects.toThrow(/unknown data/);
});

test('a tag in front of RIFF is no damage', async () => {
  const front = tagBytes({ version: 3, frames: [{ id: 'TIT2', body: text('Front') }] });
  const file = Buffer.concat([front, riff([FMT, DATA])]);
  await expect(fieldsOf(wave, file)).rejects.toThrow(/ID3 tag precedes the first chunk/);
});
