/** What the search field offers at the caret: filter keys by their beginning, and values after a key. */
import type { AudioFormat } from '../../shared/types.ts';
import { tokens, type FilterKey } from './tokens.ts';

export interface Completion {
  /** Takes the place of the text from `from` to `to`. */
  text: string;
  from: number;
  to: number;
  /** What it means, in words. */
  meaning: string;
  /** Typing goes on behind it (a key without its value). */
  open: boolean;
}

const KEY_MEANINGS: Record<Exclude<FilterKey, 'is'>, string> = {
  dur: 'duration, such as dur:<4 or dur:2-10',
  fmt: 'format, such as fmt:wav,flac',
  ch: 'channels, such as ch:stereo',
  sr: 'sample rate, such as sr:48k',
  in: 'folder, such as in:doors',
  tag: 'tag in the file, such as tag:ambience',
  fav: 'favourites only',
  stars: 'stars, such as stars:>=3',
  col: 'collection, such as col:"night shift"',
};

/** Formats people have, most common first. */
const FORMATS: AudioFormat[] = ['wav', 'flac', 'mp3', 'aiff', 'ogg', 'opus', 'm4a', 'aac', 'caf', 'w64', 'rf64', 'wma'];

const FIXED_VALUES: Partial<Record<FilterKey, [value: string, meaning: string][]>> = {
  dur: [
    ['<1', 'shorter than 1 s'],
    ['<4', 'shorter than 4 s'],
    ['2-10', '2 to 10 s'],
    ['>30', 'longer than 30 s'],
    ['>5m', 'longer than 5 minutes'],
  ],
  fmt: FORMATS.map((format) => [format, format.toUpperCase()]),
  ch: [
    ['mono', 'one channel'],
    ['stereo', 'two channels'],
    ['quad', 'four channels'],
    ['5.1', 'six channels'],
  ],
  sr: [
    ['44.1k', '44.1 kHz'],
    ['48k', '48 kHz'],
    ['96k', '96 kHz'],
    ['192k', '192 kHz'],
  ],
  stars: [
    ['>=3', '3 stars and more'],
    ['>=4', '4 stars and more'],
    ['5', '5 stars'],
  ],
};

/** Names from the catalogue that complete `in:` and `col:`. */
export interface KnownNames {
  folders: readonly string[];
  collections: readonly string[];
}

/**
 * @param caret UTF-16 offset of the caret in the text
 * @returns at most 12, best first; empty when there is nothing to complete
 */
export function completions(text: string, caret: number, known: KnownNames): Completion[] {
  const token = tokens(text).find(({ from, to }) => from < caret && caret <= to);
  if (token === undefined || token.kind === 'minus') return [];
  if (token.kind === 'word') {
    const typed = text.slice(token.from, caret).toLowerCase();
    if (typed.length < 2 || caret !== token.to) return [];
    return Object.entries(KEY_MEANINGS)
      .filter(([key]) => key.startsWith(typed))
      .map(([key, meaning]) => ({ text: `${key}:`, from: token.from, to: token.to, meaning, open: key !== 'fav' }));
  }
  const key = token.key!;
  const start = token.from + key.length + 1;
  const typed = text.slice(start, caret).replace(/^["“„«]/, '');
  // fmt takes several: only the last of them is completed.
  const comma = key === 'fmt' ? typed.lastIndexOf(',') + 1 : 0;
  const wanted = typed.slice(comma).toLowerCase();
  return valuesOf(key, known)
    .filter(([value]) => value.toLowerCase().startsWith(wanted) && value.toLowerCase() !== wanted)
    .slice(0, 12)
    .map(([value, meaning]) => ({
      text: `${key}:${typed.slice(0, comma)}${quotedIfNeeded(value)}`,
      from: token.from,
      to: token.to,
      meaning,
      open: false,
    }));
}

function valuesOf(key: FilterKey, { folders, collections }: KnownNames): [string, string][] {
  if (key === 'in') return folders.map((folder) => [folder, 'folder']);
  if (key === 'col') return collections.map((name) => [name, 'collection']);
  return FIXED_VALUES[key] ?? [];
}

function quotedIfNeeded(value: string): string {
  return /\s/.test(value) ? `"${value}"` : value;
}
