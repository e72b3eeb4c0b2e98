/** What was searched for lately, kept in this window. */
import { withRecent } from '../query/recent.ts';
import type { SearchQuery } from '../../shared/types.ts';
import { stored, store } from './stored.ts';

const KEY = 'earmark.recent-searches';

export class RecentSearches {
  #all = $state.raw<readonly SearchQuery[]>(stored(KEY, isQueries, []));

  /** Newest first. */
  get all(): readonly SearchQuery[] {
    return this.#all;
  }

  /** @param instead of this one, which it continues */
  note(query: SearchQuery, instead: SearchQuery | null): void {
    this.#keep(withRecent(this.#all, query, instead));
  }

  forget(query: SearchQuery): void {
    this.#keep(this.#all.filter((one) => one !== query));
  }
  forgetAll(): void {
    this.#keep([]);
  }

  #keep(all: readonly SearchQuery[]): void {
    this.#all = all;
    store(KEY, all);
  }
}

function isQueries(value: unknown): value is SearchQuery[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null);
}
