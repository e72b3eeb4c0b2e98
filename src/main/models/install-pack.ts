/** Copies a pack into the data folder: checked before and after, there whole or not at all. */
import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadPack } from './pack.ts';
import { diskSentence, sameInstalled, UnfinishedPack } from './unfinished.ts';

/** Beside the files that model.json names, these go along: licences ask for it. */
const PAPERS = /^(licen[cs]e|notice|copying|readme|model[_-]?card|attribution|citation)[^/]*$/i;
const LARGEST_PAPER = 10e6;

/**
 * @param folder of the pack, absolute
 * @param dataFolder the engine's; the pack comes into its `models` folder, under its id
 * @returns the folder where it lies now; where the same pack was there before, that one
 * @throws UserError model-missing, model-damaged; bad-input when another pack has its id; disk-full. Errors of the disk
 */
export async function installPack(folder: string, dataFolder: string): Promise<string> {
  const pack = await loadPack(folder);
  const there = await sameInstalled(pack, dataFolder);
  if (there !== null) return there;
  const unfinished = await UnfinishedPack.begin(dataFolder, pack.bytes);
  let copied;
  try {
    await copyFiles(pack.folder, unfinished.folder, ['model.json', ...Object.keys(pack.sha256)]);
    await copyPapers(pack.folder, unfinished.folder);
    copied = await loadPack(unfinished.folder); // what was copied is what was published
  } catch (error) {
    await unfinished.abandon();
    throw diskSentence(error, join(dataFolder, 'models'));
  }
  return unfinished.finish(copied);
}

/** Licence, model card and the like, if there are any. */
export async function copyPapers(folder: string, target: string): Promise<void> {
  const papers: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile() || !PAPERS.test(entry.name)) continue;
    if ((await stat(join(folder, entry.name))).size <= LARGEST_PAPER) papers.push(entry.name);
  }
  await copyFiles(folder, target, papers);
}

/** @param names relative to the folder, '/' between their parts */
async function copyFiles(folder: string, target: string, names: Iterable<string>): Promise<void> {
  for (const name of new Set<string>(names)) {
    const copy = join(target, name);
    await mkdir(dirname(copy), { recursive: true });
    // Where the disk can, the copy shares its blocks with the original.
    await copyFile(join(folder, name), copy, constants.COPYFILE_FICLONE);
    const file = await open(copy, 'r+');
    try {
      await file.sync(); // before the rename: a pack of that name is whole, also after a power cut
    } finally {
      await file.close();
    }
  }
}
