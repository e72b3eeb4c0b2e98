/** Parser of the call about facets. */
import { z } from 'zod';
import type { FacetCalls } from '../../../shared/calls/facets.ts';
import type { Parsers } from '../../../shared/contract.ts';
import { searchQuery } from './search.ts';

/** More than a search ever finds. */
const MAX_FILES = 100_000;

const count = z.strictObject({
  query: searchQuery.pick({ text: true, filters: true }),
  fileIds: z.array(z.number().int().positive()).max(MAX_FILES).nullable(),
  asker: z.string().min(1).max(64).optional(),
});

export const facetParsers: Pick<Parsers, keyof FacetCalls> = {
  'facet.count': count,
};
