/** What a host may send to the calls about model packs. */
import { z } from 'zod';
import type { Parsers } from '../../../shared/contract.ts';
import type { ModelCalls } from '../../../shared/calls/models.ts';

const modelId = z.string().min(1).max(1000);

export const modelParsers: Pick<Parsers, keyof ModelCalls> = {
  'model.providers': z.null(),
  'model.check': z.strictObject({ id: modelId }),
  'model.install': z.strictObject({ folder: z.string().min(1).max(32_768) }),
  'model.import': z.strictObject({ path: z.string().min(1).max(32_768) }),
  'model.known': z.null(),
  'model.download': z.strictObject({ id: modelId, acceptLicense: z.boolean() }),
  'model.discardDownload': z.strictObject({ id: modelId }),
  'model.remove': z.strictObject({ id: modelId, forget: z.boolean() }),
  'model.searchCost': z.strictObject({ id: modelId }),
  'model.move': z.null(),
  'model.continueMove': z.null(),
};
