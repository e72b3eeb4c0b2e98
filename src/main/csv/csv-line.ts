/** One record of a comma-separated table, as RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180) has it. */

/**
 * @param fields as `parseCsv` gives them back. Spaces at an end are quoted, too: many readers take them off
 * @returns the line with its end, CRLF
 */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map(quotedIfNeeded).join(',')}\r\n`;
}

function quotedIfNeeded(field: string): string {
  return /[",\r\n]/.test(field) || field !== field.trim() ? `"${field.replaceAll('"', '""')}"` : field;
}
