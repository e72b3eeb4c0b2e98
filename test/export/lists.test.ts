/** CSV, JSON and M3U of files with awkward names, read back by other readers. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Calls } from '../../src/shared/contract.ts';
import { FIGURES } from '../../src/shared/analysis.ts';
import { parseCsv } from '../../src/main/csv/parse-csv.ts';
import { LABEL_COLUMNS } from '../../src/main/tag/vocabulary-table.ts';
import { skipFor } from '../faults/trial.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';
import { outputAt } from './output-at.ts';
import { TaggedSounds } from './tagged-sounds.ts';

const NAMES = [
  '=HYPERLINK(1).wav',
  'a, "quoted" name.wav',
  'übung — 東京.wav',
  '#1 hit.wav',
  'http:x.wav',
  '-5 dB.wav',
];
const sounds = new TaggedSounds();
let ids: number[];

beforeAll(async () => {
  for (const [at, name] of NAMES.entries()) sounds.addTone(name, 200 + 50 * at, 1 + at / 10);
  sounds.addTone('line\nbreak.wav', 700, 1);
  await sounds.index();
  ids = [...NAMES, 'line\nbreak.wav'].map((name) => sounds.idOf(name));
  await sounds.accept('=HYPERLINK(1).wav', 'sfx', 'air-jet', 0.9);
  await sounds.accept('=HYPERLINK(1).wav', 'music-genre', 'techno', 0.7);
});
afterAll(() => sounds.end());

const document = (name: string) => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8');
const out = (name: string) => join(sounds.folder, name);
type Wanted = Omit<Calls['export.files']['input'], 'output'>;
const exported = async (path: string, wanted: Wanted, replace = false) =>
  sounds.call('export.files', { ...wanted, ...(await outputAt(sounds, path, replace)) });
const rows = (path: string) => {
  const [header, ...records] = parseCsv(readFileSync(path, 'utf8'), path).map(({ fields }) => fields);
  return records.map((fields) => Object.fromEntries(fields.map((value, at) => [header![at]!, value])));
};

test('CSV: every file a row in the order asked for, texts unharmed, formulas kept from spreadsheets', async () => {
  const path = out('list.csv');
  const answer = await exported(path, { fileIds: ids.toReversed(), format: 'csv' });
  expect(answer).toEqual({ files: 7, leftOut: [] });
  const bytes = readFileSync(path);
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const read = rows(path).toReversed();
  expect(read.map((row) => row['path'])).toEqual([...NAMES, 'line\nbreak.wav'].map((name) => sounds.at(name)));
  expect(read[0]).toMatchObject({
    name: "'=HYPERLINK(1).wav",
    tags: 'air jet; techno',
    cat_id: 'AIRBlow',
    category: 'AIR',
    subcategory: 'BLOW',
    duration_s: '1',
    sample_rate_hz: '8000',
    channels: '1',
    favourite: 'no',
    offline: 'no',
  });
  const columns = FIGURES.map(({ column }) => column);
  const [, , ...others] = columns; // loudness has its old place, its range a later one than its kind
  expect(Object.keys(read[0]!).slice(-columns.length + 1)).toEqual([...others, 'loudness_range']);
  expect(columns.filter((column) => !(column in read[0]!))).toEqual([]);
  expect(read[5]!['name']).toBe("'-5 dB.wav");
  expect(read[5]!['loudness_lufs']).toMatch(/^-\d+(\.\d)?$/); // a number stays a number
  for (const row of read) for (const value of Object.values(row)) expect(value).not.toMatch(/^[=@\t]/);
});

test('CSV: columns as documented, in the order of the documentation', async () => {
  const path = out('columns.csv');
  await exported(path, { fileIds: ids.slice(0, 1), format: 'csv' });
  const [header] = parseCsv(readFileSync(path, 'utf8'), path);
  const documented = /The columns of the table, in this order[^:]*:(.*?)Text that/s.exec(document('exports.md'))![1]!;
  const names = [...documented.replaceAll(/\([^)]*\)/gs, '').matchAll(/`([a-z_]+)`/g)].map(([, name]) => name);
  expect(names).toHaveLength(32);
  expect(header!.fields).toEqual(names);

  const rowsOfTable = document('vocabularies.md').split('| column | content |')[1]!.split('\n\n')[0]!;
  const columns = [...rowsOfTable.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell]) => [...cell!.matchAll(/`(\w+)`/g)]);
  expect(columns.map(([, name]) => name)).toEqual(LABEL_COLUMNS);
});

test('CSV as Python reads it, without a byte order mark', async () => {
  const path = out('plain.csv');
  await exported(path, { fileIds: ids, format: 'csv', byteOrderMark: false });
  const program =
    'import csv,json,sys;print(json.dumps(list(csv.DictReader(open(sys.argv[1],encoding="utf-8",newline="")))))';
  const read = JSON.parse(execFileSync('python3', ['-c', program, path], { encoding: 'utf8' })) as unknown;
  expect(read).toEqual(rows(path));
});

test('JSON: the documented shape', async () => {
  const path = out('list.json');
  await exported(path, { fileIds: ids, format: 'json' });
  const document = JSON.parse(readFileSync(path, 'utf8')) as { earmark: number; files: Record<string, unknown>[] };
  expect(document.earmark).toBe(1);
  expect(document.files).toHaveLength(7);
  expect(document.files[0]).toMatchObject({
    path: sounds.at(NAMES[0]!),
    format: 'wav',
    durationSeconds: 1,
    tags: [
      { vocabulary: 'sfx', label: 'air-jet', name: 'air jet', ucs: { catId: 'AIRBlow', category: 'AIR', subCategory: 'BLOW' }, probability: 0.9 },
      { vocabulary: 'music-genre', label: 'techno', ucs: null, probability: 0.7 },
    ],
    fileTags: [],
  }); // prettier-ignore
  await exported(out('none.json'), { fileIds: [], format: 'json' });
  expect(JSON.parse(readFileSync(out('none.json'), 'utf8'))).toMatchObject({ files: [] });
});

test('M3U: absolute or relative, nothing that players take for a comment or an address', async () => {
  const fileIds = ids;
  const absolute = await exported(out('list.m3u8'), { fileIds, format: 'm3u' });
  expect(absolute.files).toBe(6);
  expect(absolute.leftOut).toEqual([{ path: sounds.at('line\nbreak.wav'), reason: expect.stringContaining('line break') as string }]); // prettier-ignore
  const lines = readFileSync(out('list.m3u8'), 'utf8').split('\n');
  expect(lines.slice(0, 3)).toEqual(['#EXTM3U', '#EXTINF:1,=HYPERLINK(1)', sounds.at(NAMES[0]!)]);
  const inside = sounds.at('here.m3u');
  await exported(inside, { fileIds, format: 'm3u', relativePaths: true });
  const entries = readFileSync(inside, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(entries).toEqual([NAMES[0], NAMES[1], NAMES[2], './#1 hit.wav', './http:x.wav', NAMES[5]]);
});

test('an existing file is replaced only on request, and an audio file never', async () => {
  const path = out('mine.csv');
  writeFileSync(path, 'mine');
  const wanted = { fileIds: ids, format: 'csv' } as const;
  await expect(exported(path, wanted)).rejects.toMatchObject({
    code: 'name-taken',
  });
  expect(readFileSync(path, 'utf8')).toBe('mine');
  const sound = sounds.at(NAMES[0]!);
  const before = readFileSync(sound);
  const over = exported(sound, wanted, true);
  await expect(over).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('.csv') as string });
  expect(readFileSync(sound).equals(before)).toBe(true);
  symlinkSync(path, out('link.csv'));
  await exported(out('link.csv'), wanted, true);
  expect(rows(path)).toHaveLength(7); // through the link, which stays one
  mkdirSync(out('folder.csv'));
  const folder = exported(out('folder.csv'), wanted, true);
  await expect(folder).rejects.toMatchObject({ code: 'bad-input' });
  await expect(exported(out('no/such.csv'), wanted)).rejects.toMatchObject({ code: 'not-found' }); // prettier-ignore
  expect(readdirSync(sounds.folder).filter((name) => name.startsWith('.'))).toEqual([]);
});

describe('every export: what is refused, also with `replace`', () => {
  type Exporting = (path: string) => Promise<unknown>;
  const vocabulary: Exporting = async (path) =>
    sounds.call('vocabulary.export', { id: 'music-mood', ...(await outputAt(sounds, path, true)) });
  const exports: [name: string, ending: string, write: Exporting][] = [
    ['a table', '.csv', (path) => exported(path, { fileIds: ids, format: 'csv' }, true)],
    ['a document', '.json', (path) => exported(path, { fileIds: ids, format: 'json' }, true)],
    ['a playlist', '.m3u8', (path) => exported(path, { fileIds: ids, format: 'm3u' }, true)],
    ['a vocabulary as a table', '.csv', vocabulary],
    ['a vocabulary', '.json', vocabulary],
    ['what was learnt', '.json', async (path) => sounds.call('tag.exportTaught', await outputAt(sounds, path, true))],
  ];
  const refused = async (write: Exporting, path: string, sentence: RegExp, code = 'bad-input') =>
    expect(write(path)).rejects.toMatchObject({ code, message: expect.stringMatching(sentence) as string });

  test.each(exports)('%s', async (_, ending, write) => {
    const sound = sounds.at(NAMES[1]!);
    const before = readFileSync(sound);
    const folder = temporaryFolder('out', sounds.folder);
    await refused(write, sound, /must end in/);
    await refused(write, relative(process.cwd(), join(folder, `list${ending}`)), /full path/);
    await refused(write, join(folder, `li\0st${ending}`), /null/);
    await refused(write, join(folder, 'no such folder', `list${ending}`), /does not exist/, 'not-found');
    await refused(write, join(sounds.data, `list${ending}`), /in Earmark’s data folder/);
    symlinkSync(sounds.data, join(folder, 'data'));
    await refused(write, join(folder, 'data', `list${ending}`), /in Earmark’s data folder/);
    // Links to what must not be written, and sounds under another name.
    symlinkSync(sound, join(folder, `link${ending}`));
    await refused(write, join(folder, `link${ending}`), /is a link to .* must end in/);
    symlinkSync(join(sounds.data, 'catalogue.db'), join(folder, `own${ending}`));
    await refused(write, join(folder, `own${ending}`), /must end in|data folder/);
    copyFileSync(sound, join(folder, `sound${ending}`));
    await refused(write, join(folder, `sound${ending}`), /is an audio file/);
    const catalogued = sounds.at(`recording${ending}`);
    copyFileSync(sound, catalogued);
    await sounds.index();
    writeFileSync(catalogued, 'no sound any more'); // the catalogue says so all the same
    await refused(write, catalogued, /is an audio file/);
    expect(readFileSync(catalogued, 'utf8')).toBe('no sound any more');
    rmSync(catalogued);
    expect(readFileSync(sound).equals(before)).toBe(true);
    // And what may be written is.
    await write(join(folder, `list${ending}`));
    await write(join(folder, `list${ending}`));
    expect(readFileSync(join(folder, `list${ending}`)).length).toBeGreaterThan(10);
  });
});

test('an unknown file ends it, and nothing is written', async () => {
  const wanted = { fileIds: [ids[0]!, 999_999], format: 'csv' as const };
  await expect(exported(out('half.csv'), wanted)).rejects.toMatchObject({ code: 'file-missing' });
  expect(existsSync(out('half.csv'))).toBe(false);
});

const root = process.getuid?.() === 0 ? 'root may write everywhere' : null;
test.skipIf(skipFor(root, 'export into a folder without permission'))('a folder that may not be written', async () => {
  mkdirSync(out('closed'));
  chmodSync(out('closed'), 0o555);
  const wanted = { fileIds: ids, format: 'csv' } as const;
  await expect(exported(out('closed/list.csv'), wanted)).rejects.toMatchObject({ code: 'no-permission' });
});
