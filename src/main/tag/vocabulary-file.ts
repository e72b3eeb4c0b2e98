/** A file that may become a vocabulary: our JSON, a table of labels (CSV or spreadsheet), or the list of UCS. */
import { basename, extname } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import type { VocabularyContent } from '../../shared/calls/vocabularies.ts';
import { withoutApostrophe } from '../csv/csv-line.ts';
import { parseCsv } from '../csv/parse-csv.ts';
import { readRegularFile, UnfitFileError } from '../files/regular-file.ts';
import { checkSpreadsheet, SpreadsheetBoundsError } from './spreadsheet-bounds.ts';
import { ucsHeader, vocabularyOfUcs } from './ucs-list.ts';
import { parseVocabulary } from './vocabulary.ts';
import type { ParserName } from '../untrusted/parser.ts';
import { vocabularyOfTable, type TableRow } from './vocabulary-table.ts';

export const VOCABULARY_FILE: ParserName<{ path: string }, VocabularyContent> = { name: 'vocabulary file' };

/** Far above any real one. */
const MAX_BYTES = 32 * 2 ** 20;
/** Twenty times the labels that a vocabulary may have: the UCS list has notes and pages between its rows. */
const MAX_ROWS = 100_000;

/**
 * Of any size and shape that a file can have: to be called in a process of its own (untrusted/read-untrusted.ts).
 * @param path absolute; .json, .csv or .xlsx
 * @returns a whole vocabulary, checked
 * @throws UserError not-found, no-permission, bad-input for another kind of file, vocabulary-damaged
 */
export async function readVocabularyFile(path: string): Promise<VocabularyContent> {
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
      throw new UserError('bad-input', `“${name}” cannot be imported. Supported file types: .json, .csv, .xlsx.`);
  }
}

function ofRows(rows: TableRow[], called: string): VocabularyContent {
  const header = ucsHeader(rows);
  const content = header < 0 ? vocabularyOfTable(rows, called) : vocabularyOfUcs(rows.slice(header), called);
  return parseVocabulary(JSON.stringify(content), content.id);
}

function tableOf(text: string, name: string): TableRow[] {
  try {
    return parseCsv(text, name, { maxRows: MAX_ROWS }).map(({ line, fields }) => ({
      line,
      fields: fields.map(withoutApostrophe),
    }));
  } catch (error) {
    if (error instanceof UserError) throw new UserError('vocabulary-damaged', error.userMessage, error);
    throw error;
  }
}

/** The first sheet that is a UCS list, else the first one. */
async function sheetOf(bytes: Buffer, name: string): Promise<TableRow[]> {
  const unreadable = (error: unknown) =>
    new UserError('vocabulary-damaged', `“${name}” cannot be read as a spreadsheet. Save it again as .xlsx, or as .csv.`, error); // prettier-ignore
  try {
    await checkSpreadsheet(bytes);
  } catch (error) {
    if (!(error instanceof SpreadsheetBoundsError)) throw unreadable(error);
    throw new UserError('vocabulary-damaged', `“${name}” is not a list of tags: ${error.message}. Save only the sheet that contains the list.`, error); // prettier-ignore
  }
  // Loaded only here: few ever import a spreadsheet.
  const { default: readSheets } = await import('read-excel-file/node');
  let sheets: { data: readonly (readonly unknown[])[] }[];
  try {
    sheets = await readSheets(bytes);
  } catch (error) {
    throw unreadable(error);
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
  try {
    return await readRegularFile(path, MAX_BYTES);
  } catch (error) {
    if (error instanceof UnfitFileError) {
      throw new UserError('vocabulary-damaged', `“${path}” is not a list of tags: ${error.message}. Choose another file.`, error); // prettier-ignore
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UserError('not-found', `“${path}” was not found.`, error);
    throw new UserError('no-permission', `“${path}” cannot be read. Check its permissions.`, error);
  }
}

function textOf(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes); // passes over a byte order mark
  } catch (error) {
    throw new UserError('vocabulary-damaged', `“${name}” is not UTF-8 text. Save it again as UTF-8.`, error);
  }
}
