/** Searches by words, by a sound, or by both. */
import type { Engine } from '../../shared/contract.ts';
import { referencesOf } from '../../shared/query/references.ts';
import type { SearchQuery } from '../../shared/types.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import { withCompany, withNotice, type Company, type SecondModelAccess } from '../search/beside.ts';
import { locateMatch, queryWindows, type QueryEncoders } from '../search/locate-match.ts';
import { NO_REFERENCES, type ReferenceWindows } from '../search/reference-windows.ts';
import type { Search } from '../search/search.ts';

export interface SearchDeps extends Pick<CatalogueAccess, 'existingCatalogue'>, SecondModelAccess {
  /** @throws UserError nothing-indexed when there is no catalogue */
  searching<T>(work: (search: Search) => Promise<T>): Promise<T>;
  withEncoders<T>(work: (encoders: QueryEncoders) => Promise<T>): Promise<T>;
}

type SearchCallName = 'search.query' | 'search.windows' | 'search.matches' | 'search.match';

export function searchCalls(deps: SearchDeps): Pick<Engine, SearchCallName> {
  const matches = new NewestOnly();
  return {
    'search.query': (query) =>
      withReferences(deps, query, async (search, windows, company) =>
        withNotice(await search.run(query, windows, undefined, company.beside), company),
      ),
    'search.windows': ({ fileId, query }) =>
      withReferences(deps, query, async (search, windows, { beside }) => [
        ...(await search.windows(fileId, query, windows, beside)),
      ]),
    'search.matches': ({ fileIds, query }) =>
      withReferences(deps, query, (search, windows, { beside }) =>
        search.matches(fileIds, query, windows, undefined, beside),
      ),
    'search.match': (input) =>
      matches.run((signal) =>
        deps.withEncoders((encoders) => locateMatch(input, encoders, deps.existingCatalogue(), signal)),
      ),
  };
}

/** @param work is given the windows of the sounds that the query names, and the second model */
function withReferences<T>(
  deps: SearchDeps,
  query: SearchQuery,
  work: (search: Search, windows: ReferenceWindows, company: Company) => Promise<T>,
): Promise<T> {
  const { like, unlike } = referencesOf(query);
  const both = (search: Search, windows: ReferenceWindows) =>
    withCompany(query, search, deps.existingCatalogue(), deps, (company) => work(search, windows, company));
  if (like.length + unlike.length === 0) return deps.searching((search) => both(search, NO_REFERENCES));
  return deps.withEncoders(async (encoders) =>
    both(await encoders.model.search(), await queryWindows(query, encoders, deps.existingCatalogue())),
  );
}

/** One at a time: an older question is given up, so that walking through long files holds up neither decoder nor job. */
class NewestOnly {
  #current: AbortController | null = null;

  /** @returns null for what a newer one has taken the place of */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    this.#current?.abort();
    const mine = new AbortController();
    this.#current = mine;
    try {
      return await work(mine.signal);
    } catch (error) {
      if (mine.signal.aborted) return null;
      throw error;
    }
  }
}
