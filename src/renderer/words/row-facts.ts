/** What a row of a list says of its file: kind, tempo, key or root note, loudness, and the figure that orders the list. */
import { FIGURES, ORDERED_FIGURES, valueOf, type Figures } from '../../shared/analysis.ts';
import { noteName } from '../../shared/music.ts';
import { figure } from './units.ts';

type Figure = (typeof FIGURES)[number];

/** A value with what it is, for a narrow column. */
export interface RowFact {
  field: string;
  text: string;
  /** `Tempo: 126 BPM` */
  title: string;
}

/** In a wide list; the last makes way for the figure that orders the list where that is none of them. */
const COLUMNS = ['kind', 'bpm', 'key', 'loudnessLufs'] as const;

/** @param order of the list @returns one a column, in their order; an empty text where there is nothing to say */
export function rowColumns(row: Figures | null, order: string): RowFact[] {
  const ordered = ORDERED_FIGURES.find((one) => one.order === order)?.field;
  const last = ordered === undefined || ordered === 'root' || isColumn(ordered) ? COLUMNS[3] : ordered;
  return [...COLUMNS.slice(0, 3), last].map((field): RowFact => {
    const nothing = { field, text: '', title: '' };
    if (row === null) return nothing;
    // A file has a key or a root note, if any of them.
    if (field === 'key' && row.key === null) return factOf('root', row) ?? nothing;
    return factOf(field, row) ?? nothing;
  });
}

/** In a list without room for columns: the figure that orders it, then tempo and key or root note, those that it has. */
export function rowFacts(row: Figures | null, order: string): string {
  if (row === null) return '';
  const ordered = ORDERED_FIGURES.find((one) => one.order === order)?.field;
  const fields = new Set([...(ordered === undefined ? [] : [ordered]), 'bpm', row.key === null ? 'root' : 'key']);
  const facts = [...fields].map((field) => factOf(field, row)).filter((fact) => fact !== null);
  return facts.map(({ field, text }) => (field === 'bpm' ? `${text} BPM` : text)).join(' · ');
}

function isColumn(field: string): boolean {
  return (COLUMNS as readonly string[]).includes(field);
}

function factOf(field: string, row: Figures): RowFact | null {
  const one: Figure | undefined = FIGURES.find((each) => each.field === field);
  const value = one === undefined ? null : row[one.field];
  if (one === undefined || value === null) return null;
  const { name, unit, digits } = one;
  const whole = 'word' in one ? String(valueOf(one, value)) : figure(value, unit, digits).trim();
  return { field, text: shortOf(field, value, whole), title: `${name}: ${whole}` };
}

/** What everybody takes it for needs no unit, and cents are for the panel. */
function shortOf(field: string, value: number, whole: string): string {
  if (field === 'bpm') return String(Number(value.toFixed(1)));
  return field === 'root' ? noteName(Math.round(value)) : whole;
}
