/** What pieces are called: a pattern with fields in braces, made into a name that every usual system takes. Pure. */
import { NAME_FIELDS, type NameField, type PieceRange } from '../../shared/calls/cut.ts';
import { UserError } from '../../shared/errors.ts';
import { portable, shortened } from '../text/portable-name.ts';

/** Fits every file system in use (255 bytes) with room for a number and an extension. */
const MAX_BYTES = 200;
const UNTITLED = 'Untitled';
/** Windows keeps these for itself, whatever the extension. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** @throws UserError bad-input for fields that there are not, and for a pattern that leads into folders */
export function checkPattern(pattern: string): void {
  if (/[/\\]/.test(pattern)) throw new UserError('bad-input', `The name “${pattern}” contains a folder. Specify the folder separately.`); // prettier-ignore
  const unknown = [...pattern.matchAll(/\{([^{}]*)\}/g)].find(([, field]) => !isField(field!));
  const known = Object.keys(NAME_FIELDS).map((field) => `{${field}}`).join(', '); // prettier-ignore
  if (unknown) throw new UserError('bad-input', `The name “${pattern}” contains the unknown field ${unknown[0]}. Available fields: ${known}.`); // prettier-ignore
}

/**
 * @param range with the stem of its source
 * @param number from 1 on, of so many
 * @returns without an extension
 */
export function pieceName(
  pattern: string,
  { stem, startSeconds, endSeconds }: Pick<PieceRange, 'startSeconds' | 'endSeconds'> & { stem: string },
  { number, of }: { number: number; of: number },
): string {
  const fields: Record<NameField, string> = {
    stem: shortened(portable(stem), MAX_BYTES - 40),
    start: time(startSeconds),
    end: endSeconds === null ? 'end' : time(endSeconds),
    number: String(number).padStart(Math.max(2, String(of).length), '0'),
  };
  const filled = pattern.replace(/\{([^{}]*)\}/g, (whole, field: string) => (isField(field) ? fields[field] : whole));
  const name = portable(shortened(portable(filled), MAX_BYTES));
  if (name === '') return UNTITLED;
  // A leading dot would hide the file.
  return name.replace(RESERVED, '$1_').replace(/^\./, '_');
}

function isField(field: string): field is NameField {
  return Object.hasOwn(NAME_FIELDS, field);
}

/** `0m45.000s`, `1h02m03.250s` */
function time(seconds: number): string {
  const all = Math.round(seconds * 1000);
  const pad = (value: number, digits = 2) => String(value).padStart(digits, '0');
  const [hours, minutes] = [Math.floor(all / 3_600_000), Math.floor(all / 60_000) % 60];
  const rest = `${pad(Math.floor(all / 1000) % 60)}.${pad(all % 1000, 3)}s`;
  return hours > 0 ? `${hours}h${pad(minutes)}m${rest}` : `${minutes}m${rest}`;
}
