/** What changes in one file as lines that fit a terminal: field by field, before → after. Pure but for the width. */
import type { FieldChange } from '../../../shared/calls/write.ts';
import { printable } from './format.ts';

/** Narrower terminals are taken for this wide; wider ones are used up to {@link WIDEST}. */
const NARROWEST = 80;
const WIDEST = 160;
const NAME_WIDTH = 26;

export interface FileChanges {
  path: string;
  format: string;
  changes: readonly FieldChange[];
}

/** Columns of the terminal that stdout is, 80 where it is none. */
export function terminalWidth(): number {
  const columns = process.stdout.isTTY ? process.stdout.columns : NARROWEST;
  return Math.min(WIDEST, Math.max(NARROWEST, columns));
}

/** @returns lines of at most `width` characters, an empty one at the end */
export function changeTable({ path, format, changes }: FileChanges, width: number): string[] {
  const lines = [`${shortenedLeft(printable(path), width - format.length - 2)}  ${format}`];
  for (const { nativeId, before, after, note } of changes) {
    // A long name has a line of its own, so that the values below one another stay so.
    const name = printable(nativeId);
    if (name.length > NAME_WIDTH) lines.push(`  ${shortened(name, width - 2)}`);
    const left = `  ${(name.length > NAME_WIDTH ? '' : name).padEnd(NAME_WIDTH)} `;
    lines.push(...values(before, after, width - left.length).map((text, at) => (at === 0 ? left : ' '.repeat(left.length)) + text)); // prettier-ignore
    if (note !== '') lines.push(' '.repeat(left.length) + shortened(printable(note), width - left.length));
  }
  return [...lines, ''];
}

/** `– → new`, `old → new`, `old → –`: in one line where they fit, else in two. */
function values(before: string | null, after: string | null, width: number): string[] {
  const [old, fresh] = [before, after].map((value) => (value === null ? '–' : printable(value) || '""'));
  const one = `${old} → ${fresh}`;
  return one.length <= width ? [one] : [shortened(old!, width), shortened(`→ ${fresh}`, width)];
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`;
}

/** The end of a path tells more than its beginning. */
function shortenedLeft(text: string, width: number): string {
  return text.length <= width ? text : `…${text.slice(text.length - Math.max(1, width - 1))}`;
}
