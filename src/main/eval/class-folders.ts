/** Data sets without a table: a folder of clips for each class, as GTZAN and Speech Commands have them. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { claimsAudio } from '../decode/extensions.ts';
import { withoutUnderscores, type DatasetRow } from './layouts.ts';

/** Not a class: hidden, or set apart as Speech Commands does it ("_background_noise_"). */
const SET_APART = /^[._]/;

/**
 * @param folder absolute
 * @returns a row for each audio file, in the order of the names; its class is the folder that it is in
 * @throws UserError not-found when no folder in it has an audio file, no-permission
 */
export async function readClassFolders(folder: string): Promise<DatasetRow[]> {
  const rows: DatasetRow[] = [];
  for (const name of await namesIn(folder, 'folder')) {
    if (SET_APART.test(name)) continue;
    const labels = [withoutUnderscores(name)];
    for (const file of await namesIn(join(folder, name), 'file')) {
      if (claimsAudio(file))
        rows.push({ line: rows.length + 1, file: join(name, file), fold: null, labels, captions: [] });
    }
  }
  if (rows.length > 0) return rows;
  throw new UserError('not-found', `No folder in “${folder}” has audio files. Specify the folder that has one folder for each class.`); // prettier-ignore
}

async function namesIn(folder: string, kind: 'file' | 'folder'): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.flatMap((entry) => ((kind === 'folder') === entry.isDirectory() ? [entry.name] : [])).sort();
  } catch (error) {
    throw new UserError('no-permission', `The folder “${basename(folder)}” cannot be read. Check its permissions.`, error); // prettier-ignore
  }
}
