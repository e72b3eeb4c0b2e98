/** A query as it is understood. */
import { UserError } from '../../shared/errors.ts';
import type { SearchFilters } from '../../shared/query/filters.ts';
import { mergeFilters, unknownFilters } from '../../shared/query/values.ts';
import { queryOf, referencesOf } from '../../shared/query/references.ts';
import { EVEN_BALANCE, type SearchQuery } from '../../shared/types.ts';
import type { CollectionStore } from '../catalogue/stores/collections.ts';
import { restricts } from '../catalogue/queries/filters.ts';
import { parseQuery } from './parse-query.ts';
import type { ReferenceWindows } from './reference-windows.ts';

const DEFAULT_LIMIT = 50;

export interface Question {
  /** Plain words; '' when there are none. */
  text: string;
  /** A sound was given, or several. */
  like: boolean;
  /** Share of the words in what counts, 0..1; 1 without a sound, 0 without words. */
  balance: number;
  /** Neither words nor a sound: whatever passes the filters is a hit. */
  byFilterAlone: boolean;
  minus: string[];
  /** Those minus terms that were said in words. */
  without: string[];
  /** Words that look like filters and are none. */
  unknownFilters: ReturnType<typeof unknownFilters>;
  /** Quoted words that a name has to have one after the other to say anything. */
  phrases: string[];
  /** The text was longer, and is cut. */
  isCut: boolean;
  filters: SearchFilters;
  limit: number;
  includeUnlikely: boolean;
  /** Copies and variants are one hit. */
  grouped: boolean;
}

/** Longer texts are cut: text encoders read no more than about so much (64 tokens and more), and silently. */
const MOST_WORDS = 40;
const MOST_CHARACTERS = 300;

/** @returns the first words of a text, none of them cut inside unless it is longer than all may be */
function cut(text: string): { text: string; isCut: boolean } {
  const words = text.split(' ').slice(0, MOST_WORDS);
  let kept = words.join(' ');
  while (kept.length > MOST_CHARACTERS && words.length > 1) {
    words.pop();
    kept = words.join(' ');
  }
  kept = kept.slice(0, MOST_CHARACTERS);
  return { text: kept, isCut: kept.length < text.length };
}

/**
 * @param windows embeddings of the sounds that the query names
 * @throws UserError 'bad-input' when there is nothing to look for, a filter is malformed or the sound is silent,
 *   'not-found' when it names a collection that is not there
 */
export function understand(
  query: SearchQuery,
  windows: ReferenceWindows,
  collections: Pick<CollectionStore, 'idOf' | 'nameOf'>,
): Question {
  const parsed = parseQuery(query.text ?? '');
  const { minus, without = [], phrases = [], filters: inline, collection } = parsed;
  const { text, isCut } = cut(parsed.text);
  const filters = mergeFilters(query.filters ?? {}, inline);
  if (collection !== undefined) filters.collectionId = collections.idOf(collection);
  else if (filters.collectionId !== undefined) collections.nameOf(filters.collectionId);
  refuseSilent(query, windows);
  const like = windows.like.length > 0;
  if (text === '' && !like && !restricts(filters)) {
    const message =
      windows.unlike.length > 0
        ? 'Files to be unlike say nothing about what to find. Also describe it, or choose a file that it should resemble.'
        : minus.length > 0
          ? `“${query.text!.trim()}” only excludes sounds. Also describe what to find: rain -thunder.`
          : 'Enter a description, such as “heavy door slams”, or choose a reference file.';
    throw new UserError('bad-input', message);
  }
  const shared = query.balance ?? EVEN_BALANCE;
  if (!(shared >= 0 && shared <= 1)) throw new UserError('bad-input', 'The balance must be between 0 (sounds alone) and 1 (words alone).'); // prettier-ignore
  if (query.inSameFile === true && query.likePath === undefined) {
    throw new UserError('bad-input', 'Specify the file to search in, as the reference file.');
  }
  const limit = query.limit ?? DEFAULT_LIMIT;
  if (!Number.isInteger(limit) || limit < 1)
    throw new UserError('bad-input', 'The number of results must be a whole number, 1 or greater.');
  const { includeUnlikely = false } = query;
  const grouped = query.grouped === true && !asksForCopies(filters);
  const byFilterAlone = text === '' && !like;
  const balance = !like ? 1 : text === '' ? 0 : shared;
  return {
    ...{ text, like, balance, byFilterAlone, minus, without, phrases, isCut, filters, limit, includeUnlikely, grouped },
    unknownFilters: unknownFilters(query.text ?? ''),
  };
}

function refuseSilent(query: SearchQuery, windows: ReferenceWindows): void {
  const { like, unlike } = referencesOf(query);
  for (const [sounds, embedded] of [
    [like, windows.like],
    [unlike, windows.unlike],
  ] as const) {
    const silent = sounds.find((_, at) => embedded[at] === undefined || embedded[at].length === 0);
    if (silent === undefined) continue;
    throw new UserError('bad-input', `“${silent.path}” is silent there. Choose another file, or another part of it.`);
  }
}

/** Who asks for duplicates asks for each of them: one row for all copies would hide what was asked for. */
function asksForCopies({ copies = 'none', issues = [] }: SearchFilters): boolean {
  return copies !== 'none' || issues.includes('duplicate') || issues.includes('near-duplicate');
}

/** What was searched for, after filters and minus terms were taken out of the text. */
export function understood(
  query: SearchQuery,
  { text, filters, limit, includeUnlikely, grouped }: Question,
): SearchQuery {
  return {
    ...(text !== '' && { text }),
    ...queryOf(referencesOf(query)),
    ...(query.balance !== undefined && { balance: query.balance }),
    ...(query.inSameFile === true && { inSameFile: true }),
    ...(query.alsoModel !== undefined && { alsoModel: query.alsoModel }),
    filters,
    limit,
    includeUnlikely,
    grouped,
  };
}
