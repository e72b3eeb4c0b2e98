/** What a host may send to the calls about model packs. */
import { z } from 'zod';
import type { Parsers } from '../../../shared/contract.ts';
import type { ModelCalls } from '../../../shared/calls/models.ts';

const modelId = z.string().min(1).max(1000);

export const modelParsers: Pick<Parsers, keyof ModelCalls> = {
  'model.providers': (input) => z.null().parse(input),
  'model.check': (input) => z.strictObject({ id: modelId }).parse(input),
  'model.install': (input) => z.strictObject({ folder: z.string().min(1).max(32_768) }).parse(input),
  'model.import': (input) => z.strictObject({ path: z.string().min(1).max(32_768) }).parse(input),
  'model.cancelImport': (input) => z.null().parse(input),
  'model.known': (input) => z.null().parse(input),
  'model.download': (input) => z.strictObject({ id: modelId, acceptLicense: z.boolean() }).parse(input),
  'model.cancelDownload': (input) => z.null().parse(input),
  'model.discardDownload': (input) => z.strictObject({ id: modelId }).parse(input),
  'model.remove': (input) => z.strictObject({ id: modelId, forget: z.boolean() }).parse(input),
  'model.move': (input) => z.null().parse(input),
  'model.continueMove': (input) => z.null().parse(input),
};
