/** Filters put into the text of a search and taken out of it: what is pointed at builds the text that would be typed. */
import type { FilterKey } from '../../shared/query/filters.ts';
import { filterToken, tokens, type Token } from '../../shared/query/tokens.ts';
import { withoutToken } from './chips.ts';

/** Case, and quotes that cannot be typed, make no other name; of folders they do. */
function isSame(key: FilterKey, one: string, other: string): boolean {
  return key === 'in' ? one === other : typeable(one).toLowerCase() === typeable(other).toLowerCase();
}

/** A name as it can stand in the text: without quotes, with single spaces. */
export function typeable(name: string): string {
  return name.replace(/["“”„«»]/g, '').replace(/[\s\p{Cc}]+/gu, ' ').trim(); // prettier-ignore
}

function tokensOf(text: string, key: FilterKey): Token[] {
  return tokens(text).filter((token) => token.kind === 'filter' && token.key === key);
}

/** @returns whether the filter with this value stands in the text */
export function filtersIn(text: string): (key: FilterKey, value: string) => boolean {
  const all = tokens(text).filter(({ kind }) => kind === 'filter');
  return (key, value) => all.some((token) => token.key === key && isSame(key, token.value, value));
}

/** @param value of the filter; null: whatever its value */
export function withoutFilter(text: string, key: FilterKey, value: string | null = null): string {
  const out = tokensOf(text, key).filter((token) => value === null || isSame(key, token.value, value));
  return out.reverse().reduce(withoutToken, text);
}

/**
 * The filter behind the other words, in the place of others with its key.
 * @param beside others with its key stay
 * @returns null for a value that cannot be typed: one with a quotation mark
 */
export function withFilter(text: string, key: FilterKey, value: string, beside = false): string | null {
  const token = filterToken(key, value);
  if (token === null) return null;
  const kept = withoutFilter(text, key, beside ? value : null).trim();
  return kept === '' ? token : `${kept} ${token}`;
}
