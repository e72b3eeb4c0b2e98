/**
 * The text of the search field, taken apart where it stands, so that filters can be shown as chips and taken out
 * again. The engine has the last word on what a value means; here it is only found and put into words.
 */
import { AUDIO_FORMATS } from '../../shared/types.ts';
import { channels, duration, sampleRate } from '../words/units.ts';

export const FILTER_KEYS = ['dur', 'fmt', 'ch', 'sr', 'in', 'tag', 'fav', 'stars', 'col', 'is'] as const;
export type FilterKey = (typeof FILTER_KEYS)[number];

export interface Token {
  kind: 'word' | 'minus' | 'filter';
  /** UTF-16 offsets in the text: from, inclusive; to, exclusive. */
  from: number;
  to: number;
  /** The filter's key; null for words. */
  key: FilterKey | null;
  /** What stands after the key or the minus, or the word; without quotes. */
  value: string;
}

const QUOTES = '"“”„«»';
const MINUS = '-−–';

/** Every word, minus term and filter in its order. An unclosed quote reaches to the end. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    const from = at;
    const minus = MINUS.includes(text[at]!) && /^[\p{L}\p{N}"“”„«»]/u.test(text.slice(at + 1, at + 3));
    if (minus) at++;
    const key = minus ? null : keyAt(text, at);
    if (key !== null) at += key.length + 1;
    const { value, to } = valueAt(text, at);
    at = to;
    found.push({ kind: key !== null ? 'filter' : minus ? 'minus' : 'word', from, to, key, value });
  }
  return found;
}

function keyAt(text: string, at: number): FilterKey | null {
  const key = /^([a-z]+):/i.exec(text.slice(at, at + 8))?.[1]?.toLowerCase();
  return FILTER_KEYS.find((known) => known === key) ?? null;
}

function valueAt(text: string, at: number): { value: string; to: number } {
  if (at < text.length && QUOTES.includes(text[at]!)) {
    let end = at + 1;
    while (end < text.length && !QUOTES.includes(text[end]!)) end++;
    return { value: text.slice(at + 1, end).trim(), to: Math.min(end + 1, text.length) };
  }
  const length = /^\S*/.exec(text.slice(at))![0].length;
  return { value: text.slice(at, at + length), to: at + length };
}

/** The text without one token, and without the double space that it would leave. */
export function withoutToken(text: string, token: Pick<Token, 'from' | 'to'>): string {
  const before = text.slice(0, token.from).trimEnd();
  const after = text.slice(token.to).trimStart();
  return before !== '' && after !== '' ? `${before} ${after}` : before + after;
}

/** Filters whose value is not typed to its end yet, taken out: half a filter must not stop the search. */
export function withoutUnfinishedFilters(text: string): string {
  let kept = text;
  for (const token of tokens(text).reverse()) {
    if (token.kind === 'filter' && isUnfinished(token.key!, token.value)) kept = withoutToken(kept, token);
  }
  return kept.trim();
}

/** What values of a key may be; of others only that something has to stand there is known. */
const WHOLE_VALUES: Partial<Record<FilterKey, readonly string[]>> = {
  fmt: [...AUDIO_FORMATS, 'wave', 'aif', 'aifc', 'oga', 'vorbis', 'mp4', 'm4b', 'alac', 'wv'],
  ch: ['mono', 'stereo', 'quad', '5.1', '7.1'],
  fav: ['yes', 'no'],
  is: ['fav', 'favs', 'favorite', 'favourite', 'favorites', 'favourites'],
};

/** The value is nothing, an operator alone, or the beginning of one that makes sense. */
function isUnfinished(key: FilterKey, value: string): boolean {
  if (value === '') return key !== 'fav';
  if (key === 'dur') return /^(?:[<>≤≥]=?)?(?:[-–—.]*|[\d:]*:)$/u.test(value);
  if (key === 'stars') return /^(?:>=?|≥)$/u.test(value);
  if (key === 'ch' && /^\d+$/.test(value)) return false;
  const typed = value
    .toLowerCase()
    .split(/[,;|+]/)
    .at(-1)!;
  const whole = WHOLE_VALUES[key] ?? [];
  return typed !== '' && !whole.includes(typed) && whole.some((one) => one.startsWith(typed));
}

export interface Chip {
  token: Token;
  /** In words: `shorter than 4 s`, `not “squeak”`. */
  label: string;
}

/** Filters and minus terms in words; words themselves are no chips. */
export function chips(text: string): Chip[] {
  return tokens(text)
    .filter((token) => token.kind !== 'word' && (token.value !== '' || token.key === 'fav'))
    .map((token) => ({ token, label: describe(token) }));
}

function describe({ key, value }: Token): string {
  switch (key) {
    case null:
      return `not “${value}”`;
    case 'dur':
      return describeDuration(value);
    case 'fmt':
      return value
        .toUpperCase()
        .split(/[,;|+]/)
        .filter(Boolean)
        .join(' or ');
    case 'ch':
      return /^\d+$/.test(value) ? channels(Number(value)) : value;
    case 'sr':
      return describeSampleRate(value);
    case 'in':
      return `in ${value}`;
    case 'tag':
      return `tag “${value}”`;
    case 'fav':
      return /^(no|0|false)$/i.test(value) ? 'not a favourite' : 'favourites';
    case 'is':
      return value;
    case 'stars':
      return describeStars(value);
    case 'col':
      return `collection “${value}”`;
  }
}

function describeDuration(value: string): string {
  if (!/\d/.test(value)) return `length “${value}”`; // no length; the engine says what one looks like
  const compared = /^([<>≤≥])=?(.+)$/u.exec(value);
  if (compared) return `${/[<≤]/.test(compared[1]!) ? 'shorter' : 'longer'} than ${seconds(compared[2]!)}`;
  const range = /^(.*?)(?:-|–|\.\.)(.*)$/.exec(value);
  if (!range) return `about ${seconds(value)}`;
  const [, from, to] = range as unknown as [string, string, string];
  if (from === '') return `up to ${seconds(to)}`;
  if (to === '') return `${seconds(from)} and longer`;
  return `${isBare(from) && isBare(to) && Number(to) < 60 ? from : seconds(from)} to ${seconds(to)}`;
}

/** A bare number is seconds; anything else is already a unit or a clock time. */
function isBare(value: string): boolean {
  return /^\d+(\.\d*)?$/.test(value);
}

function seconds(value: string): string {
  return isBare(value) ? duration(Number(value)).replace('.0 s', ' s') : value;
}

function describeSampleRate(value: string): string {
  const match = /^(\d+(?:\.\d+)?)(k|khz|hz)?$/i.exec(value);
  if (!match) return value;
  const number = Number(match[1]);
  const unit = match[2]?.toLowerCase();
  return sampleRate(unit === 'hz' || (unit === undefined && number >= 1000) ? number : number * 1000);
}

function describeStars(value: string): string {
  const match = /^(>=|≥|>)?([0-5])\+?$/.exec(value);
  if (!match) return `${value} stars`;
  const least = Number(match[2]) + (match[1] === '>' ? 1 : 0);
  return least >= 5 ? '5 stars' : `${least} stars and more`;
}
