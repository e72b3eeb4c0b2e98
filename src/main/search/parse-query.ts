/**
 * What a person types into the search box, taken apart: plain words, quoted phrases, minus terms, inline filters.
 *
 *   rain -thunder -"heavy rain"  dur:<3  fmt:wav,flac  ch:stereo  sr:48k  in:"/Sounds/Doors"  tag:ambience
 *   fav: (or is:favourite)  stars:>=3  col:"Night train"
 */
import { UserError } from '../../shared/errors.ts';
import { AUDIO_FORMATS, type AudioFormat, type SearchFilters } from '../../shared/types.ts';
import { withoutNegations, type TypedPart } from './negation.ts';
import { parseDurationRange } from './parse-duration.ts';

export { parseDuration, parseDurationRange } from './parse-duration.ts';

export interface ParsedQuery {
  /** The plain words in their order, single spaces between; '' when there are none. */
  text: string;
  /** What hits must not sound or be called like, without its minus and quotes; no duplicates. */
  minus: string[];
  filters: SearchFilters;
  /** Quoted words: a name has them one after the other, or says nothing. Absent when there are none. */
  phrases?: string[];
  /** Those minus terms that were said in words ("without rain"). Absent when there are none. */
  without?: string[];
  /** Name of a collection as typed; the catalogue knows its id. */
  collection?: string;
}

// Keyboards and word processors also make these of " and -.
const QUOTES = '"“”„«»';
const MINUS = '-−–';

const FORMAT_ALIASES = new Map<string, AudioFormat>([
  ...AUDIO_FORMATS.map((format) => [format, format] as const),
  ['wave', 'wav'],
  ['aif', 'aiff'],
  ['aifc', 'aiff'],
  ['oga', 'ogg'],
  ['vorbis', 'ogg'],
  ['mp4', 'm4a'],
  ['m4b', 'm4a'],
  ['alac', 'm4a'],
  ['wv', 'wavpack'],
]);

const CHANNEL_NAMES = new Map([
  ['mono', 1],
  ['stereo', 2],
  ['quad', 4],
  ['5.1', 6],
  ['7.1', 8],
]);

const FAVOURITE_WORDS = new Map([
  ['', true],
  ['yes', true],
  ['no', false],
]);

/** One reader a key. A second `dur:` narrows, `fmt:` and `tag:` add, of the others the last one counts. */
const FILTER_KEYS: Record<string, (value: string, filters: SearchFilters, query: ParsedQuery) => void> = {
  dur: (value, filters) => Object.assign(filters, narrowDuration(filters, parseDurationRange(value))),
  fmt: (value, filters) => {
    filters.formats = [...new Set([...(filters.formats ?? []), ...parseFormats(value)])];
  },
  ch: (value, filters) => {
    filters.channels = parseChannels(value);
  },
  sr: (value, filters) => {
    filters.sampleRate = parseSampleRate(value);
  },
  in: (value, filters) => {
    if (value.trim() === '')
      throw new UserError('bad-input', '“in:” needs a folder. Write in:doors or in:"/Sounds/My doors".');
    filters.folder = value.trim();
  },
  tag: (value, filters) => {
    if (value.trim() === '')
      throw new UserError('bad-input', '“tag:” needs a word. Write tag:ambience or tag:"sci fi".');
    filters.tags = [...new Set([...(filters.tags ?? []), value.trim()])];
  },
  fav: (value, filters) => {
    const favourite = FAVOURITE_WORDS.get(value.toLowerCase());
    if (favourite === undefined)
      throw new UserError('bad-input', `“fav:${value}” is not understood. Write fav: for favourites, fav:no for the others.`); // prettier-ignore
    filters.favourite = favourite;
  },
  is: (value, filters) => {
    if (!/^fav(?:ou?rite)?s?$/i.test(value))
      throw new UserError('bad-input', `“is:${value}” is not understood. Write is:favourite.`);
    filters.favourite = true;
  },
  stars: (value, filters) => {
    filters.minStars = parseStars(value);
  },
  col: (value, _, query) => {
    if (value.trim() === '')
      throw new UserError('bad-input', '“col:” needs the name of a collection. Write col:doors or col:"Night train".');
    query.collection = value.trim();
  },
};

/**
 * A minus counts only at the beginning of a word and directly before a letter, digit or quote: `lo-fi` is one
 * word, `drum -` and `--` are literal. An unclosed quote reaches to the end, so that typing never fails half-way.
 * Keys that we do not know (`re:verb`, `3:45`) are words.
 * @throws UserError 'bad-input' for a known filter with a value that makes no sense; the sentence shows the right form
 */
export function parseQuery(input: string): ParsedQuery {
  const words: TypedPart[] = [];
  const minus = new Set<string>();
  const query: ParsedQuery = { text: '', minus: [], filters: {} };
  const text = input.normalize('NFC').replace(/[\p{Cc}\s]+/gu, ' ');
  let at = 0;

  /** From an opening quote at `at` to the closing one; moves behind it. */
  function quoted(): string {
    let end = at + 1;
    while (end < text.length && !QUOTES.includes(text[end]!)) end++;
    const inside = text.slice(at + 1, end);
    at = end + 1;
    return inside.trim().replace(/ +/g, ' ');
  }
  /** To the next space; moves to it. */
  function bare(): string {
    const space = text.indexOf(' ', at);
    const end = space === -1 ? text.length : space;
    const run = text.slice(at, end);
    at = end;
    return run;
  }
  const atQuote = () => at < text.length && QUOTES.includes(text[at]!);

  while (at < text.length) {
    if (text[at] === ' ') {
      at++;
      continue;
    }
    const start = at;
    const next = text.slice(at + 1, at + 3);
    const excluded = MINUS.includes(text[at]!) && (/^[\p{L}\p{N}]/u.test(next) || QUOTES.includes(next[0] ?? ' '));
    if (excluded) at++;
    const key = /^([a-z]+):/i.exec(text.slice(at, at + 8))?.[1]?.toLowerCase();
    if (key !== undefined && Object.hasOwn(FILTER_KEYS, key)) {
      at += key.length + 1;
      const value = atQuote() ? quoted() : bare();
      if (excluded) {
        throw new UserError(
          'bad-input',
          `“${text.slice(start, at)}”: a minus goes before words only. Write the filter for what you want, such as fmt:wav.`,
        );
      }
      FILTER_KEYS[key]!(value, query.filters, query);
      continue;
    }
    const isQuoted = atQuote();
    const word = isQuoted ? quoted() : bare();
    if (word === '') continue;
    if (excluded) minus.add(word);
    else words.push({ text: word, quoted: isQuoted });
  }
  const { parts, without } = withoutNegations(words);
  const phrases = parts.filter((part) => part.quoted).map((part) => part.text);
  return {
    ...query,
    text: parts.map((part) => part.text).join(' '),
    minus: [...new Set([...minus, ...without])],
    ...(phrases.length > 0 && { phrases }),
    ...(without.length > 0 && { without }),
  };
}

/**
 * Filters from options and filters typed inline, joined: durations narrow, tags add up; otherwise what was typed
 * inline counts.
 */
export function mergeFilters(options: SearchFilters, inline: SearchFilters): SearchFilters {
  const merged: SearchFilters = { ...options, ...inline, ...narrowDuration(options, inline) };
  const tags = [...new Set([...(options.tags ?? []), ...(inline.tags ?? [])])];
  if (tags.length > 0) merged.tags = tags;
  return merged;
}

function narrowDuration(a: SearchFilters, b: SearchFilters): Pick<SearchFilters, 'minSeconds' | 'maxSeconds'> {
  const minSeconds = Math.max(a.minSeconds ?? 0, b.minSeconds ?? 0);
  const maxSeconds = Math.min(a.maxSeconds ?? Infinity, b.maxSeconds ?? Infinity);
  return { ...(minSeconds > 0 && { minSeconds }), ...(maxSeconds < Infinity && { maxSeconds }) };
}

function parseFormats(value: string): AudioFormat[] {
  const names = value
    .toLowerCase()
    .split(/[,;|+ ]/)
    .map((name) => name.replace(/^\*?\./, ''))
    .filter((name) => name !== '');
  const formats = names.map((name) => FORMAT_ALIASES.get(name));
  if (formats.length === 0 || formats.includes(undefined)) {
    throw new UserError(
      'bad-input',
      `“fmt:${value}” is not a format Earmark knows. Write fmt:wav or fmt:wav,flac; there are ${AUDIO_FORMATS.join(', ')}.`,
    );
  }
  return formats as AudioFormat[];
}

function parseChannels(value: string): number {
  const named = CHANNEL_NAMES.get(value.toLowerCase());
  if (named !== undefined) return named;
  const channels = /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (channels < 1) {
    throw new UserError(
      'bad-input',
      `“ch:${value}” is not a number of channels. Write ch:1, ch:2, ch:mono or ch:stereo.`,
    );
  }
  return channels;
}

/** Anything under 1000 is meant in kHz: no audio file has fewer than 1000 samples a second. */
function parseSampleRate(value: string): number {
  const match = /^(\d+(?:\.\d+)?)(k|khz|hz)?$/i.exec(value);
  const number = Number(match?.[1] ?? 0);
  const unit = match?.[2]?.toLowerCase();
  const hz = Math.round(
    unit === 'k' || unit === 'khz' || (unit === undefined && number < 1000) ? number * 1000 : number,
  );
  if (hz < 1000 || hz > 10_000_000) {
    throw new UserError('bad-input', `“sr:${value}” is not a sample rate. Write sr:48000, sr:48k or sr:44.1k.`);
  }
  return hz;
}

/** At least so many: a search for good sounds wants the best ones, too. */
function parseStars(value: string): number {
  const match = /^(>=|≥|>)?\s*([0-5])\+?$/.exec(value);
  const stars = Number(match?.[2] ?? 0) + (match?.[1] === '>' ? 1 : 0);
  if (stars < 1 || stars > 5) {
    throw new UserError(
      'bad-input',
      `“stars:${value}” is not a number of stars from 1 to 5. Write stars:>=3 or stars:3, both for three and more.`,
    );
  }
  return stars;
}
