/** What a host may send to the calls about roots and duplicates. */
import { z } from 'zod';
import type { Parsers } from '../../../shared/contract.ts';
import type { LibraryCalls } from '../../../shared/calls/library.ts';

const rootId = z.number().int().positive();

export const libraryParsers: Pick<Parsers, keyof LibraryCalls> = {
  'root.list': (input) => z.null().parse(input),
  'root.add': (input) => z.strictObject({ path: z.string().min(1).max(32_768) }).parse(input),
  'root.remove': (input) => rootId.parse(input),
  'root.set': (input) =>
    z
      .strictObject({ id: rootId, watch: z.boolean().exactOptional(), paused: z.boolean().exactOptional() })
      .parse(input),
  'demo.make': (input) => z.null().parse(input),
  'duplicate.list': (input) => z.strictObject({ limit: z.number().int().min(1).max(10_000) }).parse(input),
};
