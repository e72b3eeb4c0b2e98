/**
 * What a person types into the search box, as it is understood: plain words, quoted phrases, minus terms, inline filters.
 *
 *   rain -thunder -"heavy rain"  dur:<3  fmt:wav,flac  ch:stereo  sr:48k  in:"/Sounds/Doors"  tag:ambience
 *   fav: (or is:favourite)  stars:>=3  col:"Night train"
 */
import { UserError } from '../../shared/errors.ts';
import { tokens } from '../../shared/query/tokens.ts';
import { withValue, type TypedFilters } from '../../shared/query/values.ts';
import type { SearchFilters } from '../../shared/query/filters.ts';
import { withoutNegations, type TypedPart } from './negation.ts';

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

/**
 * What counts as a word, a minus term and a filter is written at `tokens`.
 * @throws UserError 'bad-input' for a known filter with a value that makes no sense; the sentence shows the right form
 */
export function parseQuery(input: string): ParsedQuery {
  const words: TypedPart[] = [];
  const minus = new Set<string>();
  let typed: TypedFilters = {};
  const text = input.normalize('NFC').replace(/[\p{Cc}\s]+/gu, ' ');
  for (const { kind, key, value, quoted, from, to } of tokens(text)) {
    if (key !== null && kind === 'minus') {
      const message = `“${text.slice(from, to)}”: a minus works with words only. Write a filter for what you want instead, such as fmt:wav.`;
      throw new UserError('bad-input', message);
    }
    if (key !== null) typed = withValue(typed, key, value);
    else if (value !== '' && kind === 'minus') minus.add(value);
    else if (value !== '') words.push({ text: value, quoted });
  }
  const { collection, ...filters } = typed;
  const { parts, without } = withoutNegations(words);
  const phrases = parts.filter((part) => part.quoted).map((part) => part.text);
  return {
    text: parts.map((part) => part.text).join(' '),
    minus: [...new Set([...minus, ...without])],
    filters,
    ...(collection !== undefined && { collection }),
    ...(phrases.length > 0 && { phrases }),
    ...(without.length > 0 && { without }),
  };
}
