import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/shared/errors.ts';
import { flac } from '../../src/main/writeback/flac/flac.ts';
import { edited, expectSameSound, fieldsOf, foreign, fuzz, makeAudio, set, testFolder } from './foreign-readers-kit.ts';
import { tagBytes, text } from './id3-tags.ts';

const folder = testFolder('flac');
const EDITS = [
  set('GENRE', 'Effects', 'Doors'),
  set('MOOD', 'Dark'),
  set('CATID', 'DOORWood'),
  set('COMMENT', 'Größe 猫'),
];

interface HandMadeBlock {
  type: number;
  content: Uint8Array;
}
let streamInfo: Buffer;
let frames: Buffer;

beforeAll(async () => {
  const file = readFileSync(await makeAudio(join(folder, 'plain.flac'), 'flac'));
  streamInfo = file.subarray(8, 8 + 34);
  let at = 4;
  for (let last = false; !last; at += 4 + file.readUIntBE(at + 1, 3)) last = file[at]! >= 0x80;
  frames = file.subarray(at);
});

function flacFile(name: string, blocks: HandMadeBlock[], before: Uint8Array = new Uint8Array()): string {
  const all = [{ type: 0, content: streamInfo }, ...blocks];
  const bytes = all.map(({ type, content }, n) =>
    blockBytes({ type: type | (n === all.length - 1 ? 0x80 : 0), content }),
  );
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([before, Buffer.from('fLaC'), ...bytes, frames]));
  return path;
}

function blockBytes({ type, content }: HandMadeBlock): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt8(type);
  header.writeUIntBE(content.length, 1, 3);
  return Buffer.concat([header, content]);
}

function comments(vendor: string, ...list: (string | Uint8Array)[]): HandMadeBlock {
  const sized = (value: string | Uint8Array) => {
    const bytes = Buffer.from(value as string);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const count = Buffer.alloc(4);
  count.writeUInt32LE(list.length);
  return { type: 4, content: Buffer.concat([sized(vendor), count, ...list.map(sized)]) };
}

const padding = (bytes: number): HandMadeBlock => ({ type: 1, content: Buffer.alloc(bytes) });
/** Seek table, application data, cue sheet of nothing, picture, a block of the future. */
const FOREIGN: HandMadeBlock[] = [
  { type: 3, content: Buffer.alloc(18, 0xff) },
  { type: 2, content: Buffer.from('SMED some application data') },
  {
    type: 6,
    content: Buffer.concat([
      Buffer.from([0, 0, 0, 3, 0, 0, 0, 9]),
      Buffer.from('image/png'),
      Buffer.alloc(20),
      Buffer.from([0, 0, 0, 0]),
    ]),
  },
  { type: 100, content: Buffer.from('of the future') },
];
const ODD = Buffer.concat([Buffer.from('ARTIST=caf'), Buffer.from([0xe9, 0, 0xff]), Buffer.from('=x')]);

describe.each([
  ['no padding', []],
  ['little padding', [padding(10)]],
  ['padding first, and again at the end', [padding(3), padding(4000)]],
  ['much padding', [padding(1_000_000)]],
])('%s', (name, paddings) => {
  test('comments of others stay byte for byte, as do the other blocks and the audio', async () => {
    const [first, ...others] = paddings;
    const list = comments(
      'reference libFLAC',
      'title=Hello',
      ODD,
      'genre=Effects',
      'no equals sign',
      '=no name',
      'genre=',
    );
    const path = flacFile(`${name}.flac`, [
      ...(others.length > 0 ? [first!] : []),
      ...FOREIGN,
      list,
      ...(others.length > 0 ? others : paddings),
    ]);
    const target = await edited(flac, path, EDITS);
    expectSameSound(path, target);
    const result = readFileSync(target);
    for (const block of FOREIGN) expect(result.includes(blockBytes(block))).toBe(true);
    for (const kept of ['reference libFLAC', 'title=Hello', ODD, 'genre=Effects', 'no equals sign'])
      expect(result.includes(kept)).toBe(true);
    expect(result.subarray(-frames.length).equals(frames)).toBe(true);
    const fits = paddings.some(({ content }) => content.length > 200);
    expect(result.length === readFileSync(path).length).toBe(fits);
    const again = await edited(flac, target, [set('SUBCATEGORY', 'Wood')]);
    expect(readFileSync(again).length).toBe(result.length);
    const test = foreign('flac', ['--test', '--silent', '--warnings-as-errors', target]);
    if (test !== null) expect(test).toBe('');
  });
});

test('an edit and its opposite give the file as it was', async () => {
  const path = flacFile('back.flac', [comments('v', 'TITLE=x', 'GENRE=A'), padding(500)]);
  const there = await edited(flac, path, [set('GENRE', 'A', 'B'), set('MOOD', 'm'.repeat(300))]);
  const back = await edited(flac, there, [set('GENRE', 'A'), set('MOOD')]);
  expect(readFileSync(back).equals(readFileSync(path))).toBe(true);
});

test('padding that is used up to the last byte, header included, is gone', async () => {
  const path = flacFile('exact.flac', [comments('v'), padding(4 + 'MOOD='.length + 20 - 4)]);
  const there = await edited(flac, path, [set('MOOD', 'm'.repeat(20))]);
  expect(readFileSync(there).length).toBe(readFileSync(path).length);
  expectSameSound(path, there);
  // And comes back with the room that is given up.
  const back = await edited(flac, there, [set('MOOD')]);
  expect(readFileSync(back).equals(readFileSync(path))).toBe(true);
});

test('a file without comments gets them, behind the seek table', async () => {
  const path = flacFile('none.flac', FOREIGN.slice(0, 2));
  const target = await edited(flac, path, EDITS);
  expectSameSound(path, target);
  expect(readFileSync(target)[4 + 4 + 34 + 4 + 18]).toBe(4);
});

test('an ID3 tag in front stays', async () => {
  const tag = tagBytes({ version: 3, frames: [{ id: 'TIT2', body: text('x') }], padding: 20 });
  const path = flacFile('id3.flac', [comments('v', 'TITLE=x')], tag);
  const target = await edited(flac, path, EDITS);
  expect(readFileSync(target).subarray(0, tag.length).equals(tag)).toBe(true);
});

test('values of 50 kB fit; comments over 16 MB are refused, as are two blocks of them', async () => {
  const path = flacFile('long.flac', [comments('v', 'TITLE=x')]);
  await edited(flac, path, [set('COMMENT', 'ä'.repeat(25_000))]);
  await expect(edited(flac, path, [set('COMMENT', 'x'.repeat(1 << 24))])).rejects.toThrow(/16 MB/);
  const two = flacFile('two.flac', [comments('v', 'TITLE=x'), comments('v', 'TITLE=y')]);
  await expect(fieldsOf(flac, two)).rejects.toThrow(UserError);
});

test('damaged at random: refused, or edited with the audio unchanged', async () => {
  const list = comments('reference libFLAC', 'title=Hello', ODD, 'genre=Effects');
  const path = flacFile('fuzz.flac', [...FOREIGN, list, padding(300)]);
  const within = readFileSync(path).length - frames.length + 10;
  const counts = await fuzz(flac, path, EDITS, { rounds: 300, within, seed: 12 });
  process.stdout.write(`flac: ${counts.done} edited, ${counts.refused} refused\n`);
  expect(counts.done).toBeGreaterThan(30);
  expect(counts.refused).toBeGreaterThan(10);
});
