/** Copies a pack into the data folder: checked before and after, there whole or not at all. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { findPack } from './installed.ts';
import { loadPack, spaceOf, type ModelPack } from './pack.ts';

/** Beside the files that model.json names, these go along: licences ask for it. */
const PAPERS = /^(licen[cs]e|notice|copying|readme|model[_-]?card|attribution|citation)[^/]*$/i;
const LARGEST_PAPER = 10e6;
/** What an installation that was killed left behind is taken away after this long: another program may be at it. */
const LEFT_BEHIND_MS = 24 * 3600e3;
const UNFINISHED = '.installing-';

/**
 * @param folder of the pack, absolute
 * @param dataFolder the engine's; the pack comes into its `models` folder, under its id
 * @returns the folder where it lies now; where the same pack was there before, that one
 * @throws UserError model-missing, model-damaged; bad-input when another pack has its id. Errors of the disk
 */
export async function installPack(folder: string, dataFolder: string): Promise<string> {
  const pack = await loadPack(folder);
  const there = await packWithId(pack.id, dataFolder);
  if (there) {
    if (spaceOf(there).weightHash === spaceOf(pack).weightHash && there.version === pack.version) return there.folder;
    throw new UserError(
      'bad-input',
      `Another model with the id “${pack.id}” is installed in “${there.folder}”. Remove that folder first, or keep the model you have.`,
    );
  }
  const models = join(dataFolder, 'models');
  await mkdir(models, { recursive: true });
  await removeLeftBehind(models);
  const unfinished = join(models, `${UNFINISHED}${pack.id}-${randomUUID()}`);
  try {
    await copyPack(pack, unfinished);
    await loadPack(unfinished); // what was copied is what was published
    const final = join(models, pack.id);
    await rename(unfinished, final);
    return final;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** @returns null when there is none; a broken one of that name is in the way, and says so */
async function packWithId(id: string, dataFolder: string): Promise<ModelPack | null> {
  try {
    return await findPack({ dataFolder }, id);
  } catch (error) {
    if (error instanceof UserError && error.code === 'model-missing') return null;
    throw error;
  }
}

async function copyPack(pack: ModelPack, target: string): Promise<void> {
  const papers = (await readdir(pack.folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && PAPERS.test(entry.name))
    .map(({ name }) => name);
  const wanted = new Set(['model.json', ...Object.keys(pack.sha256)]);
  for (const paper of papers) {
    if ((await stat(join(pack.folder, paper))).size <= LARGEST_PAPER) wanted.add(paper);
  }
  for (const name of wanted) {
    const copy = join(target, name);
    await mkdir(dirname(copy), { recursive: true });
    // Where the disk can, the copy shares its blocks with the original.
    await copyFile(join(pack.folder, name), copy, constants.COPYFILE_FICLONE);
    const file = await open(copy, 'r+');
    try {
      await file.sync(); // before the rename: a pack of that name is whole, also after a power cut
    } finally {
      await file.close();
    }
  }
}

async function removeLeftBehind(models: string): Promise<void> {
  for (const name of await readdir(models)) {
    if (!name.startsWith(UNFINISHED)) continue;
    const path = join(models, name);
    const facts = await stat(path).catch(() => null); // another installation may just have finished
    if (facts && Date.now() - facts.mtimeMs > LEFT_BEHIND_MS) await rm(path, { recursive: true, force: true });
  }
}
