/**
 * Comma-separated tables as RFC 4180 has them, and as they are found: with a byte order mark, with any line ends,
 * with newlines inside quotes, with empty lines.
 */
import { UserError } from '../../shared/errors.ts';

export interface CsvRecord {
  /** Of its first character, from 1: editors count so. */
  line: number;
  fields: string[];
}

/** No list or table that people keep is wider. */
const MAX_COLUMNS = 1000;
/** Of one field, in characters. */
const MAX_FIELD = 1 << 20;

export interface CsvLimits {
  /** The header too. @default 1 000 000 */
  maxRows?: number;
}

/**
 * @param text decoded; a byte order mark at its start is passed over
 * @param name of the file, for the sentences
 * @returns all records, the header too; lines without any character are left out. Fields are as written: not trimmed
 * @throws UserError bad-input for a quote that is never closed, for anything but a comma after a closing quote, and
 *   for a record with another number of fields than the first; for more rows or columns, or longer fields, than bounded
 */
export function parseCsv(text: string, name: string, { maxRows = 1_000_000 }: CsvLimits = {}): CsvRecord[] {
  const tooLarge = (line: number, what: string) =>
    new UserError('bad-input', `“${name}” cannot be read as a table: line ${line} ${what}. Check that it is the right file.`); // prettier-ignore
  const records: CsvRecord[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const record: CsvRecord = { line, fields: [] };
    for (;;) {
      const field = text[at] === '"' ? quoted(text, at, line, name) : plain(text, at);
      if (field.value.length > MAX_FIELD) throw tooLarge(line, `has a field of more than ${MAX_FIELD} characters`);
      if (record.fields.length === MAX_COLUMNS) throw tooLarge(line, `has more than ${MAX_COLUMNS} columns`);
      record.fields.push(field.value);
      line += field.newlines;
      at = field.end;
      if (text[at] !== ',') break;
      at++;
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at++;
    at++;
    line++;
    const isBlank = record.fields.length === 1 && record.fields[0] === '';
    if (isBlank) continue;
    if (records.length === maxRows) throw tooLarge(record.line, `exceeds the limit of ${maxRows} rows`);
    records.push(record);
  }
  const columns = records[0]?.fields.length ?? 0;
  const ragged = records.find(({ fields }) => fields.length !== columns);
  if (!ragged) return records;
  const found = `${ragged.fields.length} ${ragged.fields.length === 1 ? 'field' : 'fields'}`;
  const reason = `line ${ragged.line} has ${found}, the first line has ${columns}`;
  throw new UserError('bad-input', `“${name}” cannot be read as a table: ${reason}. Fields with a comma need quotes.`);
}

interface Field {
  value: string;
  /** Index of the comma or line end after it. */
  end: number;
  newlines: number;
}

function plain(text: string, start: number): Field {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end++;
  return { value: text.slice(start, end), end, newlines: 0 };
}

function quoted(text: string, start: number, line: number, name: string): Field {
  let closing = start + 1;
  for (;;) {
    closing = text.indexOf('"', closing);
    if (closing < 0) {
      throw new UserError('bad-input', `“${name}” cannot be read as a table: a quote opened in line ${line} is never closed.`); // prettier-ignore
    }
    if (text[closing + 1] !== '"') break;
    closing += 2;
  }
  const value = text.slice(start + 1, closing).replaceAll('""', '"');
  const newlines = value.match(/\r\n|\r|\n/g)?.length ?? 0;
  const end = closing + 1;
  if (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') {
    throw new UserError('bad-input', `“${name}” cannot be read as a table: in line ${line + newlines} a quoted field continues after its closing quote.`); // prettier-ignore
  }
  return { value, end, newlines };
}
