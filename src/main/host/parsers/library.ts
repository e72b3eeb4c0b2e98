/** What a host may send to the calls about roots and duplicates. */
import { z } from 'zod';
import type { Parsers } from '../../../shared/contract.ts';
import type { LibraryCalls } from '../../../shared/calls/library.ts';

const rootId = z.number().int().positive();

export const libraryParsers: Pick<Parsers, keyof LibraryCalls> = {
  'root.list': z.null(),
  'root.add': z.strictObject({ path: z.string().min(1).max(32_768) }),
  'root.remove': rootId,
  'root.set': z.strictObject({ id: rootId, watch: z.boolean().exactOptional(), paused: z.boolean().exactOptional() }),
  'demo.make': z.null(),
  'duplicate.list': z.strictObject({ limit: z.number().int().min(1).max(10_000) }),
};
