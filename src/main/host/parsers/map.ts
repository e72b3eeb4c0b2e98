/** What a host may send to the calls about the map. */
import { z } from 'zod';
import type { Parsers } from '../../../shared/contract.ts';
import type { MapCalls } from '../../../shared/calls/map.ts';

export const mapParsers: Pick<Parsers, keyof MapCalls> = {
  'map.get': (input) => z.null().parse(input),
  'map.make': (input) => z.strictObject({ anew: z.boolean() }).parse(input),
  'map.legend': (input) => z.enum(['folder', 'format', 'tag']).parse(input),
};
