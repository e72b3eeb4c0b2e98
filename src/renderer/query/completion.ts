/** What the search field offers at the caret: filter keys by their beginning, and values after a key. */
import type { KnownNames } from '../../shared/query/filter.ts';
import { FILTER_KEYS } from '../../shared/query/filters.ts';
import { filterToken, tokens } from '../../shared/query/tokens.ts';
import { accepts, filterOf } from '../../shared/query/values.ts';

export interface Completion {
  /** Takes the place of the text from `from` to `to`. */
  text: string;
  from: number;
  to: number;
  /** What it means, in words. */
  meaning: string;
  /** Typing continues after it (a key without its value). */
  open: boolean;
}

const MOST = 12;

/**
 * @param caret UTF-16 offset of the caret in the text
 * @returns at most 12, best first; empty when there is nothing to complete
 */
export function completions(text: string, caret: number, known: KnownNames): Completion[] {
  const token = tokens(text).find(({ from, to }) => from < caret && caret <= to);
  if (token === undefined || token.kind === 'minus') return [];
  const { from, to, key } = token;
  if (key === null) return caret === to ? keys(text.slice(from, caret)).map((offer) => ({ ...offer, from, to })) : [];
  const { offers, isList } = filterOf(key);
  const typed = text.slice(from + key.length + 1, caret).replace(/^["“„«]/, '');
  // Of several values only the last is completed.
  const before = isList ? typed.slice(0, typed.lastIndexOf(',') + 1) : '';
  const wanted = typed.slice(before.length).toLowerCase();
  return (offers?.(known) ?? [])
    .filter(([value]) => value.toLowerCase().startsWith(wanted) && value.toLowerCase() !== wanted)
    .map(([value, meaning]) => ({ text: filterToken(key, before + value), meaning }))
    .filter((offer): offer is { text: string; meaning: string } => offer.text !== null)
    .slice(0, MOST)
    .map((offer) => ({ ...offer, from, to, open: false }));
}

function keys(typed: string): Pick<Completion, 'text' | 'meaning' | 'open'>[] {
  if (typed.length < 2) return [];
  return FILTER_KEYS.filter((key) => key.startsWith(typed.toLowerCase()) && !filterOf(key).isAlias).map((key) => {
    const { example, meaning } = filterOf(key).help;
    return { text: `${key}:`, meaning: `${meaning}, such as ${example}`, open: !accepts(key, '') };
  });
}
