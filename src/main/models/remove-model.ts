/** Removes an installed pack, its analysis, or both. The analysis is of use only if the pack is installed again. */
import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { UserError } from '../../shared/errors.ts';
import { modelInUse, modelMissing } from '../../shared/refusals.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { acquireWriterLock } from '../catalogue/writer-lock.ts';
import { filesOf, indexFolder } from '../index/index-folder.ts';
import { removeMap } from '../map/map-file.ts';
import { listPacks, type PackStatus } from '../packs/installed.ts';
import { discard } from './unfinished.ts';

/** Files forgotten before others get to do something. */
const FILES_AT_ONCE = 100;

interface ModelPaths {
  dataFolder: string;
  /** What {@link listPacks} is asked for. */
  inUse: string;
  /** Pack id that the library moves to. */
  next: string | null;
  /** Pack id that is searched with as well. */
  also: string | null;
}

/**
 * @param id of the pack, or the name of its folder when it is damaged
 * @param forget also its analysis: embeddings, suggestions, index and map; of a shipped pack only that is removed
 * @throws UserError model-missing; bad-input for one that is in use, comes next, or comes with the program;
 *   catalogue-busy with `forget` while somebody writes; errors of the disk
 */
export async function removeModel(
  id: string,
  forget: boolean,
  paths: ModelPaths,
  catalogue: Catalogue | null,
): Promise<void> {
  const { dataFolder, inUse } = paths;
  const packs = (await listPacks({ dataFolder, inUse })).filter((pack) => pack.id === id);
  const hasAnalysis = catalogue?.spaces.analysedByModel().some(({ modelId }) => modelId === id) ?? false;
  if (packs.length === 0 && !(forget && hasAnalysis)) {
    throw modelMissing(id);
  }
  const installed = packs.find(({ folder }) => dirname(folder) === resolve(dataFolder, 'models'));
  checkFree(packs, id, paths);
  if (packs.length > 0 && !installed && !forget) {
    throw new UserError(
      'bad-input',
      `“${packs[0]!.name}” is not installed in this library’s data folder and cannot be removed.`,
    );
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

function checkFree(packs: readonly PackStatus[], id: string, { next, also }: ModelPaths): void {
  const used = packs.find((pack) => pack.inUse);
  if (used) throw modelInUse(used.name);
  const name = packs[0]?.name ?? id;
  if (id === also) {
    throw new UserError('bad-input', `“${name}” is searched with as well. Search with one model first.`);
  }
  if (id !== next) return;
  throw new UserError('bad-input', `The library is switching to “${name}”. Stop switching first.`);
}

async function forgetSpace(spaceId: number, dataFolder: string, catalogue: Catalogue): Promise<void> {
  let fileId: number | null = 0;
  while ((fileId = catalogue.spaces.forgetSome(spaceId, fileId, FILES_AT_ONCE)) !== null) await otherWork();
  const folder = indexFolder(dataFolder);
  for (const name of filesOf(folder, spaceId)) await rm(join(folder, name), { force: true });
  await removeMap(dataFolder, spaceId);
}
