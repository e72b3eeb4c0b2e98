/** Parser of the call about scripts of DAWs. */
import { z } from 'zod';
import type { DawCalls } from '../../../shared/calls/daw.ts';
import type { Parsers } from '../../../shared/contract.ts';
import { seconds } from '../../../shared/query/search-checks.ts';

const offered = z
  .strictObject({ fileId: z.number().int().positive(), startSeconds: seconds, endSeconds: seconds.nullable() })
  .refine(({ startSeconds, endSeconds }) => endSeconds === null || endSeconds > startSeconds, {
    path: ['endSeconds'],
    error: 'must be after startSeconds',
  });

export const dawParsers: Pick<Parsers, keyof DawCalls> = {
  'daw.offer': offered.nullable(),
};
