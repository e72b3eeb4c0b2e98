/** What the user has set, and what has to happen when it changes. */
import type { SettingCalls, Settings } from '../../shared/calls/settings.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import type { Indexing } from '../indexing/indexing.ts';
import type { ModelMoving } from '../indexing/model-move.ts';
import { findPack } from '../packs/installed.ts';
import { spaceOf, type ModelPack } from '../packs/pack.ts';
import type { CatalogueAccess, LoadKind } from '../catalogue/access.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import { besideNotIndexed, isInUse } from '../search/notices.ts';
import { readSettings } from '../catalogue/setting-values.ts';

interface SettingsDeps extends Pick<CatalogueAccess, 'dataFolder' | 'catalogue' | 'existingCatalogue'>, ModelAccess {
  readonly load: LoadKind;
  /** Another model from now on, and no move. */
  useModel(wanted: string): void;
}

/** @param changed notifies all listeners, and returns the current settings */
export function settingCalls(
  deps: SettingsDeps,
  indexing: Indexing,
  moving: ModelMoving,
  changed: () => Promise<Settings>,
): Pick<Engine, keyof SettingCalls> {
  return {
    'setting.get': () => settingsNow(deps),
    'setting.set': async ({ model, nextModel, alsoModel, ...values }) => {
      const now = await modelInUse(deps);
      // One that is used from a folder of its own is in use, and yet not to be found by its id.
      const wanted = model === undefined || model === now ? null : await packOf(model, deps);
      const next = nextModel == null || nextModel === (wanted?.id ?? now) ? null : await packOf(nextModel, deps);
      const also = alsoModel == null ? alsoModel : await secondOf(alsoModel, wanted?.id ?? now, deps);
      deps.catalogue().settings.set({ ...values, ...(also !== undefined && { alsoModel: also }) });
      if (wanted !== null) await changeModel(wanted.id, deps, indexing);
      else if (model !== undefined) deps.catalogue().settings.set({ model: now });
      if (next !== null) await moveTo(next, deps, indexing, moving);
      else if (nextModel !== undefined || model !== undefined) await moving.end();
      return changed();
    },
  };
}

export async function settingsNow(deps: SettingsDeps): Promise<Settings> {
  const settings = readSettings(deps.existingCatalogue());
  const model = await modelInUse(deps);
  const alsoModel = settings.alsoModel === model ? null : settings.alsoModel;
  return { ...settings, model, nextModel: deps.nextModel, alsoModel };
}

/** @returns its pack id @throws UserError model-missing, model-damaged; bad-input, nothing-indexed */
async function secondOf(wanted: string, inUse: string, deps: SettingsDeps): Promise<string> {
  const pack = await packOf(wanted, deps);
  if (pack.id === inUse) throw isInUse(pack.id);
  const { windows, spaces } = deps.catalogue();
  if (spaces.listedFiles(windows.ensureSpace(spaceOf(pack))) === 0) throw besideNotIndexed(pack.id);
  return pack.id;
}

/** @throws UserError model-missing, model-damaged */
function packOf(wanted: string, deps: SettingsDeps): Promise<ModelPack> {
  return findPack({ dataFolder: deps.dataFolder }, wanted);
}

/** Where the model in use does not work, nothing can be found until then anyway, and the other one is taken at once. */
async function moveTo(next: ModelPack, deps: SettingsDeps, indexing: Indexing, moving: ModelMoving): Promise<void> {
  const works = await deps.pack().then(
    () => true,
    (error: unknown) => {
      if (error instanceof UserError) return false;
      throw error;
    },
  );
  if (works) await moving.begin(next);
  else await changeModel(next.id, deps, indexing);
}

/** The id; where there is no such pack (any more), what was asked for. */
async function modelInUse(deps: SettingsDeps): Promise<string> {
  try {
    return (await deps.pack()).id;
  } catch (error) {
    if (error instanceof UserError) return deps.wantedModel; // searching with it says what is wrong
    throw error;
  }
}

/** The job that analyses with the old model ends; running searches still answer with it. */
async function changeModel(id: string, deps: SettingsDeps, indexing: Indexing): Promise<void> {
  await indexing.stop();
  deps.catalogue().settings.set({ model: id, nextModel: null });
  deps.useModel(id);
  if (deps.load !== 'background') return;
  const analysedBefore = deps
    .catalogue()
    .roots.list()
    .filter(({ scannedMs }) => scannedMs !== null);
  indexing.request(analysedBefore.map((root) => root.id));
}
