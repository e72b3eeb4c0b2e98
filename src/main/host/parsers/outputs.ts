/** Parsers of the calls that grant where files may be written. */
import { z } from 'zod';
import type { OutputCalls } from '../../../shared/calls/outputs.ts';
import type { Parsers } from '../../../shared/contract.ts';
import { absolutePath } from './search.ts';

/** A token as `output.grant` gives it out; what it stands for, the engine knows. */
export const outputToken = z.string().min(1).max(64);

const output = z.strictObject({ path: absolutePath, replace: z.boolean() });

export const outputParsers: Pick<Parsers, keyof OutputCalls> = {
  'output.grant': output,
};
