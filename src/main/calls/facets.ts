/** The call about facets: from the catalogue, nothing else. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { FacetCalls } from '../../shared/calls/facets.ts';
import type { Engine } from '../../shared/contract.ts';
import { FACETS, type FacetKey } from '../../shared/facets.ts';
import { mergeFilters } from '../../shared/query/values.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import { parseQuery } from '../search/parse-query.ts';

export function facetCalls(deps: Pick<CatalogueAccess, 'existingCatalogue'>): Pick<Engine, keyof FacetCalls> {
  return {
    async 'facet.count'({ query, fileIds }) {
      const { filters: inline, collection } = parseQuery(query.text ?? '');
      const catalogue = deps.existingCatalogue();
      const filters = mergeFilters(query.filters ?? {}, inline);
      if (catalogue && collection !== undefined) filters.collectionId = catalogue.collections.idOf(collection);
      const counts: Partial<Record<FacetKey, number[]>> = {};
      for (const facet of FACETS) {
        // Each takes up to a tenth of a second in a large library: keys and players are answered in between.
        await yieldToEventLoop();
        if (!catalogue) counts[facet.key] = facet.bars.map(() => 0);
        else if (fileIds) counts[facet.key] = catalogue.facets.ofFiles(facet, fileIds);
        else counts[facet.key] = catalogue.facets.ofFilters(facet, filters);
      }
      return counts as Record<FacetKey, number[]>;
    },
  };
}
