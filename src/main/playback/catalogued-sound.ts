/** A catalogued file as it lies on the disk now. Files are asked for by their id alone; a path never comes from outside. */
import { stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import type { Catalogue } from '../catalogue/open.ts';
import { absolutePath } from '../catalogue/stores/roots.ts';
import type { FileRow } from '../catalogue/stores/files.ts';
import { fromFileSystem, quoted } from '../decode/file-errors.ts';
import { UserError } from '../../shared/errors.ts';

/** null as long as there is no catalogue. */
export type OpenCatalogue = () => Pick<Catalogue, 'files' | 'roots'> | null;

export interface CataloguedSound {
  row: FileRow;
  path: string;
  facts: Stats;
}

/** @throws UserError not-found (no such id), vanished, no-permission; what is wrong with the file if it could not be analysed */
export async function findSound(catalogue: OpenCatalogue, fileId: number): Promise<CataloguedSound> {
  const open = catalogue();
  const row = open?.files.byId(fileId);
  const root = row ? open?.roots.byId(row.rootId) : null;
  if (!row || !root || row.state === 'other') {
    throw new UserError('not-found', 'This file is not in the catalogue. It may have been removed.');
  }
  const path = absolutePath(root.path, row.relativePath);
  if (row.state === 'failed' && row.reasonCode !== null) {
    throw new UserError(row.reasonCode, row.reason ?? `${quoted(path)} could not be read.`);
  }
  return { row, path, facts: await findOnDisk(path) };
}

async function findOnDisk(path: string): Promise<Stats> {
  try {
    const facts = await stat(path);
    // As the decoder does: opening a pipe or a device may wait for ever.
    if (facts.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    if (!facts.isFile()) throw Object.assign(new Error('is a pipe, socket or device'), { code: 'ENOTSUP' });
    return facts;
  } catch (error) {
    throw fromFileSystem(path, error);
  }
}
