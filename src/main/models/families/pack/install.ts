/** Copies a pack into the data folder: checked before and after, there whole or not at all. */
import { join } from 'node:path';
import { loadPack } from '../../../packs/pack.ts';
import { copyFiles, copyPapers } from '../../copy-files.ts';
import { diskSentence, sameInstalled, UnfinishedPack } from '../../unfinished.ts';

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
