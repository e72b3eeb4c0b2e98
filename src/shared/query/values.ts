/** What the filters of filters.ts have in common: values are read, put into words, written and joined here. */
import { UserError } from '../errors.ts';
import type { FieldChecks, Filter } from './filter.ts';
import { FILTER_KEYS, FILTERS, type FilterKey, type SearchFilters } from './filters.ts';
import { filterToken, tokens } from './tokens.ts';

/** Filters as text has them: a collection is typed by its name. */
export type TypedFilters = Omit<SearchFilters, 'collectionId'> & { collection?: string };

/** The entry of a key, whichever it is. */
export function filterOf(key: FilterKey): Filter<FieldChecks, TypedFilters> {
  return FILTERS[key];
}

/** @throws UserError bad-input for a value that makes no sense; the sentence shows the right form */
export function parseValue(key: FilterKey, value: string): TypedFilters {
  const { problem, forms, more = '' } = filterOf(key).refusal;
  const typed = filterOf(key).parse(value);
  if (typed !== null) return typed;
  const written = inWords(forms.map((form) => `${key}:${form}`));
  throw new UserError('bad-input', `“${key}:${value}” ${problem}. Write ${written}${more}.`);
}

/** What values the option of a key takes, as they are written on a command line. */
export function formsOf(key: FilterKey): string {
  return inWords(filterOf(key).refusal.forms.map((form) => (/^\w[\w.,-]*$/.test(form) ? form : `"${form.replaceAll('"', '')}"`))); // prettier-ignore
}

function inWords(forms: readonly string[]): string {
  return forms.length === 1 ? forms[0]! : `${forms.slice(0, -1).join(', ')} or ${forms.at(-1)!}`;
}

/** @returns null where the value is refused */
function tryValue(key: FilterKey, value: string): TypedFilters | null {
  try {
    return filterOf(key).parse(value);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

export function accepts(key: FilterKey, value: string): boolean {
  return tryValue(key, value) !== null;
}

/** It is refused, and may be accepted when it has been typed to its end: nothing yet, an operator, half a word. */
export function isUnfinished(key: FilterKey, value: string): boolean {
  if (accepts(key, value)) return false;
  if (value === '') return true;
  const { beginning, words = [] } = filterOf(key);
  const typed = value
    .toLowerCase()
    .split(/[,;|+]/)
    .at(-1)!;
  return beginning?.test(value) === true || (typed !== '' && words.some((word) => word.startsWith(typed)));
}

/** On a chip: `shorter than 4 s`; a value that is refused as it was typed, after what it is about. */
export function describeValue(key: FilterKey, value: string): string {
  const typed = tryValue(key, value);
  return typed === null ? `${filterOf(key).name} “${value}”` : filterOf(key).describe(typed, value);
}

/** What looks like a filter and is none: a word before a colon with something right behind it, but no address. */
const LIKE_FILTER = /^([a-z]{2,}):(?!\/\/)(\S+)$/i;

/** Words of a text that look like filters, and the filter that may have been meant: `format:wav` → `fmt:wav`. */
export function unknownFilters(text: string): { written: string; key: string; meant: string | null }[] {
  return tokens(text).flatMap(({ key: known, quoted, value: written }) => {
    const [, key, value] = (known === null && !quoted && LIKE_FILTER.exec(written)) || [];
    if (key === undefined || value === undefined) return [];
    const meant = FILTER_KEYS.find((one) => isCalled(one, key.toLowerCase()) && accepts(one, value));
    return [{ written, key, meant: meant === undefined ? null : filterToken(meant, value) }];
  });
}

/** What a filter is about is called so, or begins so. */
function isCalled(key: FilterKey, word: string): boolean {
  return word.length > 2 && filterOf(key).name.split(' ').some((name) => name.startsWith(word)); // prettier-ignore
}

/** A key of the text added to those before it. @throws UserError bad-input */
export function withValue(filters: TypedFilters, key: FilterKey, value: string): TypedFilters {
  const typed = parseValue(key, value);
  return { ...filters, ...(filterOf(key).again?.(filters, typed) ?? typed) };
}

/** Filters from options and filters typed inline, joined: durations narrow, tags add up; otherwise what was typed counts. */
export function mergeFilters(options: SearchFilters, inline: SearchFilters): SearchFilters {
  const joined = FILTER_KEYS.map((key) => filterOf(key).merge?.(options, inline) ?? {});
  return Object.assign({ ...options, ...inline }, ...joined) as SearchFilters;
}

/** The filters as they are typed, in the order of the keys. What cannot be typed, such as a folder with a quote, is left out. */
export function filterText(filters: TypedFilters): string {
  const written = FILTER_KEYS.flatMap((key) =>
    filterOf(key)
      .write(filters)
      .map((value) => filterToken(key, value)),
  );
  return written.filter((token) => token !== null).join(' ');
}
