/** Parsers of the calls about plans of agents. */
import { z } from 'zod';
import type { WriteRequestCalls } from '../../../shared/calls/write-requests.ts';
import type { Parsers } from '../../../shared/contract.ts';

const planId = z.number().int().positive();
const requestId = z.string().regex(/^[0-9a-f]{16}$/, 'must be the id of a plan');
const made = z.strictObject({ planId, from: z.string().max(200), tempoAndKey: z.boolean() });
const page = { offset: z.number().int().nonnegative(), limit: z.number().int().min(1).max(500) };
const files = z.strictObject({ id: requestId, ...page });
const check = z.strictObject({ id: requestId, planId, unattended: z.boolean() });

export const writeRequestParsers: Pick<Parsers, keyof WriteRequestCalls> = {
  'writeRequest.make': made,
  'writeRequest.list': z.null(),
  'writeRequest.files': files,
  'writeRequest.confirm': requestId,
  'writeRequest.remove': requestId,
  'writeRequest.check': check,
};
