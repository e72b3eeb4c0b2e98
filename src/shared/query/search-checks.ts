/** The checks of a search, wherever it comes from: a call, a saved search, or another machine. */
import { z } from 'zod';
import { MOST_REFERENCES } from '../types.ts';
import { LAST_SECOND } from '../units.ts';
import { FIELD_CHECKS } from './filters.ts';

/** A place in a file. */
export const seconds = z.number().min(0).max(LAST_SECOND);

/** All of a search but the files it names: they are paths on this machine, and shares between machines. */
export const SEARCH_CHECKS = {
  text: z.string().max(10_000).exactOptional(),
  likeStartSeconds: seconds.exactOptional(),
  likeEndSeconds: seconds.exactOptional(),
  balance: z.number().min(0).max(1).exactOptional(),
  inSameFile: z.boolean().exactOptional(),
  filters: z.strictObject(FIELD_CHECKS).exactOptional(),
  limit: z.number().int().min(1).max(100_000).exactOptional(),
  includeUnlikely: z.boolean().exactOptional(),
  grouped: z.boolean().exactOptional(),
  alsoModel: z.string().min(1).max(1000).nullable().exactOptional(),
};

/** Files to search by, or a part of each. @param file the checks of what names a file */
export function referenceChecks<T extends z.ZodRawShape>(file: T) {
  return z
    .array(z.strictObject({ ...file, startSeconds: seconds.exactOptional(), endSeconds: seconds.exactOptional() }))
    .max(MOST_REFERENCES);
}
