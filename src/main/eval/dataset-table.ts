/** A data set's table as a file. */
import { basename } from 'node:path';
import type { TableLayout } from '../../shared/eval-report.ts';
import { UserError } from '../../shared/errors.ts';
import { parseCsv } from '../csv/parse-csv.ts';
import { readRegularFile, UnfitFileError } from '../files/regular-file.ts';
import type { ParserName } from '../untrusted/parser.ts';
import { readTable, type Table } from './layouts.ts';

export const DATASET_TABLE: ParserName<{ path: string; layout: TableLayout | 'auto' }, Table> = {
  name: 'dataset table',
};

/** AudioSet's two million rows take less. */
const MAX_BYTES = 128 * 2 ** 20;

/**
 * Of any size and shape that a file can have: to be called in a process of its own (untrusted/read-untrusted.ts).
 * @param path absolute
 * @throws UserError no-permission, bad-input (what {@link parseCsv} and {@link readTable} throw)
 */
export async function readDatasetTable(path: string, layout: TableLayout | 'auto'): Promise<Table> {
  const name = basename(path);
  let bytes;
  try {
    bytes = await readRegularFile(path, MAX_BYTES);
  } catch (error) {
    if (error instanceof UnfitFileError) {
      throw new UserError('bad-input', `“${path}” is not the table of a data set: ${error.message}. Choose another file.`, error); // prettier-ignore
    }
    throw new UserError('no-permission', `“${path}” cannot be read. Check its permissions.`, error);
  }
  let text;
  try {
    // The byte order mark stays: parseCsv skips it, however the text was decoded.
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new UserError('bad-input', `“${name}” is not UTF-8 text. Save it again as UTF-8.`, error);
  }
  return readTable(parseCsv(text, name), layout, name);
}
