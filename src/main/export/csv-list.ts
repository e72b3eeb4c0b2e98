/** Sounds as a table: CSV in UTF-8, one sound a row. docs/exports.md lists the columns. */
import { basename, dirname } from 'node:path';
import { FIGURES, valueOf } from '../../shared/analysis.ts';
import { csvLine } from '../csv/csv-line.ts';
import type { ListedFile } from './listed-files.ts';

type Cell = string | number | null;

const FIGURE_COLUMNS = FIGURES.map((figure): [name: string, of: (file: ListedFile) => Cell] => [
  figure.column,
  ({ [figure.field]: value }) => {
    const shown = valueOf(figure, value);
    return typeof shown === 'number' ? rounded(shown, figure.digits) : shown;
  },
]);
type Named = readonly [name: string, ...unknown[]];
const isLoudness = ([name]: Named) => name === 'loudness_lufs';
/** Figures of a kind that had others before: a new column comes behind, whatever its kind. */
const isLater = ([name]: Named) => name === 'loudness_range';

const COLUMNS: readonly [name: string, of: (file: ListedFile) => Cell][] = [
  ['path', ({ path }) => path],
  ['name', ({ path }) => basename(path)],
  ['folder', ({ path }) => dirname(path)],
  ['format', ({ format }) => format],
  ['duration_s', ({ durationSeconds }) => rounded(durationSeconds, 3)],
  ['sample_rate_hz', ({ sampleRate }) => sampleRate],
  ['channels', ({ channels }) => channels],
  ['bit_depth', ({ bitDepth }) => bitDepth],
  ...FIGURE_COLUMNS.filter(isLoudness), // the others came later, and new columns come behind
  ['stars', ({ stars }) => stars],
  ['favourite', ({ favourite }) => (favourite ? 'yes' : 'no')],
  ['tags', ({ tags }) => tags.map(({ name }) => name).join('; ')],
  ['cat_id', ({ tags }) => distinct(tags.map(({ ucs }) => ucs?.catId))],
  ['category', ({ tags }) => distinct(tags.map(({ ucs }) => ucs?.category))],
  ['subcategory', ({ tags }) => distinct(tags.map(({ ucs }) => ucs?.subCategory))],
  ['offline', ({ offline }) => (offline ? 'yes' : 'no')],
  ...FIGURE_COLUMNS.filter((column) => !isLoudness(column) && !isLater(column)),
  ...FIGURE_COLUMNS.filter(isLater),
];

/**
 * @param byteOrderMark begins with one: Excel takes the table for UTF-8 only then
 * @yields the table in pieces, header first, CRLF after each row
 */
export async function* csvList(files: AsyncIterable<ListedFile>, byteOrderMark: boolean): AsyncGenerator<string> {
  yield `${byteOrderMark ? '\uFEFF' : ''}${csvLine(COLUMNS.map(([name]) => name))}`;
  for await (const file of files) yield csvLine(COLUMNS.map(([, of]) => of(file) ?? ''));
}

function distinct(values: readonly (string | undefined)[]): string {
  return [...new Set(values.filter((value) => value !== undefined))].join('; ');
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
