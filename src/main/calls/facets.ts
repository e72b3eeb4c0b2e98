/** The call about facets: from the catalogue, nothing else. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { FacetCalls } from '../../shared/calls/facets.ts';
import type { Engine } from '../../shared/contract.ts';
import { mergeFilters } from '../../shared/query/values.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import { noCounts } from '../catalogue/stores/facets.ts';
import { parseQuery } from '../search/parse-query.ts';

export function facetCalls(deps: Pick<CatalogueAccess, 'existingCatalogue'>): Pick<Engine, keyof FacetCalls> {
  /** The last question of each asker that is being counted. */
  const latest = new Map<string, object>();
  return {
    async 'facet.count'({ query, fileIds, asker }) {
      const { filters: inline, collection } = parseQuery(query.text ?? '');
      const catalogue = deps.existingCatalogue();
      const filters = mergeFilters(query.filters ?? {}, inline);
      if (!catalogue) return noCounts();
      if (collection !== undefined) filters.collectionId = catalogue.collections.idOf(collection);
      const counting = fileIds ? catalogue.facets.ofFiles(fileIds) : catalogue.facets.ofFilters(filters);
      const question = {};
      if (asker !== undefined) latest.set(asker, question);
      try {
        for (;;) {
          // Keys and players are answered between the steps.
          await yieldToEventLoop();
          if (asker !== undefined && latest.get(asker) !== question) return null;
          const step = counting.next();
          if (step.done) return step.value;
        }
      } finally {
        if (asker !== undefined && latest.get(asker) === question) latest.delete(asker);
      }
    },
  };
}
