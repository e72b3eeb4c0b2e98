/** What a host may send to the calls about the map. */
import { z } from 'zod';
import type { Parsers } from '../../../shared/contract.ts';
import { MAP_COLOURINGS, type MapCalls } from '../../../shared/calls/map.ts';

export const mapParsers: Pick<Parsers, keyof MapCalls> = {
  'map.get': z.null(),
  'map.make': z.strictObject({ anew: z.boolean() }),
  'map.legend': z.enum(MAP_COLOURINGS),
};
