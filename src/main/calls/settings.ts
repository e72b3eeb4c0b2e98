/** What the user has set, and what has to happen when it changes. */
import type { SettingCalls, Settings } from '../../shared/calls/settings.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import type { Indexing } from '../jobs/indexing.ts';
import type { ModelMoving } from '../jobs/model-move.ts';
import { findPack } from '../models/installed.ts';
import type { ModelPack } from '../models/pack.ts';
import type { Parts } from '../parts.ts';
import { readSettings } from '../settings.ts';

/** @param changed tells everybody, and gives all settings as they are now */
export function settingCalls(
  parts: Parts,
  indexing: Indexing,
  moving: ModelMoving,
  changed: () => Promise<Settings>,
): Pick<Engine, keyof SettingCalls> {
  return {
    'setting.get': () => settingsNow(parts),
    'setting.set': async ({ model, nextModel, ...values }) => {
      const now = await modelInUse(parts);
      // One that is used from a folder of its own is in use, and yet not to be found by its id.
      const wanted = model === undefined || model === now ? null : await packOf(model, parts);
      const next = nextModel == null || nextModel === (wanted?.id ?? now) ? null : await packOf(nextModel, parts);
      parts.catalogue().settings.set(values);
      if (wanted !== null) await changeModel(wanted.id, parts, indexing);
      else if (model !== undefined) parts.catalogue().settings.set({ model: now });
      if (next !== null) await moveTo(next, parts, indexing, moving);
      else if (nextModel !== undefined || model !== undefined) await moving.end();
      return changed();
    },
  };
}

export async function settingsNow(parts: Parts): Promise<Settings> {
  const settings = readSettings(parts.existingCatalogue());
  return { ...settings, model: await modelInUse(parts), nextModel: parts.nextModel };
}

/** @throws UserError model-missing, model-damaged */
function packOf(wanted: string, parts: Parts): Promise<ModelPack> {
  return findPack({ dataFolder: parts.options.dataFolder }, wanted);
}

/** Where the model in use does not work, nothing can be found until then anyway, and the other one is taken at once. */
async function moveTo(next: ModelPack, parts: Parts, indexing: Indexing, moving: ModelMoving): Promise<void> {
  const works = await parts.pack().then(
    () => true,
    (error: unknown) => {
      if (error instanceof UserError) return false;
      throw error;
    },
  );
  if (works) await moving.begin(next);
  else await changeModel(next.id, parts, indexing);
}

/** The id; where there is no such pack (any more), what was asked for. */
async function modelInUse(parts: Parts): Promise<string> {
  try {
    return (await parts.pack()).id;
  } catch (error) {
    if (error instanceof UserError) return parts.wantedModel; // searching with it says what is wrong
    throw error;
  }
}

/** The job that listens with the old model ends; searches under way do, too, but answer first. */
async function changeModel(id: string, parts: Parts, indexing: Indexing): Promise<void> {
  await indexing.stop();
  parts.catalogue().settings.set({ model: id, nextModel: null });
  parts.useModel(id);
  if (parts.options.load !== 'background') return;
  const heardBefore = parts
    .catalogue()
    .roots.list()
    .filter(({ scannedMs }) => scannedMs !== null);
  indexing.request(heardBefore.map((root) => root.id));
}
