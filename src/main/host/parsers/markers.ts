/** Parsers of the calls about markers. */
import { z } from 'zod';
import { LONGEST_LABEL, MARKER_KINDS, type MarkerCalls } from '../../../shared/calls/markers.ts';
import type { Parsers } from '../../../shared/contract.ts';
import { seconds } from '../../../shared/query/search-checks.ts';
import { searchQuery } from './search.ts';

const MOST_RANGES = 10_000;
/** Each is analysed once more where it matches. */
const MOST_FILES = 1000;

const id = z.number().int().positive();
const range = z
  .strictObject({ fileId: id, startSeconds: seconds, endSeconds: seconds })
  .refine(({ startSeconds, endSeconds }) => endSeconds > startSeconds, {
    path: ['endSeconds'],
    error: 'must be after startSeconds',
  });
const request = z.strictObject({
  from: z.union([
    z.strictObject({ ranges: z.array(range).min(1).max(MOST_RANGES) }),
    z.strictObject({ query: searchQuery, fileIds: z.array(id).min(1).max(MOST_FILES) }),
  ]),
  kind: z.enum(MARKER_KINDS),
  label: z.string().max(LONGEST_LABEL).exactOptional(),
});

export const markerParsers: Pick<Parsers, keyof MarkerCalls> = {
  'file.markers': id,
  'markers.plan': request,
};
