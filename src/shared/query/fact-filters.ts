/** Filters by what was found in the sound: tempo, key, root note, kind, loudness. */
import * as z from 'zod/mini';
import { UserError } from '../errors.ts';
import {
  camelot,
  KEY_NAMES,
  KIND_NAMES,
  keyName,
  kindName,
  noteNumber,
  parseKey,
  parseKind,
  parseNote,
} from '../music.ts';
import { filter } from './filter.ts';
import { numberRangeInWords, parseNumberRange, writeNumberRange } from './number-range.ts';

const optional = z.exactOptional;
const bpmEnd = z.number().check(z.minimum(0), z.maximum(1000));
const lufsEnd = z.number().check(z.minimum(-200), z.maximum(200));
/** A number alone is "about": no file has a tempo to the last digit. */
const BPM_ABOUT = 0.01;
const LUFS_ABOUT = 1;
/** Nobody types a tempo to two decimal places. */
const TWO_TEMPI = /^(\d{2,3}),\s*(\d{2,3})$/;

/** The words of a list. */
function listed(value: string): string[] {
  return value
    .split(/[,;|]/)
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** @returns the numbers of all words; null where one is not understood, or there is none */
function numbers(value: string, parse: (word: string) => number | null): number[] | null {
  const words = listed(value);
  const found = words.map(parse).filter((number) => number !== null);
  return found.length > 0 && found.length === words.length ? [...new Set(found)] : null;
}

const bpm = filter({
  name: 'tempo',
  help: { example: 'bpm:120-128', meaning: 'tempo in beats per minute; bpm:174, bpm:>140' },
  fields: { minBpm: optional(bpmEnd), maxBpm: optional(bpmEnd) },
  parse(value) {
    const [, first, second] = TWO_TEMPI.exec(value) ?? [];
    if (first !== undefined && second !== undefined) {
      const ends = [first, second].toSorted((a, b) => Number(a) - Number(b));
      throw new UserError('bad-input', `“bpm:${value}” may be two tempi or one. Write bpm:${ends.join('-')} for a range, or bpm:${first}.${second} for one tempo.`); // prettier-ignore
    }
    const range = parseNumberRange(value.replace(/\s*bpm$/i, ''), (about) => about * BPM_ABOUT);
    if (!range || [range.least, range.most].some((end) => end !== undefined && (end < 0 || end > 1000))) return null;
    const { least, most } = range;
    return { ...(least !== undefined && { minBpm: least }), ...(most !== undefined && { maxBpm: most }) };
  },
  refusal: { problem: 'is not a valid tempo', forms: ['120-128', '>140', '174'] },
  write: ({ minBpm: least, maxBpm: most }) => writeNumberRange({ ...(least !== undefined && { least }), ...(most !== undefined && { most }) }), // prettier-ignore
  describe: ({ minBpm: least, maxBpm: most }) => numberRangeInWords({ ...(least !== undefined && { least }), ...(most !== undefined && { most }) }, 'BPM'), // prettier-ignore
  beginning: /^(?:[<>≤≥]=?|\d+(?:[.,]|\.\.|[-–—]))$/u,
  offers: () => [
    ['120-128', '120 to 128 BPM'],
    ['>140', '140 BPM or more'],
    ['<100', '100 BPM or less'],
  ],
  option: { flags: '--bpm <range>', meaning: 'tempo: "120-128", ">140", "174"' },
});

const lufs = filter({
  name: 'loudness',
  help: { example: 'lufs:<-30', meaning: 'loudness, LUFS; lufs:-18..-14' },
  fields: { minLufs: optional(lufsEnd), maxLufs: optional(lufsEnd) },
  parse(value) {
    const range = parseNumberRange(value.replace(/\s*lufs$/i, ''), () => LUFS_ABOUT);
    if (!range || [range.least, range.most].some((end) => end !== undefined && Math.abs(end) > 200)) return null;
    const { least, most } = range;
    return { ...(least !== undefined && { minLufs: least }), ...(most !== undefined && { maxLufs: most }) };
  },
  refusal: { problem: 'is not a valid loudness', forms: ['<-30', '-18..-14', '-23'] },
  write: ({ minLufs: least, maxLufs: most }) => writeNumberRange({ ...(least !== undefined && { least }), ...(most !== undefined && { most }) }), // prettier-ignore
  describe: ({ minLufs: least, maxLufs: most }) => numberRangeInWords({ ...(least !== undefined && { least }), ...(most !== undefined && { most }) }, 'LUFS'), // prettier-ignore
  beginning: /^(?:[<>≤≥]=?[-−]?|[-−]|[-−]?\d+(?:[.,]|\.\.[-−]?|[-–—][-−]?))$/u,
  offers: () => [
    ['<-30', '−30 LUFS or less'],
    ['-18..-14', '−18 to −14 LUFS'],
  ],
  option: { flags: '--lufs <range>', meaning: 'loudness: "<-30", "-18..-14"' },
});

const key = filter({
  name: 'key',
  help: { example: 'key:Am', meaning: 'musical key; key:8A (Camelot), key:Am,C' },
  fields: {
    /** Numbers of keys (shared/music.ts), one of them. */
    keys: optional(z.array(z.int().check(z.minimum(0), z.maximum(23)))),
  },
  parse(value) {
    const keys = numbers(value, parseKey);
    return keys && { keys };
  },
  refusal: { problem: 'is not a valid key', forms: ['Am', 'F#', '8A', 'Am,C'] },
  write: ({ keys = [] }) => (keys.length === 0 ? [] : [keys.map(keyName).join(',')]),
  describe: ({ keys = [] }) => keys.map((one) => `${keyName(one)} (${camelot(one)})`).join(' or '),
  words: KEY_NAMES,
  isList: true,
  offers: () => ['Am', 'C', 'Em', 'G', 'Dm', 'F'].map((name) => [name, `${name}, ${camelot(parseKey(name)!)}`]),
  again: (first, second) => ({ keys: [...new Set([...(first.keys ?? []), ...(second.keys ?? [])])] }),
  option: { flags: '--key <keys>', meaning: 'musical key: Am, F#, 8A' },
});

/** `C3` is one note, `C` that note in any octave. */
const rootNotes = z.array(z.object({ class: z.int().check(z.minimum(0), z.maximum(11)), octave: z.nullable(z.int().check(z.minimum(-2), z.maximum(12))) })); // prettier-ignore
const NOTES = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'];

const root = filter({
  name: 'root note',
  help: { example: 'root:C3', meaning: 'root note of a one-shot; root:F#, in any octave' },
  fields: { rootNotes: optional(rootNotes) },
  parse(value) {
    const words = listed(value);
    const notes = words.map(parseNote).filter((note) => note !== null && (note.octave === null || noteNumber(note) !== null)); // prettier-ignore
    return notes.length > 0 && notes.length === words.length ? { rootNotes: notes as NonNullable<(typeof notes)[number]>[] } : null; // prettier-ignore
  },
  refusal: { problem: 'is not a valid note', forms: ['C3', 'F#', 'Bb2'], more: ', from C-1 to G9; middle C is C4' },
  write: ({ rootNotes: notes = [] }) => (notes.length === 0 ? [] : [notes.map(noteText).join(',')]),
  describe: ({ rootNotes: notes = [] }) => `root ${notes.map(noteText).join(' or ')}`,
  beginning: /^[a-g][#bs]?-$/i,
  isList: true,
  offers: () => [
    ['C', 'C in any octave'],
    ['A3', 'the A below middle C'],
  ],
  option: { flags: '--root <notes>', meaning: 'root note: C3, F#' },
});

function noteText({ class: semitone, octave }: { class: number; octave: number | null }): string {
  return `${NOTES[semitone]!}${octave ?? ''}`;
}

const kind = filter({
  name: 'kind',
  help: { example: 'kind:loop', meaning: `${KIND_NAMES.slice(0, -1).join(', ')} or ${KIND_NAMES.at(-1)!}` },
  fields: {
    /** Numbers of kinds (shared/music.ts), one of them. */
    kinds: optional(z.array(z.int().check(z.minimum(0), z.maximum(KIND_NAMES.length - 1)))),
  },
  parse(value) {
    const kinds = numbers(value, parseKind);
    return kinds && { kinds };
  },
  refusal: { problem: 'is not a valid kind', forms: [...KIND_NAMES] },
  write: ({ kinds = [] }) => (kinds.length === 0 ? [] : [kinds.map(kindName).join(',')]),
  describe: ({ kinds = [] }) => kinds.map(kindName).join(' or '),
  words: KIND_NAMES,
  isList: true,
  offers: () => KIND_NAMES.map((name) => [name, name]),
  again: (first, second) => ({ kinds: [...new Set([...(first.kinds ?? []), ...(second.kinds ?? [])])] }),
  option: { flags: '--kind <kinds>', meaning: KIND_NAMES.join(', ') },
});

export const FACT_FILTERS = { bpm, key, root, kind, lufs } as const;
