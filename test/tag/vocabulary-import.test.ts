/** Vocabularies in and out: tables, the UCS list, and files that cannot be read. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { UserError } from '../../src/shared/errors.ts';
import { parseCsv } from '../../src/main/csv/parse-csv.ts';
import { Vocabularies } from '../../src/main/tag/vocabularies.ts';
import { exportVocabulary } from '../../src/main/export/vocabulary-export.ts';
import { importVocabulary } from '../../src/main/tag/vocabulary-import.ts';
import { xlsxOf } from './make-xlsx.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let folder: string;
let vocabularies: Vocabularies;
const put = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const outputDeps = () => ({ dataFolder: join(folder, 'data'), catalogue: null });
const bring = (path: string) => importVocabulary(path, vocabularies);

beforeEach(() => {
  folder = temporaryFolder('import');
  vocabularies = new Vocabularies(join(folder, 'data'));
});

test('a table of labels: columns in any order, ids made from names, prompts left out', async () => {
  const csv = 'Keywords,NAME,Group,kind,prompts\n"slam; bang",Door slam,Doors,exclusive,a door slams | a heavy door falls shut\n,Door créak,Doors,,\n'; // prettier-ignore
  const { id, labels, groups } = await bring(put('My doors.csv', csv));
  expect(id).toBe('my-doors');
  expect(groups).toEqual([{ id: 'doors', name: 'Doors', kind: 'exclusive' }]);
  expect(labels).toEqual([
    { id: 'door-slam', name: 'Door slam', group: 'doors', prompts: ['a door slams', 'a heavy door falls shut'], keywords: ['slam', 'bang'] },
    { id: 'door-creak', name: 'Door créak', group: 'doors', prompts: ['Door créak'], keywords: [] },
  ]); // prettier-ignore
  expect((await vocabularies.find('my-doors'))?.shipped).toBe(false);
});

test('what is exported as a table comes back the same, and as JSON too', async () => {
  const { vocabulary } = await vocabularies.get('sfx');
  const table = join(folder, 'again.csv');
  await exportVocabulary(vocabulary, table, false, outputDeps());
  const again = await bring(table);
  expect(again.labels).toHaveLength(vocabulary.labels.length);
  expect(again.labels.map(({ group: _, ...rest }) => rest)).toEqual(
    vocabulary.labels.map(({ group: _, ...rest }) => rest),
  );
  await expect(exportVocabulary(vocabulary, table, false, outputDeps())).rejects.toMatchObject({ code: 'name-taken' });
  await expect(exportVocabulary(vocabulary, join(folder, 'a.txt'), false, outputDeps())).rejects.toMatchObject({
    code: 'bad-input',
  });
  const json = join(folder, 'copy.json');
  await exportVocabulary({ ...vocabulary, id: 'copy' }, json, false, outputDeps());
  expect(await bring(json)).toEqual({ ...vocabulary, id: 'copy' });
});

test('no label of an exported table is a formula to a spreadsheet, and all come back as they were', async () => {
  const hostile = ["=cmd|' /C calc'!A0", '+1', '-2 dB', '@SUM(A1)', "'=quoted already", '％', '|pipe'];
  const csv = `name,prompts,keywords,group\n${hostile.map((text, at) => `"${text}","sound ${at}","${text}","${text}"`).join('\n')}\n`;
  // As somebody wrote it by hand; one apostrophe is how a spreadsheet marks a text.
  const read = hostile.map((text) => (text === "'=quoted already" ? '=quoted already' : text));
  const vocabulary = await bring(put('hostile.csv', csv));
  expect(vocabulary.labels.map(({ name }) => name)).toEqual(read);
  const table = join(folder, 'table.csv');
  await exportVocabulary(
    { ...vocabulary, labels: vocabulary.labels.map((label, at) => ({ ...label, name: hostile[at]! })) },
    table,
    false,
    outputDeps(),
  );
  for (const { fields } of parseCsv(readFileSync(table, 'utf8'), table)) {
    for (const field of fields) expect(field).not.toMatch(/^[=+\-@|\t\r]/);
  }
  expect((await bring(table)).labels.map(({ name, keywords }) => [name, ...keywords])).toEqual(
    hostile.map((text, at) => [text, read[at]]),
  );
});

const UCS_ROWS = [
  ['Category', 'SubCategory', 'CatID', 'CatShort', 'Explanations', 'Synonyms - Comma Separated'],
  ['DOORS', 'WOOD', 'DOORWood', 'DOOR', 'Wooden doors, e.g. a panel door. Not gates.', 'door, panel, oak'],
  ['DOORS', 'MISC', 'DOORMisc', 'DOOR', 'Anything else', 'door'],
  ['RAIN', 'GENERAL', 'RAIN', 'RAIN', '', 'drizzle, downpour'],
  ['ARCHIVED', 'MIX', 'ARCHMix', 'ARCH', 'Mixes', 'mix'],
];

test('the UCS list as a table: rows that describe a sound, with prompts and keywords', async () => {
  const csv = [['UCS', '', '', '', '', ''], ['version 8', '', '', '', '', ''], ...UCS_ROWS]
    .map((row) => row.map((cell) => `"${cell}"`).join(','))
    .join('\r\n');
  const { id, profile, labels } = await bring(put('official.csv', csv));
  expect([id, profile]).toEqual(['ucs', 'sfx']);
  expect(labels.map((label) => label.ucs?.catId)).toEqual(['DOORWood', 'RAIN']);
  expect(labels[0]).toMatchObject({
    id: 'doorwood',
    name: 'Doors: wood',
    prompts: ['wood doors, door, panel', 'Wooden doors, e.g. a panel door'],
    keywords: ['door', 'panel', 'oak'],
  });
  expect(labels[1]).toMatchObject({ prompts: ['rain'], keywords: ['drizzle', 'downpour'] });
});

test('the same as a spreadsheet, where it is not the first sheet', async () => {
  const path = put('official.xlsx', xlsxOf([[['Read me first']], [['UCS'], ...UCS_ROWS]]));
  const { labels } = await bring(path);
  expect(labels.map((label) => label.ucs?.catId)).toEqual(['DOORWood', 'RAIN']);
});

const BAD: [what: string, name: string, content: string, code: string, says: RegExp][] = [
  ['no such column', 'a.csv', 'what,ever\n1,2\n', 'vocabulary-damaged', /no column “name”/],
  ['a line without a name', 'a.csv', 'name,group\nx,y\n,y\n', 'vocabulary-damaged', /line 3 has no name/],
  ['a quote that never ends', 'a.csv', 'name\n"x\n', 'vocabulary-damaged', /line 2/],
  ['two labels of one name', 'a.csv', 'name\nx\nX\n', 'vocabulary-damaged', /same name “X”/],
  ['no spreadsheet', 'a.xlsx', 'PK nothing', 'vocabulary-damaged', /cannot be read as a spreadsheet/],
  [
    'a UCS list without rows',
    'a.csv',
    'Category,SubCategory,CatID\n,,\n',
    'vocabulary-damaged',
    /no rows with a CatID/,
  ],
  ['JSON with a mistake', 'a.json', '{"id": ', 'vocabulary-damaged', /is not valid JSON/],
  ['another kind of file', 'a.txt', 'x', 'bad-input', /\.json, \.csv, \.xlsx/],
];
test.each(BAD)('%s is said', async (_, name, content, code, says) => {
  const error: unknown = await bring(put(name, content)).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code });
  expect((error as UserError).userMessage).toMatch(says);
  expect(existsSync(vocabularies.folder) ? readdirSync(vocabularies.folder) : []).toEqual([]);
});

test('a file that is not there, and an id that is', async () => {
  await expect(bring(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'not-found' });
  await expect(bring(put('sfx.csv', 'name\nx\n'))).rejects.toMatchObject({ code: 'name-taken' });
});

test('saved and removed: the shipped ones never, the user’s with its file kept beside', async () => {
  const { vocabulary } = await vocabularies.get('general');
  await expect(vocabularies.save(vocabulary)).rejects.toMatchObject({ code: 'bad-input' });
  await expect(vocabularies.remove('general')).rejects.toMatchObject({ code: 'bad-input' });
  await vocabularies.save({ ...vocabulary, id: 'mine' });
  await vocabularies.save({ ...vocabulary, id: 'mine', name: 'Mine' });
  expect((await vocabularies.get('mine')).vocabulary.name).toBe('Mine');
  await expect(vocabularies.save({ ...vocabulary, id: 'mine', labels: [] })).rejects.toMatchObject({ code: 'vocabulary-damaged' }); // prettier-ignore
  await vocabularies.remove('mine');
  expect(await vocabularies.find('mine')).toBe(null);
  const kept = readFileSync(join(vocabularies.folder, 'mine.json.removed'), 'utf8');
  expect((JSON.parse(kept) as { name: string }).name).toBe('Mine');
});

test('tables are written so that the reader of tables reads them', async () => {
  const { vocabulary } = await vocabularies.get('voice');
  const path = join(folder, 'voice-2.csv');
  await exportVocabulary(vocabulary, path, false, outputDeps());
  expect(parseCsv(readFileSync(path, 'utf8'), 'voice')).toHaveLength(vocabulary.labels.length + 1);
});
