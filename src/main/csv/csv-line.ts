/** One record of a comma-separated table, as RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180) has it. */

/**
 * Excel, LibreOffice and Sheets run a cell that begins with one of these, also out of a CSV; a file name or a label may
 * have been chosen by a stranger. An apostrophe in front makes it text (https://owasp.org/www-community/attacks/CSV_Injection).
 * Apostrophes before it count too, so that one can be removed again: {@link withoutApostrophe}.
 */
const FORMULA_START = /^'*[=+\-@\t\r\n|%＝＋－＠]/u;

/**
 * @param fields texts come back from `parseCsv`, {@link withoutApostrophe}; numbers stay numbers, also negative ones.
 *   Spaces at an end are quoted, too: many readers take them off
 * @returns the line with its end, CRLF
 */
export function csvLine(fields: readonly (string | number)[]): string {
  return `${fields.map((field) => quotedIfNeeded(typeof field === 'number' ? String(field) : asText(field))).join(',')}\r\n`;
}

/** A field of a table that {@link csvLine} may have written, as it was before. */
export function withoutApostrophe(field: string): string {
  return field.startsWith("'") && FORMULA_START.test(field) ? field.slice(1) : field;
}

function asText(field: string): string {
  return FORMULA_START.test(field) ? `'${field}` : field;
}

function quotedIfNeeded(field: string): string {
  return /[",\r\n]/.test(field) || field !== field.trim() ? `"${field.replaceAll('"', '""')}"` : field;
}
