/** How the files of a search are spread over facts that can be filtered by. */
import type { FacetKey } from '../facets.ts';
import type { SearchQuery } from '../types.ts';

export interface FacetCalls {
  /**
   * Files behind each bar of each facet (shared/facets.ts), in the order of its bars. A filter of the facet itself is
   * left out of its counts, so that one can choose again; files without such a fact are in no bar.
   * @param input.query its filters, in the text and beside it, say which files; its words do not. None: the library
   * @param input.fileIds of these files instead, which words or a sound have found
   * @param input.asker whoever asks again before there is an answer has the earlier question given up, which is answered by
   *   null; any text of its own. None: every question is counted to its end
   * @throws UserError bad-input for a filter that is malformed, not-found for a collection that is not there
   */
  'facet.count': {
    input: { query: Pick<SearchQuery, 'text' | 'filters'>; fileIds: number[] | null; asker?: string | undefined };
    output: Record<FacetKey, number[]> | null;
  };
}
