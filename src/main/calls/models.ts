/** Model packs: does one work here and how fast, and a new one into the data folder. */
import { resolve } from 'node:path';
import type { ModelCalls, ModelCheck } from '../../shared/calls/models.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import type { ModelStatus } from '../../shared/types.ts';
import type { Indexing } from '../jobs/indexing.ts';
import type { ModelMoving } from '../jobs/model-move.ts';
import { Encoder } from '../embed/encoder.ts';
import { choosePlan, probeAll } from '../embed/provider-choice.ts';
import { checkPack } from '../models/check-pack.ts';
import type { Imports } from '../models/imports.ts';
import { installPack } from '../models/install-pack.ts';
import { findPack, listPacks } from '../models/installed.ts';
import type { ModelPack } from '../models/pack.ts';
import { removeModel } from '../models/remove-model.ts';
import type { Parts } from '../parts.ts';

/** Fetching others is downloads.ts's. */
type OwnCalls = Omit<ModelCalls, 'model.known' | 'model.download' | 'model.cancelDownload' | 'model.discardDownload'>;

export function modelCalls(
  parts: Parts,
  imports: Imports,
  indexing: Indexing,
  moving: ModelMoving,
): Pick<Engine, keyof OwnCalls> {
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
    'model.remove': async ({ id, forget }) => {
      if (forget) await indexing.makeRoom();
      const places = { dataFolder, inUse: parts.wantedModel, next: parts.nextModel };
      await removeModel(id, forget, places, parts.existingCatalogue());
      return null;
    },
    'model.move': () => moving.status(),
    'model.continueMove': () => indexing.startMove(),
  };
}

/** @param folder where a pack has just been read */
async function statusOf(folder: string, parts: Parts): Promise<ModelStatus> {
  return (await listModels(parts)).find((model) => model.folder === folder)!;
}

/** Every pack, with what it heard in this library; at the end those that are gone, where something is left of them. */
export async function listModels(parts: Parts): Promise<ModelStatus[]> {
  const packs = await listPacks({ dataFolder: parts.options.dataFolder, inUse: parts.wantedModel });
  const trouble = await parts.modelTrouble();
  const heard = new Map(
    parts
      .existingCatalogue()
      ?.spaces.heard()
      .map((row) => [row.modelId, row]),
  );
  const models = packs.map((pack) => {
    const { files = 0, bytes = 0 } = heard.get(pack.id) ?? {};
    heard.delete(pack.id);
    const known = pack.inUse && trouble !== null ? { trouble } : {};
    return { ...pack, ...known, heard: files, heardBytes: bytes };
  });
  const gone = [...heard.values()].map(({ modelId, files, bytes }) => ({
    ...{ id: modelId, name: modelId, folder: '', license: '', dim: 0, bytes: 0, inUse: false, shipped: false },
    ...{ heard: files, heardBytes: bytes },
    problem: `“${modelId}” is not installed any more. What it heard is still here, should it come back.`,
  }));
  return [...models, ...gone];
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
