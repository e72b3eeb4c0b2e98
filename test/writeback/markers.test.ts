/** Markers in WAVE files: byte for byte where they go, what stays, what is refused, another program's view; and random damage. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import type { Marker } from '../../src/shared/calls/markers.ts';
import { readCuePoints } from '../../src/main/decode/cue-points.ts';
import { byteReader } from '../../src/main/files/byte-reader.ts';
import { openFile } from '../../src/main/writeback/open-file.ts';
import { planMarkers } from '../../src/main/writeback/plan-markers.ts';
import { addCuePoints } from '../../src/main/writeback/riff/cue-chunk.ts';
import { joined } from '../../src/main/writeback/splice.ts';
import { seeded } from '../kit/random.ts';
import { samples } from './foreign-shapes.ts';
import { applied, bext, chunk, chunksIn, contentOf, FMT, put, riff, type Chunk } from './riff-files.ts';
import { mutated } from './mutated.ts';
import { WholeWay } from './whole-way.ts';

const way = new WholeWay();
afterAll(() => way.remove());

/** 8 kHz, one channel of 16 bits: two seconds. */
const SOUND: Chunk = ['data', samples(32_000)];
const BARKS: Marker[] = [
  { startSeconds: 0.25, endSeconds: 0.5, label: 'dog bark' },
  { startSeconds: 1, endSeconds: null, label: 'où' },
];

function numbers(...values: (number | string)[]): Buffer {
  return Buffer.concat(
    values.map((value) => {
      if (typeof value === 'string') return Buffer.from(value, 'utf8');
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(value);
      return bytes;
    }),
  );
}

const cue = (id: number, sample: number) => numbers(id, sample, 'data', 0, 0, sample);
const label = (id: number, text: string) => chunk(['labl', numbers(id, `${text}\0`)]);
const region = (id: number, length: number) => chunk(['ltxt', numbers(id, length, 'rgn ', 0, 0)]);
/** Theirs: a point with a label, a region, a label whose point is missing, and a loop. */
const FOREIGN_CUE: Chunk = ['cue ', Buffer.concat([numbers(2), cue(1, 100), cue(7, 4000)])];
const FOREIGN_LIST: Chunk = ['LIST', Buffer.concat([Buffer.from('adtl'), label(1, 'theirs'), region(7, 800), label(2, 'lost')])]; // prettier-ignore
const FOREIGN_LOOP: Chunk = ['smpl', Buffer.concat([Buffer.alloc(28), numbers(1, 0, 3, 0, 10, 20, 0, 0)])];
const FOREIGN: Chunk[] = [FMT, bext('slate'), FOREIGN_CUE, SOUND, FOREIGN_LIST, FOREIGN_LOOP];

async function planned(path: string, markers: Marker[]) {
  const { size, mtimeMs } = statSync(path);
  return planMarkers({ fileId: 1, path, size, mtimeMs, markers });
}

/** @returns the new file, and its plan */
async function marked(bytes: Buffer, markers: Marker[] = BARKS) {
  const path = put(bytes);
  const { plan, markers: wanted } = await planned(path, markers);
  expect(plan).toMatchObject({ state: 'change', reason: '' });
  const file = await openFile(path);
  try {
    return { plan, after: applied(bytes, joined(await addCuePoints(file, wanted!), file.size)) };
  } finally {
    await file.close();
  }
}

async function found(bytes: Buffer) {
  const handle = await open(put(bytes));
  try {
    return await readCuePoints(byteReader(handle, bytes.length));
  } finally {
    await handle.close();
  }
}

test('new markers are written after the audio, byte for byte as editors write them, and the plan shows each', async () => {
  const { after, plan } = await marked(riff([FMT, SOUND]));
  const points: Chunk = ['cue ', Buffer.concat([numbers(2), cue(1, 2000), cue(2, 8000)])];
  const list: Chunk = ['LIST', Buffer.concat([Buffer.from('adtl'), label(1, 'dog bark'), label(2, 'où'), region(1, 2000)])]; // prettier-ignore
  expect(after).toEqual(riff([FMT, SOUND, points, list]));
  const change = { field: 'marker', nativeId: 'cue ', before: null, mode: 'append', note: '' };
  expect(plan.changes).toEqual([
    { ...change, after: '0:00.250–0:00.500 dog bark' },
    { ...change, after: '0:01.000 où' },
  ]);
});

test('cue points, labels and loops of others stay as they are, and no new marker takes their numbers', async () => {
  const bytes = riff(FOREIGN);
  const { after } = await marked(bytes);
  const { chunks } = chunksIn(after);
  expect(chunks.map(([id]) => id)).toEqual(FOREIGN.map(([id]) => id));
  for (const id of ['fmt ', 'bext', 'data', 'smpl']) expect(contentOf(after, id)).toEqual(contentOf(bytes, id));
  const points = contentOf(after, 'cue ');
  expect(points.readUInt32LE(0)).toBe(4);
  expect(points.subarray(4, 52)).toEqual(contentOf(bytes, 'cue ').subarray(4));
  const list = contentOf(after, 'LIST');
  expect(list.subarray(0, contentOf(bytes, 'LIST').length)).toEqual(contentOf(bytes, 'LIST'));
  // 1 and 7 are points, 2 is a label without one, 3 is a loop.
  expect((await found(after)).points).toEqual([
    { id: 1, startSample: 100, lengthSamples: 0, label: 'theirs' },
    { id: 7, startSample: 4000, lengthSamples: 800, label: '' },
    { id: 4, startSample: 2000, lengthSamples: 2000, label: 'dog bark' },
    { id: 5, startSample: 8000, lengthSamples: 0, label: 'où' },
  ]);
});

test('a list whose last label lacks its pad byte gets it; a damaged one stays, and another is added', async () => {
  const odd = chunk(['labl', numbers(1, 'ab\0')]).subarray(0, -1);
  const unpadded: Chunk = ['LIST', Buffer.concat([Buffer.from('adtl'), odd])];
  const { after } = await marked(riff([FMT, FOREIGN_CUE, SOUND, unpadded]));
  expect(contentOf(after, 'LIST').subarray(4, 4 + odd.length + 1)).toEqual(Buffer.concat([odd, Buffer.alloc(1)]));
  expect((await found(after)).points.map((point) => point.label)).toEqual(['ab', '', 'dog bark', 'où']);
  const damaged: Chunk = ['LIST', Buffer.concat([Buffer.from('adtl'), label(1, 'ab'), Buffer.from('odd')])];
  const second = (await marked(riff([FMT, FOREIGN_CUE, SOUND, damaged]))).after;
  expect(chunksIn(second).chunks.filter(([id]) => id === 'LIST')).toHaveLength(2);
  expect((await found(second)).points.map((point) => point.label)).toEqual(['ab', '', 'dog bark', 'où']);
});

test('what a file has already is not written twice', async () => {
  const { after } = await marked(riff(FOREIGN));
  const path = put(after);
  expect((await planned(path, BARKS)).plan).toMatchObject({ state: 'same', reason: '', changes: [] });
  const more = [...BARKS, { startSeconds: 1.5, endSeconds: 9, label: 'to the end' }];
  const { plan, markers } = await planned(path, more);
  expect(plan.changes).toHaveLength(1);
  expect(markers).toEqual([{ startSample: 12_000, lengthSamples: 4000, label: 'to the end' }]);
});

test('RF64: the 64-bit size grows; RIFX: numbers are big-endian', async () => {
  const ds64 = Buffer.alloc(28);
  const rest: Chunk[] = [FMT, SOUND];
  ds64.writeBigUInt64LE(BigInt(riff([['ds64', ds64], ...rest]).length - 8), 0);
  ds64.writeBigUInt64LE(32_000n, 8);
  const rf64 = riff([['ds64', ds64], ...rest], 0xffffffff, 'RF64');
  rf64.writeUInt32LE(0xffffffff, rf64.indexOf('data') + 4);
  const { after } = await marked(rf64);
  expect(after.readBigUInt64LE(20)).toBe(BigInt(after.length - 8));
  const inRf64 = await found(after);
  const bigEndian = Buffer.from(FMT[1] as Buffer);
  bigEndian.swap16();
  bigEndian.writeUInt32BE(8000, 4);
  bigEndian.writeUInt32BE(16_000, 8);
  const rifx = await found((await marked(riff([['fmt ', bigEndian], SOUND], undefined, 'RIFX'))).after);
  for (const { points } of [inRf64, rifx]) {
    expect(points.map(({ startSample, lengthSamples, label: text }) => [startSample, lengthSamples, text])).toEqual([
      [2000, 2000, 'dog bark'],
      [8000, 0, 'où'],
    ]);
  }
});

const compressed = Buffer.from(FMT[1] as Buffer);
compressed.writeUInt16LE(0x55, 0);
const FLAC = Buffer.concat([Buffer.from('fLaC\x80\0\0\x22', 'latin1'), Buffer.alloc(34)]);

test.each([
  ['another format', FLAC, /not into FLAC\. Convert a copy to WAV, or export the places as a list/],
  ['compressed audio', riff([['fmt ', compressed], SOUND]), /compressed audio .* Convert a copy/],
  ['two chunks of cue points', riff([FMT, FOREIGN_CUE, SOUND, FOREIGN_CUE]), /several chunks of cue points/],
  ['fewer cue points than it says', riff([FMT, ['cue ', numbers(9)], SOUND]), /cue points of the file are damaged/],
  [
    'no end of labels',
    riff([FMT, SOUND, ['LIST', Buffer.concat([Buffer.from('adtl'), Buffer.alloc(5 << 20)])]]),
    /would exceed 4 MB. Remove some of them in an audio editor/,
  ],
  ['no sound', riff([FMT]), /no audio data/],
])('%s is refused, with the next step', async (_, bytes, sentence) => {
  const { plan } = await planned(put(bytes), BARKS);
  expect(plan.state).toBe('refused');
  expect(plan.reason).toMatch(sentence);
  expect(plan.reason).toMatch(/(Convert|export|Open the file|Remove|audio data)/);
});

test('a marker behind the end is refused; no match at all is nothing to write', async () => {
  const path = put(riff([FMT, SOUND]));
  const late = await planned(path, [{ startSeconds: 3, endSeconds: 4, label: 'late' }]);
  expect(late.plan).toMatchObject({ state: 'refused', reason: expect.stringMatching(/behind the end/) as string });
  expect((await planned(path, [])).plan).toMatchObject({ state: 'same', reason: 'Nothing in this file matches the search.' }); // prettier-ignore
});

test('written, verified, shown by FFmpeg and ExifTool, and undone to the last byte', async () => {
  let chapters = '';
  let shown = '';
  const inspect = (path: string) => {
    chapters = execFileSync('ffprobe', ['-v', 'error', '-show_chapters', '-of', 'json', path], { encoding: 'utf8' });
    shown = execFileSync('exiftool', ['-a', '-u', '-G1', path], { encoding: 'utf8' });
  };
  const theirs: Chunk = ['LIST', Buffer.concat([Buffer.from('adtl'), label(1, 'theirs')])];
  const bytes = riff([FMT, FOREIGN_CUE, SOUND, theirs]);
  expect(await way.take(bytes, '.wav', { markers: BARKS, inspect })).toEqual({ written: 4, refused: '' });
  const found = (JSON.parse(chapters) as { chapters: { start: number; tags?: { title?: string } }[] }).chapters;
  const titles = found.map(({ start, tags }) => [start, tags?.title ?? '']);
  expect(titles).toEqual(expect.arrayContaining([[100, 'theirs'], [2000, 'dog bark'], [8000, 'où']])); // prettier-ignore
  expect(shown).toMatch(/Cue Point Label +: 2 dog bark/);
  expect(shown).toMatch(/Labeled Text +: 2 2000 'rgn '/);
});

test('damaged in 40 ways: refused, or the audio is unchanged by every write and undo restores each byte', async () => {
  const random = seeded(15);
  let written = 0;
  for (let round = 0; round < 40; round++) {
    const bytes = mutated(riff(round % 2 === 0 ? FOREIGN : [FMT, FOREIGN_LIST, SOUND, FOREIGN_CUE]), random);
    const outcome = await way.take(bytes, '.wav', { markers: BARKS }).catch((error: unknown) => {
      throw new Error(`round ${round}`, { cause: error });
    });
    if (outcome.written > 0) written++;
  }
  expect(written).toBeGreaterThan(4);
});
