/** Model packs: does one work here and how fast, and a new one into the data folder. */
import type { ModelCalls, ModelCheck } from '../../shared/calls/models.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import { Encoder } from '../embed/encoder.ts';
import { checkPack } from '../models/check-pack.ts';
import { installPack } from '../models/install-pack.ts';
import { findPack, listPacks } from '../models/installed.ts';
import type { ModelPack } from '../models/pack.ts';
import type { Parts } from '../parts.ts';

export function modelCalls(parts: Parts): Pick<Engine, keyof ModelCalls> {
  const { dataFolder } = parts.options;
  return {
    'model.check': async ({ id }) => {
      try {
        const used = await parts.pack().catch(() => null); // what is wrong with that one is said when it is asked for
        const wanted = used?.id === id ? used : await findPack({ dataFolder }, id);
        return await check(wanted, wanted.folder === used?.folder, parts);
      } catch (error) {
        // What is wrong with a pack that is there is the answer, not an error.
        if (!(error instanceof UserError) || error.code === 'model-missing') throw error;
        return { id, provider: '', problem: error.userMessage, realTimeFactor: null, textMs: null };
      }
    },
    'model.install': async ({ folder }) => {
      const installed = await installPack(folder, dataFolder);
      const all = await listPacks({ dataFolder, inUse: parts.wantedModel });
      return all.find((model) => model.folder === installed)!; // it has just been read there
    },
  };
}

/** The pack in use is checked in the process that runs it, another one in a process of its own. */
async function check(pack: ModelPack, inUse: boolean, parts: Parts): Promise<ModelCheck> {
  const { encoders } = parts;
  if (inUse) {
    return parts.listening(({ supervisor }) => supervisor.asking((encoder) => checkPack(pack, encoder, encoders)));
  }
  const encoder = await Encoder.start(pack, { encoders });
  try {
    return await checkPack(pack, encoder, encoders);
  } finally {
    await encoder.close();
  }
}
