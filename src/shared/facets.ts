/**
 * Facets: how the files of a search are spread over tempo, key, kind, loudness and duration. Each bar is what one filter of
 * the query language finds, so that a click on it is a search for just these files. The catalogue counts them by the same
 * edges (catalogue/stores/facets.ts).
 */
import { camelot, KEY_NAMES, KIND_NAMES } from './music.ts';
import { clock } from './units.ts';

export interface Bar {
  /** `120–125 BPM`, `Am · 8A`, `shorter than 0.5 s` */
  name: string;
  /** Values of the filter: the key stands before each of them. */
  values: readonly string[];
}

interface FacetOf<Key extends string> {
  key: Key;
  name: string;
  /** Of the edges; '' where there are none. */
  unit: string;
  /** Below the first, from each up to the next, and from the last on. null: a bar for each whole number from 0. */
  edges: readonly number[] | null;
  /** One more than edges; the number of the bar where there are none. */
  bars: readonly Bar[];
}

const steps = (from: number, to: number, step: number) =>
  Array.from({ length: Math.round((to - from) / step) + 1 }, (_, at) => from + at * step);

/** Both ends of a typed range belong to it, and files have tempi and levels of two decimal places at most. */
const BELOW = 0.01;
const below = (edge: number) => Number((edge - BELOW).toFixed(2));

const BPM_EDGES = steps(60, 200, 5);
const LUFS_EDGES = steps(-48, -6, 3);
const SECONDS_EDGES = [0.5, 1, 2, 5, 10, 30, 60, 300];

function histogram(edges: readonly number[], bar: (from: number | null, to: number | null) => Bar): Bar[] {
  return [null, ...edges].map((from, at) => bar(from, edges[at] ?? null));
}

function range(from: number | null, to: number | null): string {
  if (from === null) return `<${below(to!)}`;
  return to === null ? `>${from}` : `${from}..${below(to)}`;
}

const minus = (value: number | null) => String(value).replace('-', '−');
const length = (seconds: number | null) => (seconds !== null && seconds >= 60 ? clock(seconds) : `${seconds} s`);

const bpm: FacetOf<'bpm'> = {
  key: 'bpm',
  name: 'Tempo',
  unit: 'BPM',
  edges: BPM_EDGES,
  bars: histogram(BPM_EDGES, (from, to) => ({
    name: from === null ? `below ${to} BPM` : to === null ? `${from} BPM or more` : `${from}–${to} BPM`,
    values: [range(from, to)],
  })),
};
const key: FacetOf<'key'> = {
  key: 'key',
  name: 'Key',
  unit: '',
  edges: null,
  bars: KEY_NAMES.map((name, at) => ({ name: `${name} · ${camelot(at)}`, values: [name] })),
};
const kind: FacetOf<'kind'> = {
  key: 'kind',
  name: 'Kind',
  unit: '',
  edges: null,
  bars: KIND_NAMES.map((name) => ({ name, values: [name] })),
};
const lufs: FacetOf<'lufs'> = {
  key: 'lufs',
  name: 'Loudness',
  unit: 'LUFS',
  edges: LUFS_EDGES,
  bars: histogram(LUFS_EDGES, (from, to) => ({
    name: from === null ? `below ${minus(to)} LUFS` : to === null ? `${minus(from)} LUFS or more` : `${minus(from)} to ${minus(to)} LUFS`, // prettier-ignore
    values: [range(from, to)],
  })),
};
const dur: FacetOf<'dur'> = {
  key: 'dur',
  name: 'Duration',
  unit: 's',
  edges: SECONDS_EDGES,
  bars: histogram(SECONDS_EDGES, (from, to) => ({
    name: from === null ? `shorter than ${length(to)}` : to === null ? `${length(from)} or longer` : `${length(from)} to ${length(to)}`, // prettier-ignore
    values: [...(from === null ? [] : [`>=${from}`]), ...(to === null ? [] : [`<${to}`])],
  })),
};

export const FACETS = [bpm, key, kind, lufs, dur] as const;
export type Facet = (typeof FACETS)[number];
export type FacetKey = Facet['key'];
