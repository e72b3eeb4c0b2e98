/** Takes an installed pack away, or what it heard, or both. What it heard is of use only if it comes back. */
import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { UserError } from '../../shared/errors.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { acquireWriterLock } from '../catalogue/writer-lock.ts';
import { filesOf, indexFolder } from '../index/index-folder.ts';
import { removeMap } from '../map/map-file.ts';
import { listPacks, type PackStatus } from './installed.ts';
import { discard } from './unfinished.ts';

/** Files forgotten before others get to do something. */
const FILES_AT_ONCE = 100;

interface Places {
  dataFolder: string;
  /** What {@link listPacks} is asked for. */
  inUse: string;
  /** Pack id that the library moves to. */
  next: string | null;
}

/**
 * @param id of the pack, or the name of its folder when it is damaged
 * @param forget also what it heard: embeddings, suggestions, index and map; of a shipped pack that is all that goes
 * @throws UserError model-missing; bad-input for one that is in use, comes next, or comes with the program;
 *   catalogue-busy with `forget` while somebody writes; errors of the disk
 */
export async function removeModel(
  id: string,
  forget: boolean,
  places: Places,
  catalogue: Catalogue | null,
): Promise<void> {
  const { dataFolder, inUse, next } = places;
  const packs = (await listPacks({ dataFolder, inUse })).filter((pack) => pack.id === id);
  const heard = catalogue?.spaces.heard().some(({ modelId }) => modelId === id) ?? false;
  if (packs.length === 0 && !(forget && heard)) {
    throw new UserError('model-missing', `There is no model called “${id}”.`);
  }
  const installed = packs.find(({ folder }) => dirname(folder) === resolve(dataFolder, 'models'));
  checkFree(packs, id, next);
  if (packs.length > 0 && !installed && !forget) {
    throw new UserError('bad-input', `“${packs[0]!.name}” was not installed into this library and cannot be removed.`);
  }
  if (forget && catalogue) {
    const release = await acquireWriterLock(dataFolder, { work: 'forget' });
    try {
      const spaces = catalogue.windows.spaces().filter(({ modelId }) => modelId === id);
      for (const space of spaces) await forgetSpace(space.id, dataFolder, catalogue);
    } finally {
      release();
    }
  }
  if (installed) await discard(installed.folder);
}

function checkFree(packs: readonly PackStatus[], id: string, next: string | null): void {
  const used = packs.find((pack) => pack.inUse);
  if (used) throw new UserError('bad-input', `“${used.name}” is in use. Take another model into use first.`);
  if (id !== next) return;
  const name = packs[0]?.name ?? id;
  throw new UserError('bad-input', `The library is moving to “${name}”. Stop that first.`);
}

async function forgetSpace(spaceId: number, dataFolder: string, catalogue: Catalogue): Promise<void> {
  let fileId: number | null = 0;
  while ((fileId = catalogue.spaces.forgetSome(spaceId, fileId, FILES_AT_ONCE)) !== null) await otherWork();
  const folder = indexFolder(dataFolder);
  for (const name of filesOf(folder, spaceId)) await rm(join(folder, name), { force: true });
  await removeMap(dataFolder, spaceId);
}
