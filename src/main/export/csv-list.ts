/** Sounds as a table: CSV in UTF-8, one sound a row. docs/exports.md lists the columns. */
import { basename, dirname } from 'node:path';
import { csvLine } from '../csv/csv-line.ts';
import type { ListedFile } from './listed-files.ts';

type Cell = string | number | null;

const COLUMNS: readonly [name: string, of: (file: ListedFile) => Cell][] = [
  ['path', ({ path }) => path],
  ['name', ({ path }) => basename(path)],
  ['folder', ({ path }) => dirname(path)],
  ['format', ({ format }) => format],
  ['duration_s', ({ durationSeconds }) => rounded(durationSeconds, 3)],
  ['sample_rate_hz', ({ sampleRate }) => sampleRate],
  ['channels', ({ channels }) => channels],
  ['bit_depth', ({ bitDepth }) => bitDepth],
  ['loudness_lufs', ({ loudnessLufs }) => (loudnessLufs === null ? null : rounded(loudnessLufs, 1))],
  ['stars', ({ stars }) => stars],
  ['favourite', ({ favourite }) => (favourite ? 'yes' : 'no')],
  ['tags', ({ tags }) => tags.map(({ name }) => name).join('; ')],
  ['cat_id', ({ tags }) => distinct(tags.map(({ ucs }) => ucs?.catId))],
  ['category', ({ tags }) => distinct(tags.map(({ ucs }) => ucs?.category))],
  ['subcategory', ({ tags }) => distinct(tags.map(({ ucs }) => ucs?.subCategory))],
  ['offline', ({ offline }) => (offline ? 'yes' : 'no')],
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
