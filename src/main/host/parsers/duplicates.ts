/** Parsers of the calls about near-duplicates. */
import { z } from 'zod';
import type { DuplicateCalls } from '../../../shared/calls/duplicates.ts';
import type { Parsers } from '../../../shared/contract.ts';
import { absolutePath } from './search.ts';

const folders = z.array(absolutePath).max(1000);

export const duplicateParsers: Pick<Parsers, keyof DuplicateCalls> = {
  'duplicate.compare': z.strictObject({ folders }),
  'duplicate.near': z.strictObject({ folders, limit: z.number().int().min(1).max(10_000) }),
};
