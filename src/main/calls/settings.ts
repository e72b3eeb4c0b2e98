/** What the user has set, and what has to happen when it changes. */
import type { SettingCalls, Settings } from '../../shared/calls/settings.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import type { Indexing } from '../jobs/indexing.ts';
import { findPack } from '../models/installed.ts';
import type { Parts } from '../parts.ts';
import { readSettings } from '../settings.ts';

/** @param changed told all settings as they are now */
export function settingCalls(
  parts: Parts,
  indexing: Indexing,
  changed: (settings: Settings) => void,
): Pick<Engine, keyof SettingCalls> {
  const read = async (): Promise<Settings> => ({
    ...readSettings(parts.existingCatalogue()),
    model: await modelInUse(parts),
  });
  return {
    'setting.get': read,
    'setting.set': async (values) => {
      const before = await modelInUse(parts);
      // One that is used from a folder of its own is in use, and yet not to be found by its id.
      const after = values.model === undefined || values.model === before ? before : await idOf(values.model, parts);
      parts.catalogue().settings.set({ ...values, ...(values.model === undefined ? {} : { model: after }) });
      if (after !== before) await changeModel(after, parts, indexing);
      const settings = await read();
      changed(settings);
      return settings;
    },
  };
}

/** @throws UserError model-missing, model-damaged */
async function idOf(wanted: string, parts: Parts): Promise<string> {
  return (await findPack({ dataFolder: parts.options.dataFolder }, wanted)).id;
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
  parts.useModel(id);
  if (parts.options.load !== 'background') return;
  const heardBefore = parts
    .catalogue()
    .roots.list()
    .filter(({ scannedMs }) => scannedMs !== null);
  indexing.request(heardBefore.map((root) => root.id));
}
