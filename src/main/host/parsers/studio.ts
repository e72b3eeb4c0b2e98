/** What a host may send to the calls about a studio. */
import { z } from 'zod';
import type { Parsers } from '../../../shared/contract.ts';
import { SHARED_KINDS, type StudioCalls } from '../../../shared/calls/studio.ts';
import { absolutePath } from './search.ts';

const url = z.string().min(1).max(4000);
const shareName = z.string().min(1).max(200);
const shares = z.array(z.strictObject({ name: shareName, path: absolutePath })).max(1000);
const version = { kind: z.enum(['search', 'vocabulary']), name: z.string().min(1).max(500) };

export const studioParsers: Pick<Parsers, keyof StudioCalls> = {
  'studio.init': z.strictObject({ url, name: z.string().max(1000).nullable(), shares: z.array(shareName).max(1000) }),
  'studio.join': z.strictObject({ url, shares }),
  'studio.status': z.null(),
  'studio.leave': z.null(),
  'studio.sync': z.null(),
  'studio.work': z.strictObject({
    ...{ url: url.nullable(), shares, untilEmpty: z.boolean(), retryFailed: z.boolean() },
    leaseSeconds: z.number().int().min(1).max(3600),
  }),
  'studio.shared': z.null(),
  'studio.share': z.strictObject({ kind: z.enum(SHARED_KINDS), id: z.string().min(1).max(200), shared: z.boolean() }),
  'studio.versions': z.strictObject(version),
  'studio.restoreVersion': z.strictObject({ ...version, author: z.string().min(1).max(200) }),
  'studio.words': z.number().int().positive(),
};
