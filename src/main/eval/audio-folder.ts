/** Where a data set keeps its clips: tables name them without their folder. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../shared/errors.ts';

/** Names looked for in each candidate folder: a few clips may be missing without the folder being the wrong one. */
const NAMES_TRIED = 200;
const USUAL_FOLDERS = ['audio', 'clips', 'wav', 'wavs', 'sounds'];

/**
 * @param asked absolute; taken as it is
 * @param dataset absolute paths of the data set's folder and of its table
 * @param names that the table's rows may mean, relative to the folder wanted
 * @returns absolute path of the first usual folder that holds one of the names; the data set's folder where none does,
 *   so that the clips are reported as missing there
 * @throws UserError not-found when the folder asked for is not there
 */
export async function findAudioFolder(
  asked: string | undefined,
  dataset: { folder: string; csv: string },
  names: string[],
): Promise<string> {
  if (asked !== undefined) {
    if (await isThere(asked, 'folder')) return asked;
    throw new UserError('not-found', `The folder of clips “${asked}” was not found.`);
  }
  const step = Math.max(1, Math.floor(names.length / NAMES_TRIED));
  const tried = names.filter((_, at) => at % step === 0);
  for (const folder of candidates(dataset)) {
    if (!(await isThere(folder, 'folder'))) continue;
    for (const name of tried) if (await isThere(resolve(folder, name), 'file')) return folder;
  }
  return dataset.folder;
}

function candidates({ folder, csv }: { folder: string; csv: string }): string[] {
  const table = basename(csv, '.csv').toLowerCase();
  const parents = [...new Set([folder, dirname(csv), dirname(dirname(csv))])];
  // "clotho_captions_evaluation.csv" goes with "evaluation", FSD50K's "eval.csv" with "FSD50K.eval_audio".
  const bySplit = ['development', 'validation', 'evaluation'].filter((split) => table.includes(split));
  const below = [...bySplit, `FSD50K.${table}_audio`, ...USUAL_FOLDERS, ''];
  return [...new Set(parents.flatMap((parent) => below.map((name) => join(parent, name))))];
}

async function isThere(path: string, kind: 'file' | 'folder'): Promise<boolean> {
  try {
    const facts = await stat(path);
    return kind === 'folder' ? facts.isDirectory() : facts.isFile();
  } catch {
    return false; // a candidate that cannot be looked at is no candidate
  }
}
