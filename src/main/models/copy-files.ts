/** What goes into a pack as it is. */
import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Beside the files that model.json names, these go along: licences ask for it. */
const PAPERS = /^(licen[cs]e|notice|copying|readme|model[_-]?card|attribution|citation)[^/]*$/i;
const LARGEST_PAPER = 10e6;

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
export async function copyFiles(folder: string, target: string, names: Iterable<string>): Promise<void> {
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
