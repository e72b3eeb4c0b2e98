/** What a search may be asked, wherever it is asked for or kept. */
import { z } from 'zod';
import { fullPath } from '../../files/full-path.ts';
import { FIELD_CHECKS } from '../../../shared/query/filters.ts';
import { MOST_REFERENCES } from '../../../shared/types.ts';
import { LAST_SECOND } from '../../../shared/units.ts';

/** Also one in the home folder (`~/Sounds`). */
export const absolutePath = z.string().min(1).max(32_768).transform(fullPath);
export const seconds = z.number().min(0).max(LAST_SECOND);

const references = z
  .array(
    z.strictObject({ path: absolutePath, startSeconds: seconds.exactOptional(), endSeconds: seconds.exactOptional() }),
  )
  .max(MOST_REFERENCES);

export const searchQuery = z.strictObject({
  text: z.string().max(10_000).exactOptional(),
  likePath: absolutePath.exactOptional(),
  likeStartSeconds: seconds.exactOptional(),
  likeEndSeconds: seconds.exactOptional(),
  alsoLike: references.exactOptional(),
  unlike: references.exactOptional(),
  balance: z.number().min(0).max(1).exactOptional(),
  inSameFile: z.boolean().exactOptional(),
  filters: z.strictObject(FIELD_CHECKS).exactOptional(),
  limit: z.number().int().min(1).max(100_000).exactOptional(),
  includeUnlikely: z.boolean().exactOptional(),
  grouped: z.boolean().exactOptional(),
});
