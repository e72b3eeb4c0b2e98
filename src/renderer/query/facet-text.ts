/** Bars of facets and the text of a search: which of them it asks for, and the text that asks for one more or one less. */
import type { Bar, Facet, FacetKey } from '../../shared/facets.ts';
import { filterToken, tokens, type Token } from '../../shared/query/tokens.ts';
import { accepts, filterOf, parseValue } from '../../shared/query/values.ts';
import { withoutToken } from './chips.ts';

/** The text asks for the files behind this bar; of several keys or kinds, for these among others. */
export function isChosen(text: string, { key }: Facet, { values }: Bar): boolean {
  const own = valuesOf(text, key);
  return filterOf(key).isList ? values.every((value) => own.includes(value)) : isSame(own, values);
}

/** The text that finds the files behind a bar; without them again where it asks for them already. */
export function withBar(text: string, facet: Facet, bar: Bar): string {
  const { key } = facet;
  const chosen = isChosen(text, facet, bar);
  const own = valuesOf(text, key);
  const values = filterOf(key).isList
    ? [(chosen ? own.filter((value) => !bar.values.includes(value)) : [...own, ...bar.values]).join(',')]
    : chosen ? [] : bar.values; // prettier-ignore
  const rest = tokensOf(text, key).reduceRight((left, token) => withoutToken(left, token), text);
  const written = values.filter((value) => value !== '').map((value) => filterToken(key, value));
  return [rest, ...written].filter((part) => part !== null && part !== '').join(' ');
}

function tokensOf(text: string, key: FacetKey): Token[] {
  return tokens(text).filter((token) => token.kind === 'filter' && token.key === key);
}

/** As the language writes them, whatever was typed: `8A` is Am. A value that is not understood is none. */
function valuesOf(text: string, key: FacetKey): string[] {
  const filter = filterOf(key);
  const understood = tokensOf(text, key).filter(({ value }) => value !== '' && accepts(key, value));
  return understood.flatMap(({ value }) => {
    const written = filter.write(parseValue(key, value));
    return filter.isList ? written.flatMap((list) => list.split(',')) : written;
  });
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value) => other.includes(value));
}
