/** Takes an installed pack away. What it heard stays in the catalogue, should it come back. */
import { dirname, resolve } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { listPacks } from './installed.ts';
import { discard } from './unfinished.ts';

/**
 * @param id of the pack, or the name of its folder when it is damaged
 * @param inUse what {@link listPacks} is asked for
 * @throws UserError model-missing; bad-input for one that is in use or comes with the program; errors of the disk
 */
export async function removePack(id: string, dataFolder: string, inUse: string): Promise<void> {
  const all = (await listPacks({ dataFolder, inUse })).filter((model) => model.id === id);
  const models = resolve(dataFolder, 'models');
  const installed = all.find(({ folder }) => dirname(folder) === models);
  if (all.length === 0) throw new UserError('model-missing', `There is no model called “${id}”.`);
  if (!installed) {
    throw new UserError('bad-input', `“${all[0]!.name}” was not installed into this library and cannot be removed.`);
  }
  if (installed.inUse) {
    throw new UserError('bad-input', `“${installed.name}” is in use. Take another model into use first.`);
  }
  await discard(installed.folder);
}
