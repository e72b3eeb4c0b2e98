/** The text of a search, taken apart where it stands: words, minus terms and filters, with their places. */
import { FILTERS, type FilterKey } from './filters.ts';

export interface Token {
  kind: 'word' | 'minus' | 'filter';
  /** UTF-16 offsets in the text: from, inclusive; to, exclusive. */
  from: number;
  to: number;
  /** The key of a filter, or of one behind a minus, where none may be; null for words. */
  key: FilterKey | null;
  /** What stands after the key or the minus, or the word; without quotes, single spaces between. */
  value: string;
  quoted: boolean;
}

// Keyboards and word processors also make these of " and -.
const QUOTES = '"“”„«»';
const MINUS = '-−–';
const KEY = /([a-z]+):/iy;

/**
 * A minus counts only at the beginning of a word and directly before a letter, digit or quote: `lo-fi` is one
 * word, `drum -` and `--` are literal. An unclosed quote reaches to the end, so that typing never fails half-way.
 * Keys that we do not know (`re:verb`, `3:45`) are words.
 * @returns every word, minus term and filter in its order; a word may be empty: `""`
 */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (isSpace(text[at]!)) {
      at++;
      continue;
    }
    const from = at;
    const minus = MINUS.includes(text[at]!) && /^[\p{L}\p{N}"“”„«»]/u.test(text.slice(at + 1, at + 3));
    if (minus) at++;
    const key = keyAt(text, at);
    if (key !== null) at += key.length + 1;
    const value = valueAt(text, at);
    at = value.to;
    found.push({ kind: minus ? 'minus' : key === null ? 'word' : 'filter', from, key, ...value });
  }
  return found;
}

/** As it is typed; in quotes where it has spaces. @returns null for a value that no text can have */
export function filterToken(key: FilterKey, value: string): string | null {
  const text = `${key}:${/\s/.test(value) ? `"${value}"` : value}`;
  const [token, ...more] = tokens(text);
  return more.length === 0 && token?.key === key && token.value === value ? text : null;
}

function isSpace(character: string): boolean {
  return /[\s\p{Cc}]/u.test(character);
}

function keyAt(text: string, at: number): FilterKey | null {
  KEY.lastIndex = at;
  const key = KEY.exec(text)?.[1]?.toLowerCase();
  return key !== undefined && Object.hasOwn(FILTERS, key) ? (key as FilterKey) : null;
}

function valueAt(text: string, from: number): Pick<Token, 'to' | 'value' | 'quoted'> {
  const quoted = from < text.length && QUOTES.includes(text[from]!);
  let end = quoted ? from + 1 : from;
  const isEnd = quoted ? (character: string) => QUOTES.includes(character) : isSpace;
  while (end < text.length && !isEnd(text[end]!)) end++;
  if (!quoted) return { to: end, value: text.slice(from, end), quoted };
  const value = text.slice(from + 1, end).trim().replace(/[\s\p{Cc}]+/gu, ' '); // prettier-ignore
  return { to: Math.min(end + 1, text.length), value, quoted };
}
