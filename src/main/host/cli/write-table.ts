/** What changes in one file as lines that fit a terminal: field by field, before → after. Pure but for the width. */
import type { FieldChange } from '../../../shared/calls/write.ts';
import { printable } from './format.ts';

/** Narrower terminals are taken for this wide; wider ones are used up to {@link WIDEST}. */
const NARROWEST = 80;
const WIDEST = 160;
const NAME_WIDTH = 13;

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

/**
 * A line a field, `catId  – → DOORWood`, and below it the places in the file's own words; those that change in the same
 * way are listed together.
 * @returns lines of at most `width` characters, an empty one at the end
 */
export function changeTable({ path, format, changes }: FileChanges, width: number): string[] {
  const lines = [`${shortenedLeft(printable(path), width - format.length - 2)}  ${format}`];
  const room = width - NAME_WIDTH - 3;
  const indent = ' '.repeat(NAME_WIDTH + 3);
  for (const alike of grouped(changes)) {
    const { field, before, after, note } = alike[0]!;
    const [first = '', ...more] = values(before, after, room);
    lines.push(`  ${shortened(NAMES[field] ?? field, NAME_WIDTH).padEnd(NAME_WIDTH)} ${first}`, ...more.map((line) => indent + line)); // prettier-ignore
    lines.push(...wrapped(alike.map(({ nativeId }) => printable(nativeId)), room).map((line) => indent + line)); // prettier-ignore
    if (note !== '') lines.push(indent + shortened(printable(note), room));
  }
  return [...lines, ''];
}

const NAMES: Partial<Record<FieldChange['field'], string>> = {
  ucsCategoryFull: 'full category',
  takenOver: 'carried over',
  bpm: 'tempo',
};

function grouped(changes: readonly FieldChange[]): FieldChange[][] {
  const groups = new Map<string, FieldChange[]>();
  for (const change of changes) {
    const key = JSON.stringify([change.field, change.before, change.after, change.note]);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()];
}

/** Names in brackets, as many a line as fit. */
function wrapped(names: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length + 2 < width) lines[lines.length - 1] = `${last}, ${name}`;
    else lines.push(shortened(name, width - 2));
  }
  return lines.map((line, at) => `${at === 0 ? '(' : ' '}${line}${at === lines.length - 1 ? ')' : ','}`);
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

/** The end of a path is more informative than its beginning. */
function shortenedLeft(text: string, width: number): string {
  return text.length <= width ? text : `…${text.slice(text.length - Math.max(1, width - 1))}`;
}
