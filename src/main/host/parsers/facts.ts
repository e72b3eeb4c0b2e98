/** Parsers of the calls about facts and their sources. */
import { z } from 'zod';
import type { FactCalls } from '../../../shared/calls/facts.ts';
import type { Parsers } from '../../../shared/contract.ts';
import { FACT_NAMES } from '../../../shared/facts.ts';

const MAX_PATHS = 100_000;
const MAX_FILES = 2_000_000;
const MAX_LENGTH = 32_768;

const paths = z.strictObject({ paths: z.array(z.string().min(1).max(MAX_LENGTH)).max(MAX_PATHS) });
const correction = z.strictObject({
  fileIds: z.array(z.number().int().positive()).max(MAX_FILES),
  fact: z.enum(FACT_NAMES),
  value: z.string().max(100).nullable(),
});

export const factParsers: Pick<Parsers, keyof FactCalls> = {
  'fact.of': paths,
  'fact.set': correction,
};
