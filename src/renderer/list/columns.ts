/** The columns of a list as a table: what there is to choose from, and what the user has chosen, in which order. */
import { FIGURES, valueOf, type FigureOrder } from '../../shared/analysis.ts';
import type { FileOrder, FileRow } from '../../shared/calls/files.ts';
import { channels, sampleRate } from '../../shared/units.ts';
import { fileName, folderOf, shortFolder, wholePath } from '../words/paths.ts';
import { day, duration, figure } from '../words/units.ts';

export interface Column {
  id: string;
  name: string;
  /** px, as long as the user says nothing else. */
  width: number;
  /** Results can be in its order; null: they cannot. */
  order: 'relevance' | FileOrder | null;
  /** Figures stand below each other to the right. */
  right: boolean;
  /** null: it is drawn. */
  text: ((row: FileRow) => string) | null;
}

/** px */
export const WIDTHS = { least: 40, most: 900 };
const TO_THE_RIGHT = true;

function text(
  id: string,
  name: string,
  width: number,
  order: Column['order'],
  of: (row: FileRow) => string,
  right = false,
): Column {
  // prettier-ignore
  return { id, name, width, order, right, text: of };
}
const drawn = (id: string, name: string, width: number, order: Column['order']): Column => ({ id, name, width, order, right: false, text: null }); // prettier-ignore

export const COLUMNS: readonly Column[] = [
  drawn('wave', 'Waveform', 148, null),
  drawn('name', 'Name', 300, 'name'),
  drawn('match', 'Match', 64, 'relevance'),
  drawn('stars', 'Stars', 76, 'stars'),
  text('folder', 'Folder', 180, 'folder', ({ path }) => shortFolder(path)),
  text('tags', 'Tags', 160, null, ({ tagNames }) => tagNames.join(' · ')),
  text('duration', 'Duration', 76, 'duration', (row) => duration(row.durationSeconds), TO_THE_RIGHT),
  text('format', 'Format', 64, null, ({ format }) => format),
  text('channels', 'Channels', 84, null, (row) => channels(row.channels)),
  text('rate', 'Sample rate', 92, null, (row) => sampleRate(row.sampleRate), TO_THE_RIGHT),
  text('depth', 'Bit depth', 76, null, ({ bitDepth }) => (bitDepth === null ? '' : `${bitDepth} bit`), TO_THE_RIGHT),
  ...FIGURES.map((one): Column => {
    const order: FigureOrder | null = one.order;
    const of = (row: FileRow) => {
      const value = valueOf(one, row[one.field]);
      return typeof value === 'number' ? figure(value, one.unit, one.digits).trim() : (value ?? '');
    };
    return text(one.field, one.name, 'word' in one ? 88 : 104, order, of, !('word' in one));
  }),
  text('description', 'Description', 260, null, ({ description }) => description),
  text('added', 'Date added', 104, 'added', ({ addedMs }) => day(addedMs), TO_THE_RIGHT),
  text('changed', 'Date modified', 112, 'changed', ({ changedMs }) => day(changedMs), TO_THE_RIGHT),
  text('path', 'Path', 380, 'folder', ({ path }) => wholePath(path)),
];

export const CHOSEN_AT_FIRST: readonly string[] = ['wave', 'name', 'match', 'stars', 'duration', 'format', 'channels', 'rate', 'depth', 'loudnessLufs', 'bpm', 'key', 'tags', 'folder']; // prettier-ignore

const BY_ID = new Map(COLUMNS.map((column) => [column.id, column]));

/** Those that are chosen, in the user's order; ids that nobody knows any more are left out. */
export function chosenColumns(ids: readonly string[]): Column[] {
  return [...new Set(ids)].flatMap((id) => BY_ID.get(id) ?? []);
}

/** One more at the end, or one less; the name always stays. */
export function toggled(ids: readonly string[], id: string): string[] {
  if (!ids.includes(id)) return [...ids, id];
  return id === 'name' ? [...ids] : ids.filter((one) => one !== id);
}

/** @param before the column that it is put before; null: behind all of them */
export function moved(ids: readonly string[], id: string, before: string | null): string[] {
  if (id === before) return [...ids];
  const others = ids.filter((one) => one !== id);
  const at = before === null ? -1 : others.indexOf(before);
  return at < 0 ? [...others, id] : others.toSpliced(at, 0, id);
}

/** One place to the left or to the right; at an end it stays. */
export function stepped(ids: readonly string[], id: string, step: -1 | 1): string[] {
  const at = ids.indexOf(id);
  const to = at + step;
  if (at < 0 || to < 0 || to >= ids.length) return [...ids];
  return ids.toSpliced(at, 1).toSpliced(to, 0, id);
}

/** What is shown of a cell while the pointer rests on it: all of it. */
export function titleOf(column: Column, row: FileRow): string {
  if (column.id === 'folder') return folderOf(row.path);
  if (column.id === 'name') return fileName(row.path);
  return column.text?.(row) ?? '';
}
