/** A query as it is understood. */
import { UserError } from '../../shared/errors.ts';
import type { SearchFilters, SearchQuery } from '../../shared/types.ts';
import type { CollectionStatements } from '../catalogue/collections.ts';
import { restricts } from './filters.ts';
import { mergeFilters, parseQuery } from './parse-query.ts';

const DEFAULT_LIMIT = 50;

export interface Question {
  /** Plain words; '' when there are none. */
  text: string;
  /** A sound was given. */
  like: boolean;
  /** Neither words nor a sound: whatever passes the filters is a hit. */
  byFilterAlone: boolean;
  minus: string[];
  /** Those minus terms that were said in words. */
  without: string[];
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
 * @param likeWindows embeddings of the sound at `query.likePath`
 * @throws UserError 'bad-input' when there is nothing to look for, a filter is malformed or the sound is silent,
 *   'not-found' when it names a collection that is not there
 */
export function understand(
  query: SearchQuery,
  likeWindows: readonly Float32Array[],
  collections: Pick<CollectionStatements, 'idOf' | 'nameOf'>,
): Question {
  const parsed = parseQuery(query.text ?? '');
  const { minus, without = [], phrases = [], filters: inline, collection } = parsed;
  const { text, isCut } = cut(parsed.text);
  const filters = mergeFilters(query.filters ?? {}, inline);
  if (collection !== undefined) filters.collectionId = collections.idOf(collection);
  else if (filters.collectionId !== undefined) collections.nameOf(filters.collectionId);
  if (query.likePath !== undefined && likeWindows.length === 0) {
    throw new UserError(
      'bad-input',
      `There is nothing to hear in “${query.likePath}”. Take another sound, or another part of it.`,
    );
  }
  if (text === '' && likeWindows.length === 0 && !restricts(filters)) {
    const message =
      minus.length > 0
        ? `“${query.text!.trim()}” says only what to leave out. Say also what to look for: rain -thunder.`
        : 'Say what to look for: some words, such as “heavy door slams”, or a sound.';
    throw new UserError('bad-input', message);
  }
  const limit = query.limit ?? DEFAULT_LIMIT;
  if (!Number.isInteger(limit) || limit < 1)
    throw new UserError('bad-input', 'The number of hits must be a whole number from 1 on.');
  const like = likeWindows.length > 0;
  const { includeUnlikely = false, grouped = false } = query;
  const byFilterAlone = text === '' && !like;
  return { text, like, byFilterAlone, minus, without, phrases, isCut, filters, limit, includeUnlikely, grouped };
}

/** What was searched for, after filters and minus terms were taken out of the text. */
export function understood(
  query: SearchQuery,
  { text, filters, limit, includeUnlikely, grouped }: Question,
): SearchQuery {
  return {
    ...(text !== '' && { text }),
    ...(query.likePath !== undefined && { likePath: query.likePath }),
    ...(query.likeStartSeconds !== undefined && { likeStartSeconds: query.likeStartSeconds }),
    filters,
    limit,
    includeUnlikely,
    grouped,
  };
}
