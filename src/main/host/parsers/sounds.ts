/** Parsers of the calls about lent files. */
import { z } from 'zod';
import { LONGEST_LENT_NAME, MOST_LENT_BYTES, type SoundCalls } from '../../../shared/calls/sounds.ts';
import type { Parsers } from '../../../shared/contract.ts';

/** A little more than is taken, so that the refusal can say how much that is. */
const LONGEST_BASE64 = Math.ceil((MOST_LENT_BYTES * 4) / 3) + 2 ** 20;

const lend = z.strictObject({
  name: z.string().min(1).max(LONGEST_LENT_NAME),
  data: z.string().max(LONGEST_BASE64),
});

export const soundParsers: Pick<Parsers, keyof SoundCalls> = {
  'sound.lend': lend,
};
