/** Searches that were asked, one after the other: which of them are steps that one goes back to, and the newest ones. */
import { referencesOf } from '../../shared/query/references.ts';
import type { ReferenceSound, SearchQuery } from '../../shared/types.ts';
import { fileName } from '../words/paths.ts';

const MOST = 20;

/** Whether it is the same question, typed on or shortened, or weighed otherwise: no step of its own. Nothing asked is never part of another. */
export function continues(before: SearchQuery, now: SearchQuery): boolean {
  const [{ text: one = '', ...rest }, { text: other = '', ...others }] = [before, now].map(({ balance: _, ...query }) => query) as [SearchQuery, SearchQuery]; // prettier-ignore
  if (one === '' || other === '' || JSON.stringify(rest) !== JSON.stringify(others)) return false;
  return one.startsWith(other) || other.startsWith(one);
}

/**
 * @param instead of this one, which it continues
 * @returns newest first, each once, at most 20; what looks for nothing is left out
 */
export function withRecent(
  recent: readonly SearchQuery[],
  query: SearchQuery,
  instead: SearchQuery | null,
): SearchQuery[] {
  const out = [query, instead].map((one) => JSON.stringify(one));
  const kept = recent.filter((one) => !out.includes(JSON.stringify(one)));
  return nameOfSearch(query) === '' ? kept : [query, ...kept].slice(0, MOST);
}

/** `rain dur:<4`, `like thunder.wav + wind.wav unlike rain.wav storm`; '' for a query by neither words nor a sound */
export function nameOfSearch(query: SearchQuery): string {
  const { like, unlike } = referencesOf(query);
  const names = (sounds: readonly ReferenceSound[]) => sounds.map(({ path }) => fileName(path)).join(' + ');
  const parts = [
    like.length === 0 ? '' : `like ${names(like)}`,
    unlike.length === 0 ? '' : `unlike ${names(unlike)}`,
    query.text ?? '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}
