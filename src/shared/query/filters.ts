/**
 * The filters of the query language: one entry a key. Parser, window, command line, Help, README and the checks of the
 * contract read them from here; their SQL is in src/main/catalogue/queries/filters.ts. CONTRIBUTING.md says how to add one.
 */
import * as z from 'zod/mini';
import { AUDIO_FORMATS, type AudioFormat } from '../types.ts';
import { channels, sampleRate } from '../units.ts';
import { durationInWords, narrowed, parseDurationRange, writeDuration } from './duration.ts';
import { FACT_FILTERS } from './fact-filters.ts';
import { filter } from './filter.ts';
import { issue } from './issues.ts';

const optional = z.exactOptional;
const seconds = z.number().check(z.minimum(0));
const positive = z.int().check(z.positive());

/** What else a format is called. */
const FORMAT_ALIASES: Readonly<Record<string, AudioFormat>> = {
  wave: 'wav',
  aif: 'aiff',
  aifc: 'aiff',
  oga: 'ogg',
  vorbis: 'ogg',
  mp4: 'm4a',
  m4b: 'm4a',
  alac: 'm4a',
  wv: 'wavpack',
};
const FORMATS = new Map([
  ...AUDIO_FORMATS.map((format) => [format, format] as [string, AudioFormat]),
  ...Object.entries(FORMAT_ALIASES),
]);
/** Formats people have, most common first. */
const COMMON_FORMATS: readonly AudioFormat[] = ['wav', 'flac', 'mp3', 'aiff', 'ogg', 'opus', 'm4a', 'aac', 'caf', 'w64', 'rf64', 'wma']; // prettier-ignore

const CHANNELS = new Map([
  ['mono', 1],
  ['stereo', 2],
  ['quad', 4],
  ['5.1', 6],
  ['7.1', 8],
]);

const dur = filter({
  name: 'duration',
  help: { example: 'dur:<4', meaning: 'duration; dur:2-10, dur:>1m30' },
  fields: {
    /** s; these two belong to the range */
    minSeconds: optional(seconds),
    maxSeconds: optional(seconds),
    /** s; these two do not */
    aboveSeconds: optional(seconds),
    belowSeconds: optional(seconds),
  },
  parse: parseDurationRange,
  refusal: { problem: 'is not valid', forms: ['<3', '>=1.5', '2-10', '1m30'] },
  write: writeDuration,
  describe: durationInWords,
  beginning: /^(?:[<>≤≥]=?)?(?:[-–—.]*|[\d:]*:)$/u,
  offers: () => [
    ['<1', 'shorter than 1 s'],
    ['<4', 'shorter than 4 s'],
    ['2-10', '2 to 10 s'],
    ['>30', 'longer than 30 s'],
    ['>5m', 'longer than 5 minutes'],
  ],
  again: narrowed,
  merge: narrowed,
  option: { flags: '--duration <range>', meaning: 'length: "<3", ">=1.5", "2-10", "<1m30"' },
});

const fmt = filter({
  name: 'format',
  help: { example: 'fmt:wav,flac', meaning: 'one of these formats' },
  fields: { formats: optional(z.array(z.enum(AUDIO_FORMATS))) },
  parse(value) {
    const names = value
      .toLowerCase()
      .split(/[,;|+ ]/)
      .map((name) => name.replace(/^\*?\./, ''))
      .filter((name) => name !== '');
    const formats = names.map((name) => FORMATS.get(name)).filter((format) => format !== undefined);
    return formats.length > 0 && formats.length === names.length ? { formats } : null;
  },
  refusal: {
    problem: 'is not a supported format',
    forms: ['wav', 'wav,flac'],
    more: `; supported formats: ${AUDIO_FORMATS.join(', ')}`,
  },
  write: ({ formats = [] }) => (formats.length === 0 ? [] : [formats.join(',')]),
  describe: ({ formats = [] }) => formats.join(' or ').toUpperCase().replaceAll(' OR ', ' or '),
  words: [...FORMATS.keys()],
  isList: true,
  offers: () => COMMON_FORMATS.map((format) => [format, format.toUpperCase()]),
  again: (first, second) => ({ formats: united(first.formats, second.formats) }),
  option: { flags: '--format <formats>', meaning: `container: ${AUDIO_FORMATS.join(', ')}` },
});

const ch = filter({
  name: 'channels',
  help: { example: 'ch:stereo', meaning: 'channels; ch:mono, ch:6' },
  fields: { channels: optional(positive) },
  parse(value) {
    const number = CHANNELS.get(value.toLowerCase()) ?? (/^\d{1,3}$/.test(value) ? Number(value) : 0);
    return number < 1 ? null : { channels: number };
  },
  refusal: { problem: 'is not a valid number of channels', forms: ['1', '2', 'mono', 'stereo'] },
  write: ({ channels: number }) => (number === undefined ? [] : [String(number)]),
  describe: ({ channels: number = 0 }, value) => (CHANNELS.has(value.toLowerCase()) ? value.toLowerCase() : channels(number)), // prettier-ignore
  words: [...CHANNELS.keys()],
  offers: () => [
    ['mono', 'one channel'],
    ['stereo', 'two channels'],
    ['quad', 'four channels'],
    ['5.1', 'six channels'],
  ],
  option: { flags: '--channels <count>', meaning: '1 or mono, 2 or stereo, 6 or 5.1, …' },
});

const sr = filter({
  name: 'sample rate',
  help: { example: 'sr:48k', meaning: 'sample rate' },
  fields: {
    /** Hz */
    sampleRate: optional(positive),
  },
  /** Anything under 1000 is meant in kHz: no audio file has fewer than 1000 samples a second. */
  parse(value) {
    const match = /^(\d+(?:\.\d+)?)(k|khz|hz)?$/i.exec(value);
    const number = Number(match?.[1] ?? 0);
    const unit = match?.[2]?.toLowerCase() ?? (number < 1000 ? 'k' : 'hz');
    const hz = Math.round(unit === 'hz' ? number : number * 1000);
    return hz < 1000 || hz > 10_000_000 ? null : { sampleRate: hz };
  },
  refusal: { problem: 'is not a valid sample rate', forms: ['48000', '48k', '44.1k'] },
  write: ({ sampleRate: hz }) => (hz === undefined ? [] : [String(hz)]),
  describe: ({ sampleRate: hz = 0 }) => sampleRate(hz),
  beginning: /^\d+(?:\.|(?:\.\d+)?k?h)$/i,
  offers: () => ['44.1', '48', '96', '192'].map((kilohertz) => [`${kilohertz}k`, `${kilohertz} kHz`]),
  option: { flags: '--sample-rate <hertz>', meaning: 'for example 48000 or 44.1k' },
});

const folder = filter({
  name: 'folder',
  help: { example: 'in:doors', meaning: 'a folder in the path' },
  fields: {
    /** Absolute: files anywhere below it. Otherwise part of a folder name on the path of a file (`in:doors`). */
    folder: optional(z.string().check(z.minLength(1))),
  },
  parse: (value) => (value.trim() === '' ? null : { folder: value }),
  refusal: { problem: 'needs a folder', forms: ['doors', '"/Sounds/My doors"'] },
  write: ({ folder: path }) => (path === undefined ? [] : [path]),
  describe: ({ folder: path = '' }) => `in ${path}`,
  offers: ({ folders }) => folders.map((path) => [path, 'folder']),
  option: {
    flags: '--folder <folder>',
    meaning: 'only in this folder, or in folders with this name',
    isPath: true,
  },
});

const tag = filter({
  name: 'tag',
  help: { example: 'tag:wood', meaning: 'a word in the embedded tags' },
  fields: {
    /** A word or phrase that must occur in a native tag. Several: all of them. */
    tags: optional(z.array(z.string().check(z.minLength(1)))),
  },
  parse: (value) => (value.trim() === '' ? null : { tags: [value] }),
  refusal: { problem: 'needs a word', forms: ['ambience', '"sci fi"'] },
  write: ({ tags = [] }) => tags,
  describe: ({ tags = [] }) => `tag “${tags.join('”, “')}”`,
  again: (first, second) => ({ tags: united(first.tags, second.tags) }),
  merge(options, inline) {
    const tags = united(options.tags, inline.tags);
    return tags.length > 0 ? { tags } : {};
  },
  option: { flags: '--tag <words>', meaning: 'a tag in the file contains these words (repeatable)' },
});

/** Days in a unit of an age; months and years are about right. */
const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30, y: 365 };
const days = z.int().check(z.minimum(0), z.maximum(100_000));

const added = filter({
  name: 'date added',
  help: { example: 'added:<7d', meaning: 'added in the last 7 days; added:>6m' },
  fields: {
    /** Days since it came into the catalogue, when the question is asked. */
    minAgeDays: optional(days),
    maxAgeDays: optional(days),
  },
  parse(value) {
    const match = /^([<>≤≥]?)=?(\d{1,6})([dwmy]?)$/iu.exec(value);
    if (match === null) return null;
    const age = Number(match[2]) * (DAYS[match[3]!.toLowerCase()] ?? 1);
    if (age > 100_000) return null;
    return /[>≥]/u.test(match[1]!) ? { minAgeDays: age } : { maxAgeDays: age };
  },
  refusal: {
    problem: 'is not a valid age',
    forms: ['<7d', '<2w', '>6m', '>1y'],
    more: ', in days, weeks, months or years',
  },
  write: ({ minAgeDays, maxAgeDays }) => [
    ...(minAgeDays === undefined ? [] : [`>${minAgeDays}d`]),
    ...(maxAgeDays === undefined ? [] : [`<${maxAgeDays}d`]),
  ],
  describe: ({ minAgeDays, maxAgeDays }) =>
    maxAgeDays === undefined
      ? `added more than ${inDays(minAgeDays ?? 0)} ago`
      : `added in the last ${maxAgeDays === 1 ? 'day' : inDays(maxAgeDays)}`,
  beginning: /^[<>≤≥]=?$/u,
  offers: () => [
    ['<1d', 'in the last day'],
    ['<7d', 'in the last 7 days'],
    ['<1m', 'in the last 30 days'],
    ['>1y', 'more than a year ago'],
  ],
  option: { flags: '--added <age>', meaning: 'to the library: "<7d" for the last 7 days, ">6m"' },
});

/** The value of a key that needs none: `fav:` and `fav:yes`, `fav:no`. @returns null for anything else */
function yesOrNo(value: string): boolean | null {
  const word = value.toLowerCase();
  return ['', 'yes', 'no'].includes(word) ? word !== 'no' : null;
}

const clipped = filter({
  name: 'clipping',
  help: { example: 'clipped:', meaning: 'files with clipped samples; clipped:no' },
  /** true: at least one sample; false: none. A file that has not been analysed for it is neither. */
  fields: { clipped: optional(z.boolean()) },
  parse(value) {
    const is = yesOrNo(value);
    return is === null ? null : { clipped: is };
  },
  refusal: { problem: 'is not valid', forms: ['', 'no'], more: ', for clipped files and for the others' },
  write: ({ clipped: is }) => (is === undefined ? [] : [is ? '' : 'no']),
  describe: ({ clipped: is }) => (is ? 'clipped' : 'not clipped'),
  words: ['yes', 'no'],
});

const COPY_KINDS = ['any', 'exact', 'near', 'none'] as const;
export type CopyKind = (typeof COPY_KINDS)[number];
const COPY_WORDS: Readonly<Record<string, CopyKind>> = {
  '': 'any',
  yes: 'any',
  exact: 'exact',
  near: 'near',
  no: 'none',
};
const COPY_MEANING: Record<CopyKind, string> = {
  any: 'duplicates and near-duplicates',
  exact: 'exact duplicates',
  near: 'near-duplicates',
  none: 'no duplicates',
};

const dup = filter({
  name: 'duplicates',
  help: { example: 'dup:near', meaning: 'near-duplicates; dup:exact, dup:yes for both, dup:no' },
  /** exact: another file has the same encoded audio. near: another has the same recording, of those compared so far. */
  fields: { copies: optional(z.enum(COPY_KINDS)) },
  parse(value) {
    const copies = COPY_WORDS[value.toLowerCase()];
    return copies === undefined ? null : { copies };
  },
  refusal: { problem: 'is not valid', forms: ['yes', 'exact', 'near', 'no'] },
  write: ({ copies }) => Object.entries(COPY_WORDS).flatMap(([word, kind]) => (kind === copies && word !== '' ? [word] : [])), // prettier-ignore
  describe: ({ copies = 'any' }) => COPY_MEANING[copies],
  words: ['yes', 'exact', 'near', 'no'],
  offers: () => [
    ['near', 'the same recording in another form'],
    ['exact', 'the same audio'],
    ['yes', 'both'],
    ['no', 'files without duplicates'],
  ],
  option: { flags: '--duplicates <which>', meaning: 'yes, exact, near or no' },
});

const fav = filter({
  name: 'favourite',
  help: { example: 'fav:', meaning: 'favourites; fav:no for the others' },
  fields: {
    /** true: only favourites; false: none of them. */
    favourite: optional(z.boolean()),
  },
  parse(value) {
    const is = yesOrNo(value);
    return is === null ? null : { favourite: is };
  },
  refusal: { problem: 'is not valid', forms: ['', 'no'], more: ', for favourites and for the others' },
  write: ({ favourite }) => (favourite === undefined ? [] : [favourite ? '' : 'no']),
  describe: ({ favourite }) => (favourite ? 'favourites' : 'not a favourite'),
  words: ['yes', 'no'],
});

const is = filter({
  ...fav,
  name: 'is',
  help: { example: 'is:favourite', meaning: 'favourites, in words' },
  parse: (value) => (/^fav(?:ou?rite)?s?$/i.test(value) ? { favourite: true } : null),
  refusal: { problem: 'is not valid', forms: ['favourite'] },
  write: () => [],
  words: ['fav', 'favs', 'favorite', 'favourite', 'favorites', 'favourites'],
  isAlias: true,
});

const stars = filter({
  name: 'stars',
  help: { example: 'stars:>=3', meaning: 'stars, this many or more' },
  fields: {
    /** At least so many, 1..5: a search for good sounds wants the best ones, too. */
    minStars: optional(z.int().check(z.minimum(1), z.maximum(5))),
  },
  parse(value) {
    const match = /^(>=|≥|>)?\s*([0-5])\+?$/.exec(value);
    const least = Number(match?.[2] ?? 0) + (match?.[1] === '>' ? 1 : 0);
    return least < 1 || least > 5 ? null : { minStars: least };
  },
  refusal: {
    problem: 'is not a valid number of stars (1 to 5)',
    forms: ['>=3', '3'],
    more: ', both for three and more',
  },
  write: ({ minStars }) => (minStars === undefined ? [] : [`>=${minStars}`]),
  describe: ({ minStars = 0 }) => (minStars === 5 ? '5 stars' : `${minStars} stars or more`),
  beginning: /^(?:>=?|≥)$/,
  offers: () => [
    ['>=3', '3 stars or more'],
    ['>=4', '4 stars or more'],
    ['5', '5 stars'],
  ],
});

/** Text names the collection; the catalogue knows its id. */
const COLLECTION = { collectionId: optional(positive) };
const col = filter<typeof COLLECTION, { collection?: string }>({
  name: 'collection',
  help: { example: 'col:"night shift"', meaning: 'a collection' },
  fields: COLLECTION,
  parse: (value) => (value.trim() === '' ? null : { collection: value }),
  refusal: { problem: 'needs the name of a collection', forms: ['doors', '"Night train"'] },
  write: ({ collection }) => (collection === undefined ? [] : [collection]),
  describe: ({ collection = '' }) => `collection “${collection}”`,
  offers: ({ collections }) => collections.map((name) => [name, 'collection']),
});

export const FILTERS = {
  dur,
  fmt,
  ch,
  sr,
  in: folder,
  tag,
  added,
  ...FACT_FILTERS,
  clipped,
  issue,
  dup,
  fav,
  is,
  stars,
  col,
} as const;
export type FilterKey = keyof typeof FILTERS;
export const FILTER_KEYS = Object.keys(FILTERS) as FilterKey[];

/** Filters without a key. */
const OPTIONS = {
  /** Also files whose drive or path is not there now. */
  includeOffline: optional(z.boolean()),
};

type Checks = (typeof FILTERS)[FilterKey]['fields'] | typeof OPTIONS;
type Merged<T> = (T extends unknown ? (one: T) => void : never) extends (all: infer All) => void ? All : never;
type AllChecks = Merged<Checks>;

/** Checks of all fields, for the parsers of the contract. */
export const FIELD_CHECKS = Object.assign({}, ...Object.values(FILTERS).map(({ fields }) => fields), OPTIONS) as { [Field in keyof AllChecks]: AllChecks[Field] }; // prettier-ignore
export type SearchFilters = z.infer<z.ZodMiniObject<typeof FIELD_CHECKS>>;

function united<T>(first: readonly T[] = [], second: readonly T[] = []): T[] {
  return [...new Set([...first, ...second])];
}

function inDays(number: number): string {
  return number === 1 ? '1 day' : `${number} days`;
}
