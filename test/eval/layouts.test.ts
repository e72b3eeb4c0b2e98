/** Which table is which, by its columns; and what its rows say. */
import { expect, test } from 'vitest';
import type { TableLayout } from '../../src/shared/eval-report.ts';
import { parseCsv } from '../../src/main/csv/parse-csv.ts';
import { readTable } from '../../src/main/eval/layouts.ts';

const read = (text: string, asked: TableLayout | 'auto' = 'auto') => readTable(parseCsv(text, 't.csv'), asked, 't.csv');

test('ESC-50', () => {
  const { layout, rows } = read('filename,fold,target,category,esc10,src_file,take\n1-A-0.wav,1,0,dog,True,1,A\n1-B-12.wav,2,12,crackling_fire,True,1,B\n'); // prettier-ignore
  expect(layout).toBe('esc50');
  expect(rows).toEqual([
    { line: 2, file: '1-A-0.wav', fold: '1', labels: ['dog'], captions: [] },
    { line: 3, file: '1-B-12.wav', fold: '2', labels: ['crackling fire'], captions: [] },
  ]);
});

test('UrbanSound8K', () => {
  const { layout, rows } = read('slice_file_name,fsID,start,end,salience,fold,classID,class\n100032-3-0-0.wav,100032,0.0,0.3,1,5,3,dog_bark\n'); // prettier-ignore
  expect(layout).toBe('esc50');
  expect(rows[0]).toMatchObject({ file: '100032-3-0-0.wav', fold: '5', labels: ['dog bark'] });
});

test('FSD50K: identifiers become the display names that they were made from, each once', () => {
  const { layout, rows } = read(
    'fname,labels,mids,split\n64760,"Electric_guitar,Chirp_and_tweet,Wild_animals,Sink_(filling_or_washing),Chirp_and_tweet","/m/1,/m/2",val\n',
  );
  expect(layout).toBe('fsd50k');
  expect(rows[0]).toMatchObject({ file: '64760', fold: 'val', labels: ['Electric guitar', 'Chirp, tweet', 'Wild animals', 'Sink (filling or washing)'] }); // prettier-ignore
});

test('Clotho: five captions a row; an empty one is none', () => {
  const { layout, rows } = read('file_name,caption_1,caption_2,caption_3,caption_4,caption_5\nBirds.wav,One.,"Two, too.",Three.,Four.,\n'); // prettier-ignore
  expect(layout).toBe('captions');
  expect(rows[0]).toMatchObject({ captions: ['One.', 'Two, too.', 'Three.', 'Four.'], labels: [] });
});

test('caption lists with a label: also clips without a caption, and queries without a clip', () => {
  const { layout, rows } = read('Path, Caption, Label\na.wav,a dog barks,dog\nb.wav,,dog\n,a pet makes noise,dog\n');
  expect(layout).toBe('captions');
  expect(rows.map(({ file, captions }) => [file, captions.length])).toEqual([['a.wav', 1], ['b.wav', 0], [null, 1]]); // prettier-ignore
});

test('a layout asked for decides where a table could be two things', () => {
  expect(read('path,caption,label\na.wav,text,dog\n').layout).toBe('captions');
  expect(read('path,caption,label\na.wav,text,dog\n', 'esc50').rows[0]!.labels).toEqual(['dog']);
});

test.each<[string, string, TableLayout | 'auto', RegExp]>([
  ['unknown columns', 'name,sound\na,b\n', 'auto', /“t\.csv” cannot be used: its columns are name, sound\. Supported columns: filename, category/], // prettier-ignore
  ['a number instead of a class', 'filename,target\na.wav,0\n', 'auto', /its columns are filename, target/],
  ['another separator', 'filename;category\na.wav;dog\n', 'auto', /its columns are filename;category/],
  ['not the layout asked for', 'filename,category\na.wav,dog\n', 'captions', /cannot be used as captions: its columns are filename, category/], // prettier-ignore
  ['no header', '', 'auto', /“t\.csv” is empty/],
  ['no rows', 'filename,category\n', 'auto', /a header row but no data rows/],
  ['a row without a file', 'filename,category\na.wav,dog\n,cat\n', 'auto', /line 3: the file name is missing/],
  ['a row without a class', 'filename,category\na.wav, \n', 'auto', /line 2: the class is missing/],
  ['labels that are only commas', 'fname,labels\n1,",,"\n', 'auto', /line 2: the class is missing/],
  ['a query without a label', 'path,caption\n,words\n', 'auto', /line 2: a row without a file must have a caption and a label/], // prettier-ignore
])('%s: one message', (_, text, asked, sentence) => {
  expect(() => read(text, asked)).toThrow(sentence);
});
