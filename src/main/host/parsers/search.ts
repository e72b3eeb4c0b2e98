/** What a search may be asked, wherever it is asked for or kept. */
import { z } from 'zod';
import { fullPath } from '../../files/full-path.ts';
import { referenceChecks, SEARCH_CHECKS } from '../../../shared/query/search-checks.ts';

/** Also one in the home folder (`~/Sounds`). */
export const absolutePath = z.string().min(1).max(32_768).transform(fullPath);

const references = referenceChecks({ path: absolutePath });

export const searchQuery = z.strictObject({
  ...SEARCH_CHECKS,
  likePath: absolutePath.exactOptional(),
  alsoLike: references.exactOptional(),
  unlike: references.exactOptional(),
});
