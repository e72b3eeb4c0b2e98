/** Parsers of the calls about what is wrong with files. */
import { z } from 'zod';
import type { HealthCalls } from '../../../shared/calls/health.ts';
import type { Parsers } from '../../../shared/contract.ts';
import { ISSUE_NAMES } from '../../../shared/query/issues.ts';
import { absolutePath } from './search.ts';

const folders = z.array(absolutePath).max(1000);

export const healthParsers: Pick<Parsers, keyof HealthCalls> = {
  'health.get': z.strictObject({ folders }),
  'health.list': z.strictObject({ issue: z.enum(ISSUE_NAMES), folders }),
};
