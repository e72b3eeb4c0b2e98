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

/**
 * @param text decoded; a byte order mark at its start is passed over
 * @param name of the file, for the sentences
 * @returns all records, the header too; lines without any character are left out. Fields are as written: not trimmed
 * @throws UserError bad-input for a quote that is never closed, for anything but a comma after a closing quote, and
 *   for a record with another number of fields than the first
 */
export function parseCsv(text: string, name: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const record: CsvRecord = { line, fields: [] };
    for (;;) {
      const field = text[at] === '"' ? quoted(text, at, line, name) : plain(text, at);
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
    if (!isBlank) records.push(record);
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
    throw new UserError('bad-input', `“${name}” cannot be read as a table: in line ${line + newlines} a quoted field goes on after its closing quote.`); // prettier-ignore
  }
  return { value, end, newlines };
}
