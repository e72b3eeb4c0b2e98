/**
 * Files whose tags stand where Earmark does not write: what other programs showed of them before a write, they show after
 * it, the plan says so, and an undo gives the file back.
 */
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { TagLib } from 'taglib-wasm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCatalogue, type Catalogue } from '../../src/main/catalogue/open.ts';
import { tempPathFor } from '../../src/main/writeback/atomic-write.ts';
import { id3TagBytes } from '../../src/main/writeback/id3/tag.ts';
import type { WriteJournal } from '../../src/main/catalogue/stores/write-journal.ts';
import { planFile } from '../../src/main/writeback/plan-file.ts';
import type { PlannedFile, WantedField } from '../../src/main/writeback/protocol.ts';
import { undoFile, writeFile } from '../../src/main/writeback/write-file.ts';
import { foreign, makeAudio, testFolder } from './foreign-readers-kit.ts';
import { latin, tagBytes, text, utf16 } from './id3-tags.ts';
import { aiffFile, chunk, FMT, riff, type Chunk } from './riff-files.ts';
import { sha256OfFile } from '../kit/sha256.ts';

const folder = testFolder('taken-over');
const MUSIC: WantedField[] = [
  { field: 'genre', mode: 'append', values: ['Techno'] },
  { field: 'mood', mode: 'append', values: ['Dark'] },
  { field: 'instrument', mode: 'append', values: [] },
];
const [TITLE, ARTIST, ALBUM, GENRE] = ['Their title', 'Jürgen', 'Their album', 'Rock'];
const THEIRS = [TITLE, ARTIST, ALBUM, GENRE, 'their comment', '1999', 'Their composer'];

let catalogue: Catalogue;
let journal: WriteJournal;
let mpeg: Buffer;
let flacBytes: Buffer;
beforeAll(async () => {
  catalogue = openCatalogue(join(folder, 'data'));
  journal = catalogue.writeJournal;
  const file = readFileSync(await makeAudio(join(folder, 'plain.mp3'), 'mp3'));
  mpeg = file.subarray(id3TagBytes(file) ?? 0);
  flacBytes = readFileSync(await makeAudio(join(folder, 'plain.flac'), 'flac'));
});
afterAll(() => catalogue.close());

function id3v1(): Buffer {
  const tag = Buffer.alloc(128);
  tag.write('TAG', 0);
  tag.write(TITLE, 3);
  tag.write(ARTIST, 33, 'latin1');
  tag.write(ALBUM, 63);
  tag.write('1999their comment', 93);
  tag[126] = 3;
  tag[127] = 17; // Rock
  return tag;
}

function apev2(items: Record<string, string>): Buffer {
  const le = (...values: number[]) => Buffer.from(new Uint32Array(values).buffer);
  const content = Buffer.concat(
    Object.entries(items).map(([key, value]) =>
      Buffer.concat([le(Buffer.byteLength(value), 0), latin(`${key}\0`), Buffer.from(value, 'utf8')]),
    ),
  );
  const frame = (flags: number) =>
    Buffer.concat([
      latin('APETAGEX'),
      le(2000, content.length + 32, Object.keys(items).length, flags),
      Buffer.alloc(8),
    ]);
  return Buffer.concat([frame(0xa0000000), content, frame(0x80000000)]);
}

/** Frames and stream information alone, behind a tag. */
function flacWithoutComments(before: Buffer): Buffer {
  let at = 4;
  for (let last = false; !last; at += 4 + flacBytes.readUIntBE(at + 1, 3)) last = flacBytes[at]! >= 0x80;
  return Buffer.concat([before, latin('fLaC\x80'), flacBytes.subarray(5, 8 + 34), flacBytes.subarray(at)]);
}

const data: Chunk = ['data', Buffer.alloc(16_000, 7)];
const item = (id: string, value: string) => chunk([id, Buffer.concat([Buffer.from(value, 'utf8'), Buffer.alloc(1)])]);
const infoList = (): Chunk => [
  'LIST',
  Buffer.concat([
    latin('INFO'),
    item('INAM', TITLE),
    item('IART', ARTIST),
    item('IPRD', ALBUM),
    item('IGNR', GENRE),
    item('ICMT', 'their comment'),
    item('ICRD', '1999'),
  ]),
];
const aiffCommon = (): Chunk => {
  const content = Buffer.alloc(18);
  content.writeUInt16BE(1, 0);
  content.writeUInt32BE(8000, 2);
  content.writeUInt16BE(16, 6);
  content.set(Buffer.from('400bfa00000000000000', 'hex'), 8); // 8 kHz as an 80-bit float
  return ['COMM', content];
};
const id3 = (version: 3 | 4) =>
  tagBytes({
    version,
    frames: [
      { id: 'TIT2', body: text(TITLE) },
      { id: 'TPE1', body: version === 3 ? utf16(ARTIST) : Buffer.concat([latin('\x03'), Buffer.from(ARTIST)]) },
      { id: 'TALB', body: text(ALBUM) },
      { id: 'TCON', body: text('(17)') },
      { id: 'TCOM', body: text('Their composer') },
    ],
    padding: 20,
  });
/** A tag with nothing in it that anybody shows. */
const silent = () => tagBytes({ version: 3, frames: [{ id: 'PRIV', body: latin('somebody\0data') }], padding: 20 });

const CASES: Record<string, () => Buffer> = {
  'id3v1.mp3': () => Buffer.concat([mpeg, id3v1()]),
  'apev2.mp3': () =>
    Buffer.concat([mpeg, apev2({ Title: TITLE, Artist: ARTIST, Album: ALBUM, Genre: GENRE, Year: '1999', Composer: 'Their composer' })]), // prettier-ignore
  'apev2-and-id3v1.mp3': () =>
    Buffer.concat([mpeg, apev2({ Title: TITLE, Artist: ARTIST, Composer: 'Their composer' }), id3v1()]),
  'silent-id3v2.mp3': () => Buffer.concat([silent(), mpeg, id3v1()]),
  'id3-in-front.flac': () => flacWithoutComments(id3(3)),
  'id3-in-front-and-vendor.flac': () => Buffer.concat([id3(4), flacBytes]),
  'list-info.wav': () => riff([FMT, data, infoList()]),
  'id3-alone.wav': () => riff([FMT, data, ['id3 ', id3(4)]]),
  'text-chunks.aiff': () =>
    aiffFile([aiffCommon(), ['NAME', TITLE], ['AUTH', 'Juergen'], ['ANNO', 'their comment'], ['SSND', Buffer.alloc(16_008)]]), // prettier-ignore
};

test('what players showed before a write, they show after it', async () => {
  const names = Object.keys(CASES);
  const before = names.map((name) => join(folder, `before-${name}`));
  const after = names.map((name) => join(folder, `after-${name}`));
  for (const [n, name] of names.entries()) {
    writeFileSync(before[n]!, CASES[name]!());
    copyFileSync(before[n]!, after[n]!);
    const planned = await plan(after[n]!);
    expect(planned.plan, name).toMatchObject({ state: 'change', reason: '' });
    const row = await write(after[n]!, planned);
    // Once more there is nothing to do.
    expect((await plan(after[n]!)).plan, name).toMatchObject({ state: 'same', changes: [] });

    const copy = join(folder, `undone-${name}`);
    copyFileSync(after[n]!, copy);
    journal.beginUndo([{ id: row, tempPath: tempPathFor(copy, row) }]);
    expect(await undoFile(journal, { id: row, fileId: 1, path: copy }, () => {})).toMatchObject({ outcome: 'undone' });
    expect(sha256OfFile(copy), name).toBe(sha256OfFile(before[n]!));
  }
  const shown = await readers([...before, ...after]);
  for (const [program, output] of shown) {
    for (const [n, name] of names.entries()) {
      const [old, now] = [output.get(basename(before[n]!)) ?? '', output.get(basename(after[n]!)) ?? ''];
      for (const value of THEIRS.filter((each) => old.includes(each))) {
        expect.soft(now, `${program} and ${name}`).toContain(value);
      }
    }
  }
  // All of them ran, and saw something to be kept.
  for (const [program, output] of shown) expect([...output.values()].join(), program).toContain(TITLE);
});

test('the plan shows what is taken over, and taking ours back leaves it', async () => {
  const path = join(folder, 'plan.mp3');
  writeFileSync(path, CASES['id3v1.mp3']!());
  const planned = await plan(path);
  const of = (id: string) => planned.plan.changes.find(({ nativeId }) => nativeId === id);
  expect(of('TIT2')).toMatchObject({ field: 'takenOver', before: null, after: TITLE });
  expect(of('TIT2')!.note).toMatch(/ID3v1.*ID3v2/);
  expect(of('TRCK')).toMatchObject({ after: '3' });
  expect(of('TCON')).toMatchObject({ field: 'genre', before: null, after: 'Rock; Techno' });
  await write(path, planned);
  const back = await plan(path, MUSIC.map((field) => ({ ...field, values: [] }))); // prettier-ignore
  const changes = back.plan.changes.filter(({ field }) => field !== 'provenance');
  expect(changes.map(({ nativeId, after }) => [nativeId, after])).toEqual([
    ['TCON', 'Rock'],
    [expect.stringContaining('MOO'), null],
  ]);
});

test('a value that stands elsewhere counts where a field is only filled; ours does not count as somebody’s', async () => {
  const path = join(folder, 'fill.mp3');
  const titled = tagBytes({ version: 3, frames: [{ id: 'TIT2', body: text('Other title') }], padding: 300 });
  writeFileSync(path, Buffer.concat([titled, mpeg, id3v1()]));
  const filled = await plan(path, [{ field: 'genre', mode: 'fill', values: ['Techno'] }]);
  expect(filled.plan.state).toBe('same');
  // The tag says something already: programs do not look elsewhere, and nothing but the field in hand is taken over.
  const appended = await plan(path, MUSIC);
  expect(appended.plan.changes.map(({ nativeId }) => nativeId).sort()).toEqual(['TCON', 'TXXX:EARMARK', 'TXXX:MOOD']);

  const wav = join(folder, 'ours.wav');
  writeFileSync(wav, riff([FMT, data]));
  await write(wav, await plan(wav, [{ field: 'keywords', mode: 'append', values: ['wind'] }]));
  const later = await plan(wav, MUSIC);
  expect(later.plan.changes.map(({ nativeId }) => nativeId)).not.toContain('TXXX:KEYWORDS');
});

test('no LIST/INFO is made beside an ID3 chunk that stands alone', async () => {
  const path = join(folder, 'alone.wav');
  writeFileSync(path, riff([FMT, data, ['id3 ', id3(4)]]));
  const planned = await plan(path, [{ field: 'keywords', mode: 'append', values: ['wind'] }]);
  const ids = planned.plan.changes.map(({ nativeId }) => nativeId);
  expect(ids).toContain('TXXX:KEYWORDS');
  expect(ids.filter((id) => id.startsWith('LIST/INFO'))).toEqual([]);
});

async function plan(path: string, fields: WantedField[] = MUSIC): Promise<PlannedFile> {
  const { size, mtimeMs } = statSync(path);
  const by = { model: 'tiny', date: '2026-01-01', profile: 'music', labels: [], measured: [] };
  return planFile({ fileId: 1, path, size, mtimeMs, fields, by });
}

async function write(path: string, { plan: { changes }, edits, snapshot }: PlannedFile): Promise<number> {
  const file = { fileId: 1, path, changes, edits, snapshot: snapshot! };
  const [id] = journal.add(journal.begin('music'), [file], tempPathFor);
  expect(await writeFile(journal, id!, file, false, () => {})).toMatchObject({ outcome: 'written', reason: '' });
  return id!;
}

/** What programs show of each file, by its name; those that are not there are left out. */
async function readers(paths: readonly string[]): Promise<Map<string, Map<string, string>>> {
  const found = new Map<string, Map<string, string>>();
  const add = (program: string, output: [path: string, shown: string][]) => found.set(program, new Map(output.map(([path, shown]) => [basename(path), shown]))); // prettier-ignore
  const probed = paths.map((path): [string, string | null] => [path, foreign('ffprobe', ['-v', 'error', '-show_entries', 'format_tags:stream_tags', path])]); // prettier-ignore
  if (probed.every((each): each is [string, string] => each[1] !== null)) add('ffprobe', probed);
  const exif = foreign('exiftool', ['-j', '-a', '-G1', '-charset', 'UTF8', ...paths]);
  if (exif !== null) {
    const files = JSON.parse(exif.slice(0, exif.lastIndexOf(']') + 1)) as { SourceFile: string }[];
    add('exiftool', files.map((file) => [file.SourceFile, JSON.stringify(file)])); // prettier-ignore
  }
  const mutagen = foreign('mutagen-inspect', paths);
  if (mutagen !== null) add('mutagen', mutagen.split(/^-- /m).map((each) => [each.split('\n')[0]!, each])); // prettier-ignore
  const info = foreign('mediainfo', ['--Output=JSON', ...paths]);
  if (info !== null) {
    const files = JSON.parse(info) as { media: { '@ref': string } }[];
    add('mediainfo', files.map(({ media }) => [media['@ref'], JSON.stringify(media)])); // prettier-ignore
  }
  const taglib = await TagLib.initialize();
  const seen: [string, string][] = [];
  for (const path of paths) {
    const file = await taglib.open(new Uint8Array(readFileSync(path)));
    seen.push([path, JSON.stringify(file.properties())]);
    file.dispose();
  }
  add('TagLib', seen);
  return found;
}
