/** Filters and minus terms of the search field as chips, which can be taken out again. */
import { tokens, type Token } from '../../shared/query/tokens.ts';
import { accepts, describeValue, isUnfinished } from '../../shared/query/values.ts';

export interface Chip {
  token: Token;
  /** In words: `shorter than 4 s`, `not “squeak”`. */
  label: string;
}

/** Words are no chips, and neither is what has nothing behind its key or minus yet. */
export function chips(text: string): Chip[] {
  return tokens(text).flatMap((token) => {
    const { kind, key, value, from, to } = token;
    if (kind === 'minus') {
      const left = key === null ? value : text.slice(from + 1, to);
      return left === '' ? [] : [{ token, label: `not “${left}”` }];
    }
    if (key === null || (value === '' && !accepts(key, value))) return [];
    return [{ token, label: describeValue(key, value) }];
  });
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
