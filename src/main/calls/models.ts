/** Model packs: does one work here and how fast, and a new one into the data folder. */
import { resolve } from 'node:path';
import type { ModelCalls, ModelCheck } from '../../shared/calls/models.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import type { ModelStatus } from '../../shared/types.ts';
import { Encoder } from '../embed/encoder.ts';
import { choosePlan, probeAll } from '../embed/provider-choice.ts';
import { checkPack } from '../models/check-pack.ts';
import type { Imports } from '../models/imports.ts';
import { installPack } from '../models/install-pack.ts';
import { findPack, listPacks } from '../models/installed.ts';
import type { ModelPack } from '../models/pack.ts';
import { removePack } from '../models/remove-pack.ts';
import type { Parts } from '../parts.ts';

/** Fetching others is downloads.ts's. */
type OwnCalls = Omit<ModelCalls, 'model.known' | 'model.download' | 'model.cancelDownload' | 'model.discardDownload'>;

export function modelCalls(parts: Parts, imports: Imports): Pick<Engine, keyof OwnCalls> {
  const { dataFolder } = parts.options;
  return {
    'model.providers': async () => probeAll(await parts.pack(), { dataFolder, encoders: parts.encoders }),
    'model.check': async ({ id }) => {
      try {
        const used = await parts.pack().catch(() => null); // what is wrong with that one is said when it is asked for
        const wanted = used?.id === id ? used : await findPack({ dataFolder }, id);
        return await check(wanted, wanted.folder === used?.folder, parts);
      } catch (error) {
        // What is wrong with a pack that is there is the answer, not an error.
        if (!(error instanceof UserError) || error.code === 'model-missing') throw error;
        return { id, provider: '', providerReason: '', problem: error.userMessage, realTimeFactor: null, textMs: null };
      }
    },
    'model.install': async ({ folder }) => {
      return statusOf(await installPack(folder, dataFolder), parts);
    },
    'model.import': async ({ path }) => {
      const installed = await imports.run(resolve(path));
      return installed === null ? null : statusOf(installed, parts);
    },
    'model.cancelImport': () => {
      imports.cancel();
      return Promise.resolve(null);
    },
    'model.move': () => Promise.resolve(null),
    'model.remove': async ({ id }) => {
      await removePack(id, dataFolder, parts.wantedModel);
      return null;
    },
  };
}

/** @param folder where a pack has just been read */
async function statusOf(folder: string, parts: Parts): Promise<ModelStatus> {
  const all = await listPacks({ dataFolder: parts.options.dataFolder, inUse: parts.wantedModel });
  return all.find((model) => model.folder === folder)!;
}

/** The pack in use is checked in the process that runs it, another one in a process of its own. */
async function check(pack: ModelPack, inUse: boolean, parts: Parts): Promise<ModelCheck> {
  const { encoders } = parts;
  if (inUse) {
    return parts.listening(async ({ supervisor }) => {
      await supervisor.loadAudio();
      return supervisor.asking((encoder) => checkPack(pack, encoder, encoders));
    });
  }
  const plan = await choosePlan(pack, { dataFolder: parts.options.dataFolder, encoders });
  const encoder = await Encoder.start(pack, plan);
  try {
    return await checkPack(pack, encoder, encoders);
  } finally {
    await encoder.close();
  }
}
