/** Which vocabularies there are: those shipped with the program, and those the user put into the data folder. */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { RESOURCES_FOLDER } from '../files/install.ts';
import { checkVocabulary, type Vocabulary } from './vocabulary.ts';
import { readRegularFile, UnfitFileError } from '../files/regular-file.ts';

export const SHIPPED_VOCABULARIES_FOLDER = join(RESOURCES_FOLDER, 'vocabularies');

/** Far above any real one: 5000 long labels take 4 MiB. Keeps a misplaced recording from being read into memory. */
const MAX_BYTES = 16 * 2 ** 20;

export interface VocabularyPaths {
  /** The engine's data folder; vocabularies lie in its `vocabularies` folder, which need not exist. */
  dataFolder: string;
  /** @default SHIPPED_VOCABULARIES_FOLDER */
  shippedFolder?: string;
}

/** Paths are absolute. */
export interface InstalledVocabularies {
  /** Shipped ones first, then by file name. Ids differ. */
  found: { path: string; vocabulary: Vocabulary }[];
  /** Files and folders that could not be used; `sentences` name the file, the label and what to do. Never empty. */
  broken: { path: string; sentences: string[] }[];
}

/** Every `*.json` in both folders. Errors in one are reported and do not hide the others: this never rejects. */
export async function readVocabularies({
  dataFolder,
  shippedFolder = SHIPPED_VOCABULARIES_FOLDER,
}: VocabularyPaths): Promise<InstalledVocabularies> {
  const installed: InstalledVocabularies = { found: [], broken: [] };
  for (const folder of [resolve(shippedFolder), resolve(dataFolder, 'vocabularies')]) {
    const names = await jsonFiles(folder);
    if ('sentence' in names) installed.broken.push({ path: folder, sentences: [names.sentence] });
    else for (const name of names.files) await readInto(installed, join(folder, name));
  }
  return installed;
}

async function readInto({ found, broken }: InstalledVocabularies, path: string): Promise<void> {
  const text = await textOf(path);
  if ('sentence' in text) {
    broken.push({ path, sentences: [text.sentence] });
    return;
  }
  const checked = checkVocabulary(text.text, path);
  if ('problems' in checked) {
    broken.push({ path, sentences: checked.problems });
    return;
  }
  const { id } = checked.vocabulary;
  const other = found.find((one) => one.vocabulary.id === id);
  if (other) {
    const sentence = `The vocabulary “${path}” has the same id “${id}” as “${other.path}”. Change its id or remove it.`;
    broken.push({ path, sentences: [sentence] });
    return;
  }
  found.push({ path, vocabulary: checked.vocabulary });
}

async function jsonFiles(folder: string): Promise<{ files: string[] } | { sentence: string }> {
  try {
    const names = await readdir(folder);
    return { files: names.filter((name) => /^[^.].*\.json$/iu.test(name)).sort() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { files: [] };
    return {
      sentence: `The vocabularies folder “${folder}” cannot be read. Check that it is a folder, and its permissions.`,
    };
  }
}

async function textOf(path: string): Promise<{ text: string } | { sentence: string }> {
  let bytes: Uint8Array;
  try {
    bytes = await readRegularFile(path, MAX_BYTES);
  } catch (error) {
    if (error instanceof UnfitFileError && error.kind === 'too-large') {
      return { sentence: `The vocabulary “${path}” is larger than 16 MiB. Remove labels, or remove the file.` };
    }
    return { sentence: `The vocabulary “${path}” cannot be read. Check that it is a file, and its permissions.` };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }; // passes over a byte order mark
  } catch {
    return { sentence: `The vocabulary “${path}” is not UTF-8 text. Save it again as UTF-8.` };
  }
}
