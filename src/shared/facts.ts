/**
 * Facts with several sources: kind, tempo, key and root note. What the user says counts before what the file
 * says, that before its name, that before the sound; and the sound only where the kind has such a thing. The catalogue
 * chooses by the same rules
 * (catalogue/migrations/0015-musical-facts.ts).
 */
import {
  KIND_NAMES,
  keyName,
  kindName,
  noteName,
  noteNumber,
  parseKey,
  parseKind,
  parseNote,
  type KindName,
} from './music.ts';

export const FACT_NAMES = ['kind', 'bpm', 'key', 'root'] as const;
export type FactName = (typeof FACT_NAMES)[number];

/** Of the sound alone, in JSON; and the field of the figure (shared/analysis.ts). */
export const MEASURED = {
  lufs: 'loudnessLufs',
  range: 'loudnessRange',
  peak: 'peakDb',
  truePeak: 'truePeakDb',
  clipped: 'clippedSamples',
  dcOffset: 'dcOffset',
  width: 'stereoWidth',
  correlation: 'correlation',
  deadChannels: 'deadChannels',
  silentHead: 'silentHead',
  silentTail: 'silentTail',
  bandwidth: 'bandwidthHz',
  cutoff: 'cutoffHz',
} as const;
export type MeasuredName = keyof typeof MEASURED;

/** First come first chosen. */
export const FACT_SOURCES = ['you', 'file', 'name', 'sound'] as const;
export type FactSource = (typeof FACT_SOURCES)[number];

/** In place of a number: it has none, as a door has no key. */
export const NOT_APPLICABLE = -1;

/** What one source says. */
export interface Evidence {
  /** null: not applicable. */
  value: number | string | null;
  /** 0..1; 1 for what the user says. */
  confidence: number;
  from: FactSource;
}

/** A fact with what it was chosen against; `others` says something else. */
export interface Fact extends Evidence {
  others?: Evidence[];
}

/** What the sources say of one fact, as numbers; null where one says nothing. */
export type Sources = Readonly<Record<FactSource, number | null>> & {
  /** Of what the sound says. */
  confidence: number | null;
};

/** From here on a measured fact is taken as it is; below, it is shown as uncertain, and written into no file. */
export const CERTAIN = 0.8;

/** It was measured, and may well be otherwise. */
export function isUncertain({ from, value, confidence }: Evidence): boolean {
  return from === 'sound' && value !== null && confidence < CERTAIN;
}

/** Tags are set by hand or by another program, names by whoever sold or made the file. */
const CONFIDENCE = { you: 1, file: 0.95, name: 0.9 } as const;

interface FactKind {
  name: string;
  /** As it is read and typed. */
  word: (value: number) => number | string;
  parse: (text: string) => number | null;
  /** Whether two values say the same. */
  alike: (a: number, b: number) => boolean;
  /** What is understood, for a sentence. */
  forms: string;
}

export const FACTS: Readonly<Record<FactName, FactKind>> = {
  kind: { name: 'Kind', word: kindName, parse: parseKind, alike: (a, b) => a === b, forms: 'one-shot, loop, ambience, music, speech or sweep' }, // prettier-ignore
  bpm: { name: 'Tempo', word: (value) => Number(value.toFixed(2)), parse: parseBpm, alike: (a, b) => Math.abs(a / b - 1) < 0.015, forms: 'beats per minute from 20 to 400' }, // prettier-ignore
  key: { name: 'Key', word: keyName, parse: parseKey, alike: (a, b) => a === b, forms: 'a key such as Am, F# or 8A' },
  root: { name: 'Root note', word: noteName, parse: parseRoot, alike: (a, b) => Math.abs(a - b) <= 0.5, forms: 'a note such as C3 or F#2' }, // prettier-ignore
};

/** What a user types that has none. */
export const NONE = 'none';

/** @returns the number for a value as it is typed, −1 for `none`; null where it is not understood */
export function parseFact(fact: FactName, text: string): number | null {
  return text.trim().toLowerCase() === NONE ? NOT_APPLICABLE : FACTS[fact].parse(text);
}

/** @returns beats a minute; null for what is none */
export function parseBpm(text: string): number | null {
  const match = /^(\d{2,3}(?:[.,]\d+)?)\s*(?:bpm)?$/i.exec(text.trim());
  const bpm = Number(match?.[1]?.replace(',', '.') ?? 0);
  return bpm >= 20 && bpm <= 400 ? bpm : null;
}

function parseRoot(text: string): number | null {
  const note = parseNote(text);
  return note && noteNumber(note);
}

/** A note that a name states is believed where the sound has a pitch of that name, in whatever octave. */
export function confirmsNote(name: number, sound: number): boolean {
  const apart = name - sound;
  return sound >= 0 && Math.abs(apart - 12 * Math.round(apart / 12)) < 0.6;
}

/** Kinds of sounds that have such a thing: elsewhere what the sound says of it does not count. */
const MEANINGFUL: Readonly<Record<FactName, readonly KindName[]>> = {
  kind: KIND_NAMES,
  bpm: ['loop', 'music'],
  key: ['loop', 'music'],
  root: ['one-shot'],
};

/** @returns null where no source says anything */
export function chosenFacts(sources: Readonly<Record<FactName, Sources>>): Record<FactName, Fact | null> {
  const kind = chosen('kind', sources.kind, true);
  const counts = (fact: FactName) => MEANINGFUL[fact].some((name) => name === kind?.value);
  return {
    kind,
    bpm: chosen('bpm', sources.bpm, counts('bpm')),
    key: chosen('key', sources.key, counts('key')),
    root: chosen('root', sources.root, counts('root')),
  };
}

interface NumberedEvidence {
  from: FactSource;
  number: number;
  confidence: number;
}

function chosen(fact: FactName, sources: Sources, soundCounts: boolean): Fact | null {
  const evidence = FACT_SOURCES.flatMap((from): NumberedEvidence[] => {
    const number = from === 'sound' && sources.sound !== null && !soundCounts ? NOT_APPLICABLE : sources[from];
    if (number === null) return [];
    const confidence = from === 'sound' ? (sources.confidence ?? 0) : CONFIDENCE[from];
    return [{ from, number, confidence: number === NOT_APPLICABLE && from === 'sound' ? 0 : confidence }];
  });
  const counts = ({ from, number }: NumberedEvidence) =>
    fact !== 'root' || from !== 'name' || confirmsNote(number, sources.sound ?? NOT_APPLICABLE);
  const best = evidence.find(counts);
  if (!best) return null;
  const { word, alike } = FACTS[fact];
  const said = ({ from, number, confidence }: NumberedEvidence): Evidence => ({
    value: number === NOT_APPLICABLE ? null : word(number),
    confidence: Number(confidence.toFixed(2)),
    from,
  });
  // That the sound has none is no objection: it may only be hard to find.
  const differs = ({ from, number }: NumberedEvidence) =>
    number === NOT_APPLICABLE || best.number === NOT_APPLICABLE ? number !== best.number && from !== 'sound' : !alike(number, best.number); // prettier-ignore
  const others = evidence.filter((one) => one !== best && differs(one)).map(said);
  return { ...said(best), ...(others.length > 0 && { others }) };
}
