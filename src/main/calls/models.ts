/** Model packs: does one work here and how fast, and a new one into the data folder. */
import { resolve } from 'node:path';
import type { ModelCalls, ModelCheck } from '../../shared/calls/models.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import type { ModelStatus } from '../../shared/types.ts';
import type { Indexing } from '../indexing/indexing.ts';
import type { JobRegistry } from '../jobs/registry.ts';
import type { ModelMoving } from '../indexing/model-move.ts';
import { Encoder } from '../embed/encoder.ts';
import { choosePlan, probeAll } from '../embed/provider-choice.ts';
import { checkPack } from '../models/check-pack.ts';
import type { Imports } from '../models/imports.ts';
import { installPack } from '../models/families/pack/install.ts';
import { findPack, listPacks } from '../packs/installed.ts';
import type { ModelPack } from '../packs/pack.ts';
import { removeModel } from '../models/remove-model.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import type { EncoderSupervisor } from '../embed/supervisor.ts';
import { searchCost, type SearchCostDeps } from './search-cost.ts';

/** Fetching others is downloads.ts's. */
type OwnCalls = Omit<ModelCalls, 'model.known' | 'model.download' | 'model.discardDownload'>;

export interface ModelListDeps extends Pick<CatalogueAccess, 'dataFolder' | 'existingCatalogue'>, ModelAccess {
  /** What the model in use cannot do here, in a sentence; null when nothing is known. */
  modelTrouble(): Promise<string | null>;
}

interface ModelDeps extends ModelListDeps, SearchCostDeps {
  /** Pack id of the setting; null: searches have one model. */
  readonly alsoModel: string | null;
  /** What the second model has analysed may be no more. */
  reopenSecondModel(): void;
  /** Encoders of a model. */
  readonly encoders: number;
  withEncoders<T>(work: (encoders: { supervisor: EncoderSupervisor }) => Promise<T>): Promise<T>;
}

export function modelCalls(
  deps: ModelDeps,
  imports: Imports,
  jobs: JobRegistry,
  indexing: Indexing,
  moving: ModelMoving,
): Pick<Engine, keyof OwnCalls | 'model.list'> {
  const { dataFolder } = deps;
  return {
    'model.list': () => listModels(deps),
    'model.providers': async () => probeAll(await deps.pack(), { dataFolder, encoders: deps.encoders }),
    'model.check': async ({ id }) => {
      try {
        const used = await deps.pack().catch(() => null); // what is wrong with that one is said when it is asked for
        const wanted = used?.id === id ? used : await findPack({ dataFolder }, id);
        return await check(wanted, wanted.folder === used?.folder, deps);
      } catch (error) {
        // What is wrong with a pack that is there is the answer, not an error.
        if (!(error instanceof UserError) || error.code === 'model-missing') throw error;
        return { id, provider: '', providerReason: '', problem: error.userMessage, realTimeFactor: null, textMs: null };
      }
    },
    'model.install': async ({ folder }) => {
      return statusOf(await installPack(folder, dataFolder), deps);
    },
    'model.import': ({ path }) => Promise.resolve(imports.start(resolve(path))),
    'model.remove': async ({ id, forget }) => {
      if (forget) await jobs.preempt();
      const places = { dataFolder, inUse: deps.wantedModel, next: deps.nextModel, also: deps.alsoModel };
      await removeModel(id, forget, places, deps.existingCatalogue());
      deps.reopenSecondModel();
      return null;
    },
    'model.searchCost': ({ id }) => searchCost(id, deps),
    'model.move': () => moving.status(),
    'model.continueMove': () => indexing.startMove(),
  };
}

/** @param folder where a pack has just been read */
export async function statusOf(folder: string, deps: ModelListDeps): Promise<ModelStatus> {
  return (await listModels(deps)).find((model) => model.folder === folder)!;
}

/** Every installed pack with the size of its analysis in this library, followed by removed packs whose analysis is kept. */
export async function listModels(deps: ModelListDeps): Promise<ModelStatus[]> {
  const packs = await listPacks({ dataFolder: deps.dataFolder, inUse: deps.wantedModel });
  const trouble = await deps.modelTrouble();
  const stored = new Map(
    deps
      .existingCatalogue()
      ?.spaces.analysedByModel()
      .map((row) => [row.modelId, row]),
  );
  const models = packs.map((pack) => {
    const { files = 0, bytes = 0 } = stored.get(pack.id) ?? {};
    stored.delete(pack.id);
    const known = pack.inUse && trouble !== null ? { trouble } : {};
    return { ...pack, ...known, analysedFiles: files, analysisBytes: bytes };
  });
  const gone = [...stored.values()].map(({ modelId, files, bytes }) => ({
    ...{ id: modelId, name: modelId, folder: '', license: '', dim: 0, bytes: 0, inUse: false, shipped: false },
    ...{ analysedFiles: files, analysisBytes: bytes },
    problem: `“${modelId}” is no longer installed. Its analysis results are kept.`,
  }));
  return [...models, ...gone];
}

/** The pack in use is checked in the process that runs it, another one in a process of its own. */
async function check(pack: ModelPack, inUse: boolean, deps: ModelDeps): Promise<ModelCheck> {
  const { encoders } = deps;
  if (inUse) {
    return deps.withEncoders(async ({ supervisor }) => {
      await supervisor.loadAudio();
      return supervisor.asking((encoder) => checkPack(pack, encoder, encoders));
    });
  }
  const plan = await choosePlan(pack, { dataFolder: deps.dataFolder, encoders });
  const encoder = await Encoder.start(pack, plan);
  try {
    return await checkPack(pack, encoder, encoders);
  } finally {
    await encoder.close();
  }
}
