/** Copies a vocabulary in: our JSON, a table of labels (CSV or spreadsheet), or the list of the Universal Category System. */
import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { withoutApostrophe } from '../csv/csv-line.ts';
import { parseCsv } from '../csv/parse-csv.ts';
import { ucsHeader, vocabularyOfUcs } from './ucs-list.ts';
import type { Vocabularies } from './vocabularies.ts';
import { parseVocabulary, type Vocabulary } from './vocabulary.ts';
import { vocabularyOfTable, type TableRow } from './vocabulary-table.ts';

/** Far above any real one. */
const MAX_BYTES = 32 * 2 ** 20;

/**
 * @param path absolute; .json, .csv or .xlsx
 * @throws UserError not-found, no-permission, bad-input for another kind of file, vocabulary-damaged, name-taken when
 *   there is one of that id
 */
export async function importVocabulary(path: string, vocabularies: Vocabularies): Promise<Vocabulary> {
  const content = await contentOf(path);
  const there = await vocabularies.find(content.id);
  if (there) {
    throw new UserError('name-taken', `There is a vocabulary “${content.id}” already (${there.path}). Remove it first, or give this one another id or file name.`); // prettier-ignore
  }
  return vocabularies.save(content);
}

async function contentOf(path: string): Promise<{ id: string }> {
  const name = basename(path);
  const called = basename(path, extname(path)).slice(0, 100);
  switch (extname(path).toLowerCase()) {
    case '.json':
      return parseVocabulary(textOf(await bytesOf(path), name), path);
    case '.csv':
      return ofRows(tableOf(textOf(await bytesOf(path), name), name), called);
    case '.xlsx':
      return ofRows(await sheetOf(await bytesOf(path), name), called);
    default:
      throw new UserError(
        'bad-input',
        `“${name}” is of a kind that cannot be imported. It must be .json, .csv or .xlsx.`,
      );
  }
}

function ofRows(rows: TableRow[], called: string): { id: string } {
  const header = ucsHeader(rows);
  return header < 0 ? vocabularyOfTable(rows, called) : vocabularyOfUcs(rows.slice(header), called);
}

function tableOf(text: string, name: string): TableRow[] {
  try {
    return parseCsv(text, name).map(({ line, fields }) => ({ line, fields: fields.map(withoutApostrophe) }));
  } catch (error) {
    if (error instanceof UserError) throw new UserError('vocabulary-damaged', error.userMessage, error);
    throw error;
  }
}

/** The first sheet that is a UCS list, else the first one. */
async function sheetOf(bytes: Buffer, name: string): Promise<TableRow[]> {
  // Loaded only here: few ever import a spreadsheet.
  const { default: readSheets } = await import('read-excel-file/node');
  let sheets: { data: readonly (readonly unknown[])[] }[];
  try {
    sheets = await readSheets(bytes);
  } catch (error) {
    throw new UserError('vocabulary-damaged', `“${name}” cannot be read as a spreadsheet. Save it again as .xlsx, or as .csv.`, error); // prettier-ignore
  }
  const tables = sheets.map(({ data }) => data.map((cells, at) => ({ line: at + 1, fields: cells.map(cellText) })));
  const table = tables.find((rows) => ucsHeader(rows) >= 0) ?? tables[0];
  if (!table || table.length === 0) throw new UserError('vocabulary-damaged', `“${name}” has no rows.`);
  return table;
}

/** Numbers and dates are no labels, but may stand in columns that are passed over. */
function cellText(cell: unknown): string {
  return typeof cell === 'string' || typeof cell === 'number' ? String(cell) : '';
}

async function bytesOf(path: string): Promise<Buffer> {
  let size: number;
  try {
    ({ size } = await stat(path));
  } catch (error) {
    throw new UserError('not-found', `There is no file “${path}”.`, error);
  }
  if (size > MAX_BYTES) throw new UserError('vocabulary-damaged', `“${path}” is larger than 32 MiB, which no list of tags is.`); // prettier-ignore
  try {
    return await readFile(path);
  } catch (error) {
    throw new UserError(
      'no-permission',
      `“${path}” cannot be read. Check that it is a file, and its permissions.`,
      error,
    );
  }
}

function textOf(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes); // passes over a byte order mark
  } catch (error) {
    throw new UserError('vocabulary-damaged', `“${name}” is not text in UTF-8. Save it again in that encoding.`, error);
  }
}
