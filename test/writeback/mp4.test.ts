import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { BoxBytes, readBox } from '../../src/main/writeback/mp4/boxes.ts';
import { shiftedOffsets } from '../../src/main/writeback/mp4/chunk-offsets.ts';
import { mp4 } from '../../src/main/writeback/mp4/mp4.ts';
import {
  edited,
  expectSameSound,
  ffmpeg,
  fieldsOf,
  fuzz,
  makeAudio,
  payloadHash,
  set,
  testFolder,
} from './foreign-readers-kit.ts';

const folder = testFolder('mp4');
const MOOD = '----:com.apple.iTunes:MOOD';
const EDITS = [set('©gen', 'Effects', 'Doors'), set(MOOD, 'Dark'), set('©cmt', 'Größe 猫'), set('©grp', 'Doors')];
const BACK = EDITS.map(({ nativeId }) => set(nativeId));

/** A file as a tree, so that tests can take it apart and put it together again in other ways. */
interface TestBox {
  type: string;
  /** Children, where there are any; else content. */
  inside: TestBox[] | Buffer;
  /** What stands before the children. */
  prefix?: Buffer;
  long?: boolean;
}

const PARENTS = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'udta', 'meta', 'ilst'];

function parse(bytes: Buffer): TestBox[] {
  const boxes: TestBox[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const content = bytes.subarray(at + 8, at + size);
    const skip = type === 'meta' ? 4 : 0;
    const inside = PARENTS.includes(type) ? parse(content.subarray(skip)) : content;
    boxes.push({ type, inside, prefix: content.subarray(0, skip) });
    at += size;
  }
  return boxes;
}

function render(boxes: readonly TestBox[]): Buffer {
  return Buffer.concat(
    boxes.map(({ type, inside, prefix = Buffer.alloc(0), long = false }) => {
      const content = Buffer.concat([prefix, Array.isArray(inside) ? render(inside) : inside]);
      const header = Buffer.alloc(long ? 16 : 8);
      header.writeUInt32BE(long ? 1 : 8 + content.length);
      header.write(type, 4, 'latin1');
      if (long) header.writeBigUInt64BE(BigInt(16 + content.length), 8);
      return Buffer.concat([header, content]);
    }),
  );
}

function find(boxes: readonly TestBox[], ...path: string[]): TestBox {
  const box = boxes.find(({ type }) => type === path[0])!;
  return path.length === 1 ? box : find(box.inside as TestBox[], ...path.slice(1));
}

function list(box: TestBox): TestBox[] {
  return box.inside as TestBox[];
}

const free = (bytes: number): TestBox => ({ type: 'free', inside: Buffer.alloc(bytes - 8) });
const data = (kind: number, content: Uint8Array): TestBox => {
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32BE(kind);
  return { type: 'data', inside: [], prefix: Buffer.concat([prefix, content]) };
};
/** Items that are no business of ours: a picture, numbers, freeform data of a kind of its own. */
const FOREIGN: TestBox[] = [
  { type: 'covr', inside: [data(14, Buffer.alloc(3000, 0x89)), data(13, Buffer.from('moov ilst stco free'))] },
  { type: 'trkn', inside: [data(0, Buffer.from([0, 0, 0, 3, 0, 9, 0, 0]))] },
  { type: '\xa9ART', inside: [data(1, Buffer.from([0x63, 0xe9, 0, 0xff]))] },
  {
    type: '----',
    inside: [
      { type: 'mean', inside: Buffer.from('\0\0\0\0org.example') },
      { type: 'name', inside: Buffer.from('\0\0\0\0thing') },
      data(0, Buffer.from([1, 2, 3])),
    ],
  },
];
const CHAPTERS: TestBox = {
  type: 'chpl',
  inside: Buffer.from('\x01\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\x05Intro', 'latin1'),
};

/** The parts of a file as FFmpeg makes it: index behind the sound, no free space. */
let ftyp: TestBox;
let moov: TestBox;
let mdat: TestBox;

beforeAll(async () => {
  const boxes = parse(
    readFileSync(
      await makeAudio(join(folder, 'plain.m4a'), 'm4a', { seconds: 2, tags: { title: 'Tone', genre: 'Old' } }),
    ),
  );
  ftyp = find(boxes, 'ftyp');
  moov = find(boxes, 'moov');
  mdat = find(boxes, 'mdat');
  list(find([moov], 'moov', 'udta', 'meta', 'ilst')).push(...FOREIGN);
  list(find([moov], 'moov', 'udta')).push(CHAPTERS);
  const at = boxes.slice(0, boxes.indexOf(mdat)).reduce((sum, box) => sum + render([box]).length, 8);
  offsets(moov, (offset) => offset - at);
});

/** Changes all positions of sound; `moov` of the tests has them relative to the content of `mdat`. */
function offsets(index: TestBox, change: (offset: number) => number): void {
  for (const trak of list(index).filter(({ type }) => type === 'trak')) {
    const table = find([trak], 'trak', 'mdia', 'minf', 'stbl', 'stco').inside as Buffer;
    for (let at = 8; at < table.length; at += 4) table.writeUInt32BE(change(table.readUInt32BE(at)), at);
  }
}

/** Puts boxes in a row and has the index point at the sound wherever that comes to lie. */
function mp4File(name: string, arrange: (index: TestBox) => TestBox[], wide = false): string {
  const index = structuredCloneOf(moov);
  const boxes = arrange(index);
  const sound = boxes.findIndex(({ type }) => type === 'mdat');
  if (wide) widen(index);
  const at = render(boxes.slice(0, sound)).length + (boxes[sound]!.long === true ? 16 : 8);
  if (wide) {
    const table = find([index], 'moov', 'trak', 'mdia', 'minf', 'stbl', 'co64').inside as Buffer;
    for (let n = 8; n < table.length; n += 8) table.writeBigUInt64BE(table.readBigUInt64BE(n) + BigInt(at), n);
  } else offsets(index, (offset) => offset + at);
  const path = join(folder, `${name.replaceAll(/\W+/g, '-')}.m4a`);
  writeFileSync(path, render(boxes));
  return path;
}

function structuredCloneOf(box: TestBox): TestBox {
  return { ...box, inside: Array.isArray(box.inside) ? box.inside.map(structuredCloneOf) : Buffer.from(box.inside) };
}

function widen(index: TestBox): void {
  const table = find([index], 'moov', 'trak', 'mdia', 'minf', 'stbl', 'stco');
  const old = table.inside as Buffer;
  const entries = Array.from({ length: (old.length - 8) / 4 }, (_, n) => {
    const entry = Buffer.alloc(8);
    entry.writeBigUInt64BE(BigInt(old.readUInt32BE(8 + 4 * n)));
    return entry;
  });
  table.type = 'co64';
  table.inside = Buffer.concat([old.subarray(0, 8), ...entries]);
}

const metaOf = (index: TestBox) => list(find([index], 'moov', 'udta', 'meta'));
const without = (index: TestBox, ...path: string[]) => {
  const parent = find([index], 'moov', ...path.slice(0, -1));
  parent.inside = list(parent).filter(({ type }) => type !== path.at(-1));
  return index;
};
const withFree = (index: TestBox, bytes: number) => {
  metaOf(index).push(free(bytes));
  return index;
};

describe.each<[string, boolean, (index: TestBox) => TestBox[], boolean?]>([
  ['index behind the sound', false, (index) => [ftyp, mdat, index]],
  ['index behind the sound, free space in it', true, (index) => [ftyp, mdat, withFree(index, 1000)]],
  ['index before the sound', false, (index) => [ftyp, index, mdat]],
  ['index before the sound, wide table', false, (index) => [ftyp, index, mdat], true],
  ['index before the sound, wide sizes', false, (index) => [ftyp, { ...index, long: true }, { ...mdat, long: true }]],
  ['index before the sound, free space in it', true, (index) => [ftyp, withFree(index, 1000), mdat]],
  ['index before the sound, too little free space in it', false, (index) => [ftyp, withFree(index, 20), mdat]],
  ['index before the sound, free space behind it', true, (index) => [ftyp, index, free(5000), mdat]],
  ['index before the sound, too little free space behind it', false, (index) => [ftyp, index, free(20), mdat]],
  ['no items', false, (index) => [ftyp, without(index, 'udta', 'meta', 'ilst'), mdat]],
  ['no metadata', false, (index) => [ftyp, without(index, 'udta', 'meta'), mdat]],
  [
    'no metadata, free space behind the index',
    true,
    (index) => [ftyp, without(index, 'udta', 'meta'), free(5000), mdat],
  ],
  ['no user data', false, (index) => [ftyp, without(index, 'udta'), mdat]],
])('%s', (name, stays, arrange, wide) => {
  test('an edit keeps the audio and unknown boxes, and can be undone', async () => {
    const path = mp4File(name, arrange, wide);
    const target = await edited(mp4, path, EDITS);
    expectSameSound(path, target);
    const result = readFileSync(target);
    const old = readFileSync(path);
    for (const box of [...FOREIGN, CHAPTERS]) {
      if (old.includes(render([box]))) expect(result.includes(render([box]))).toBe(true);
    }
    expect(result.length === old.length).toBe(stays);
    // It can be taken apart to the last byte: every size is right.
    if (!name.includes('wide')) expect(render(parse(result)).equals(result)).toBe(true);

    const again = await edited(mp4, target, [set('©nam', 'Another title'), set(MOOD, 'Dark', 'Calm')]);
    expectSameSound(path, again);
    const isBehind = name.startsWith('index behind');
    if (!isBehind) expect(readFileSync(again).length).toBe(result.length);

    const before = await fieldsOf(mp4, path);
    const back = await edited(mp4, target, [...BACK.slice(1), set('©gen', ...(before['©gen'] ?? []))]);
    if (stays && before['©gen']) expect(readFileSync(back).equals(old)).toBe(true);
    else expectSameSound(path, back);
  });
});

test('a genre given by its number is the genre, and makes way for words', async () => {
  const number: TestBox = { type: 'gnre', inside: [data(0, Buffer.from([0, 18]))] };
  const path = mp4File('gnre', (index) => {
    find([index], 'moov', 'udta', 'meta', 'ilst').inside = [number, ...FOREIGN];
    return [ftyp, mdat, index];
  });
  expect(await fieldsOf(mp4, path)).toEqual({ '©gen': ['Rock'] });
  const target = await edited(mp4, path, [set('©gen', 'Rock', 'Techno')]);
  expect(readFileSync(target).includes(render([number]))).toBe(false);
});

test.each<[string, number, Buffer]>([
  ['as text', 1, Buffer.from('Rock')],
  ['in one byte', 21, Buffer.of(18)],
  ['in four bytes', 21, Buffer.of(0, 0, 0, 18)],
  ['as an integer without a sign', 22, Buffer.of(0, 18)],
])('a genre in “gnre” %s', async (name, kind, content) => {
  const path = mp4File(`gnre ${name}`, (index) => {
    find([index], 'moov', 'udta', 'meta', 'ilst').inside = [{ type: 'gnre', inside: [data(kind, content)] }];
    return [ftyp, mdat, index];
  });
  expect(await fieldsOf(mp4, path)).toEqual({ '©gen': ['Rock'] });
  expect(await fieldsOf(mp4, await edited(mp4, path, [set('©gen', 'Rock', 'Techno')]))).toEqual({
    '©gen': ['Rock', 'Techno'],
  });
});

test('values of 50 kB, text in UTF-16, an item that occurs twice', async () => {
  const utf16 = data(2, Buffer.from('Tön', 'utf16le').swap16());
  const path = mp4File('odd', (index) => {
    find([index], 'moov', 'udta', 'meta', 'ilst').inside = [
      { type: '\xa9cmt', inside: [utf16] },
      ...FOREIGN,
      { type: '\xa9cmt', inside: [data(1, Buffer.from('second'))] },
    ];
    return [ftyp, index, mdat];
  });
  expect(await fieldsOf(mp4, path)).toEqual({ '©cmt': ['Tön', 'second'] });
  const target = await edited(mp4, path, [set('©cmt', 'ä'.repeat(25_000)), set('©gen', 'Effects')]);
  expectSameSound(path, target);
});

test('a description is cut to what programs show of it, other values are not', () => {
  const long = `${'x'.repeat(253)}🎵${'y'.repeat(50)}`;
  const cut = mp4.fit('desc', long);
  expect(cut.value).toBe(`${'x'.repeat(253)}…`);
  expect(cut.note).not.toBe('');
  expect(mp4.fit('©cmt', long)).toEqual({ value: long, note: '' });
});

test('what cannot be edited safely is refused with a message', async () => {
  const reject = (name: string, arrange: (index: TestBox) => TestBox[]) =>
    expect(edited(mp4, mp4File(name, arrange), EDITS), name).rejects;
  await reject('fragments', (index) => [ftyp, index, mdat, { type: 'moof', inside: Buffer.alloc(8) }]).toThrow(
    /fragmented/,
  );
  await reject('quicktime', (index) => [{ type: 'ftyp', inside: Buffer.from('qt  \0\0\0\0') }, index, mdat]).toThrow(
    /QuickTime/,
  );
  await reject('two indexes', (index) => [ftyp, index, structuredCloneOf(moov), mdat]).toThrow(/several/);
  await reject('no index', () => [ftyp, mdat]).toThrow(/no index/);
  await reject('encrypted', (index) => {
    list(find([index], 'moov', 'trak', 'mdia', 'minf', 'stbl')).push({ type: 'saio', inside: Buffer.alloc(12) });
    return [ftyp, index, mdat];
  }).toThrow(/encrypted/);
  await reject('other handler', (index) => {
    (find([index], 'moov', 'udta', 'meta', 'hdlr').inside as Buffer).write('mdta', 8);
    return [ftyp, index, mdat];
  }).toThrow(/not in the iTunes format/);
  const path = mp4File('near 4 GB', (index) => [ftyp, index, mdat]);
  const bytes = readFileSync(path);
  bytes.writeUInt32BE(0xffff_fff0, bytes.indexOf('stco') + 12);
  writeFileSync(path, bytes);
  await expect(edited(mp4, path, EDITS)).rejects.toThrow(/truncated: audio data is missing/);
  const from = bytes.indexOf('moov') - 4;
  const index = new BoxBytes(readBox(bytes.subarray(from, from + 16), from, bytes.length, true), bytes, 0);
  expect(() => shiftedOffsets(index, from, 1000)).toThrow(/4 GB/);
});

describe('the audio is where the tables point, whatever the boxes are named', () => {
  const sound = () => mdat.inside as Buffer;
  /** The sound in a box of another name, behind an `mdat` that holds nothing of it. */
  const elsewhere = (name: string, type: string) => {
    const path = mp4File(name, (index) => [ftyp, index, mdat]);
    const bytes = readFileSync(path);
    bytes.write(type, bytes.lastIndexOf('mdat'), 'latin1');
    writeFileSync(path, Buffer.concat([bytes, render([{ type: 'mdat', inside: Buffer.alloc(50, 7) }])]));
    return path;
  };
  test.each(['free', 'skip', 'wide', 'uuid'])('in “%s”: refused', async (type) => {
    const path = elsewhere(`sound in ${type}`, type);
    await expect(edited(mp4, path, EDITS)).rejects.toThrow(/outside the “mdat” box/);
    await expect(fieldsOf(mp4, path)).rejects.toThrow(/outside the “mdat” box/);
  });

  test('the last chunk reaching out of “mdat” is refused', async () => {
    const path = mp4File('cut', (index) => [ftyp, index, { ...mdat, inside: sound().subarray(0, -3) }, free(100)]);
    await expect(edited(mp4, path, EDITS)).rejects.toThrow(/outside the “mdat” box/);
  });

  test('without samples, or with them in another file, it is refused', async () => {
    const empty = mp4File('no samples', (index) => {
      (find([index], 'moov', 'trak', 'mdia', 'minf', 'stbl', 'stsz').inside as Buffer).fill(0, 4);
      return [ftyp, index, mdat];
    });
    await expect(payloadHash(mp4, empty)).rejects.toThrow(/no audio data/);
    const outside = mp4File('other file', (index) => {
      const dinf = find([index], 'moov', 'trak', 'mdia', 'minf', 'dinf').inside as Buffer;
      dinf.writeUInt8(0, dinf.indexOf('url ') + 7);
      return [ftyp, index, mdat];
    });
    await expect(edited(mp4, outside, EDITS)).rejects.toThrow(/another file/);
  });

  test('an “mdat” that goes to the end of the file is edited', async () => {
    const path = mp4File('to the end', (index) => [ftyp, index, mdat]);
    const bytes = readFileSync(path);
    bytes.writeUInt32BE(0, bytes.lastIndexOf('mdat') - 4);
    writeFileSync(path, bytes);
    expectSameSound(path, await edited(mp4, path, EDITS));
  });

  test('a tag of another kind behind the last box stays there', async () => {
    for (const moovLast of [false, true]) {
      const path = mp4File('tag behind', (index) => (moovLast ? [ftyp, mdat, index] : [ftyp, index, mdat]));
      const tag = Buffer.concat([Buffer.from('TAGTheir title'), Buffer.alloc(114)]);
      writeFileSync(path, Buffer.concat([readFileSync(path), tag]));
      const result = await edited(mp4, path, EDITS);
      expectSameSound(path, result);
      expect(readFileSync(result).subarray(-128).equals(tag)).toBe(true);
    }
  });

  test('tables that point elsewhere after an edit count as changed audio', async () => {
    const path = mp4File('shifted', (index) => [ftyp, index, { ...mdat, inside: Buffer.concat([sound(), Buffer.alloc(9)]) }]); // prettier-ignore
    const before = await payloadHash(mp4, path);
    const bytes = readFileSync(path);
    const at = bytes.indexOf('stco') + 12;
    bytes.writeUInt32BE(bytes.readUInt32BE(at) + 1, at);
    writeFileSync(path, bytes);
    expect(await payloadHash(mp4, path)).not.toBe(before);
  });
});

test('files as FFmpeg makes them: fast start, chapters, fragments', async () => {
  const source = join(folder, 'plain.m4a');
  const chapters = join(folder, 'chapters.txt');
  writeFileSync(
    chapters,
    ';FFMETADATA1\ntitle=With chapters\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Two\n',
  );
  const path = join(folder, 'chapters.m4a');
  if (!ffmpeg('-i', source, '-i', chapters, '-map_metadata', '1', '-c', 'copy', '-movflags', '+faststart', path))
    return;
  // Two tracks: sound, and the chapters' names, which lie in mdat too.
  const target = await edited(mp4, path, EDITS);
  expectSameSound(path, target);
  const names = join(folder, 'names.txt');
  ffmpeg('-i', target, '-f', 'ffmetadata', names);
  expect(readFileSync(names, 'utf8')).toMatch(/title=One[^]*title=Two/);
  const fragments = join(folder, 'fragments.m4a');
  ffmpeg('-i', source, '-c', 'copy', '-movflags', '+frag_keyframe+empty_moov', fragments);
  await expect(edited(mp4, fragments, EDITS)).rejects.toThrow(/fragmented/);
});

test('damaged at random: refused, or edited with the audio unchanged', async () => {
  for (const [name, arrange] of [
    ['fuzz', (index) => [ftyp, index, mdat]],
    ['fuzz with room', (index) => [ftyp, withFree(index, 1000), mdat]],
  ] as [string, (index: TestBox) => TestBox[]][]) {
    const path = mp4File(name, arrange);
    const within = readFileSync(path).length - render([mdat]).length;
    const counts = await fuzz(mp4, path, EDITS, { rounds: 150, within, seed: within });
    process.stdout.write(`mp4: ${counts.done} edited, ${counts.refused} refused\n`);
    expect(counts.done).toBeGreaterThan(20);
    expect(counts.refused).toBeGreaterThan(20);
  }
});
