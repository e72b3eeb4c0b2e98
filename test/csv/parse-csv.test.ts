/** Tables as RFC 4180 has them and as they are found, and lines of them written. */
import { expect, test } from 'vitest';
import { csvLine, withoutApostrophe } from '../../src/main/csv/csv-line.ts';
import { parseCsv } from '../../src/main/csv/parse-csv.ts';

const fields = (text: string) => parseCsv(text, 't.csv').map((record) => record.fields);

test.each<[string, string, string[][]]>([
  [
    'plain lines',
    'a,b\nc,d\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'no line end at the end',
    'a,b\nc,d',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'CRLF',
    'a,b\r\nc,d\r\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'CR alone, as old Macs wrote it',
    'a,b\rc,d\r',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['a byte order mark', '\uFEFFa,b\n', [['a', 'b']]],
  [
    'empty fields',
    'a,b\n,\n',
    [
      ['a', 'b'],
      ['', ''],
    ],
  ],
  [
    'an empty last field at the end',
    'a,b\nc,',
    [
      ['a', 'b'],
      ['c', ''],
    ],
  ],
  [
    'empty lines are left out',
    'a,b\n\n\r\nc,d\n\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['commas in quotes', 'a,"b, c"\n', [['a', 'b, c']]],
  ['quotes in quotes', '"say ""hi""",b\n', [['say "hi"', 'b']]],
  ['nothing in quotes', '"",b\n', [['', 'b']]],
  ['newlines in quotes', '"a\nb","c\r\nd"\n', [['a\nb', 'c\r\nd']]],
  ['a quote inside an unquoted field stands for itself', '5" tall,b\n', [['5" tall', 'b']]],
  ['spaces are kept', ' a , b\n', [[' a ', ' b']]],
  ['other scripts', 'tür,雨\n', [['tür', '雨']]],
  ['nothing at all', '', []],
  ['a byte order mark and nothing', '\uFEFF', []],
])('%s', (_, text, expected) => {
  expect(fields(text)).toEqual(expected);
});

test('lines are counted as an editor counts them, newlines in quotes too', () => {
  const records = parseCsv('a,b\r\n"1\r\n2",c\n\nd,e\n', 't.csv');
  expect(records.map(({ line }) => line)).toEqual([1, 2, 5]);
});

test.each([
  ['a quote that is never closed', 'a,b\n"c,d\n', /line 2 is never closed/],
  ['a field that continues after its closing quote', 'a,b\n"c\nd"e,f\n', /line 3 a quoted field continues/],
  ['too few fields', 'a,b\nc,d\ne\n', /line 3 has 1 field, the first line has 2/],
  ['too many fields', 'a,b\nc,d, e\n', /line 2 has 3 fields, the first line has 2/],
])('%s is refused, naming file and line', (_, text, sentence) => {
  expect(() => parseCsv(text, 't.csv')).toThrow(sentence);
  expect(() => parseCsv(text, 't.csv')).toThrow(/“t\.csv”/);
});

test.each(['=1', '+1', '-1', '@a', '\tb', '\rc', '\nd', '|e', '%f', '＝g', "'=h", "''-i"])(
  '%j is a text to a spreadsheet, and comes back as it was',
  (text) => {
    const [record] = parseCsv(csvLine([text, -1.5]), 't.csv');
    expect(record!.fields).toEqual([`'${text}`, '-1.5']);
    expect(withoutApostrophe(record!.fields[0]!)).toBe(text);
  },
);

test('an apostrophe that guards nothing stays', () => {
  expect(csvLine(["'t Hooft", "don't"])).toBe("'t Hooft,don't\r\n");
  expect(["'t Hooft", "'", ''].map(withoutApostrophe)).toEqual(["'t Hooft", "'", '']);
});

test('what is written is read back as it was, and quoted only where it must be', () => {
  const row = ['plain', 'with, comma', 'with "quotes"', 'two\r\nlines', ' spaces ', '', '雨'];
  expect(parseCsv(csvLine(row), 't.csv').map((record) => record.fields)).toEqual([row]);
  expect(csvLine(['plain', 'in between', ''])).toBe('plain,in between,\r\n');
});
