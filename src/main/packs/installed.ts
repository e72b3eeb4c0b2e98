/** Which packs there are: those shipped with the program, and those the user put into the data folder. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { packMissing } from '../../shared/refusals.ts';
import type { ModelStatus } from '../../shared/types.ts';
import { RESOURCES_FOLDER } from '../files/install.ts';
import { loadPack, type ModelPack } from './pack.ts';

/** The folder name of the pack that is used unless another one is asked for. */
export const DEFAULT_PACK = 'starter';
export const SHIPPED_MODELS_FOLDER = join(RESOURCES_FOLDER, 'models');

export interface PackPaths {
  /** The engine's data folder; packs lie in its `models` folder, which need not exist. */
  dataFolder: string;
  /** @default SHIPPED_MODELS_FOLDER */
  shippedFolder?: string;
}

/** Of a pack, whatever a library knows of it. */
export type PackStatus = Omit<ModelStatus, 'analysedFiles' | 'analysisBytes'>;

type Found = { folder: string; pack: ModelPack } | { folder: string; problem: string };

/**
 * Every pack, shipped ones first, broken ones with the sentence that says what is wrong.
 * @param paths.inUse what {@link findPack} would be asked for: id, folder name or folder; the starter model if absent
 */
export async function listPacks(paths: PackPaths & { inUse?: string | undefined }): Promise<PackStatus[]> {
  const wanted = paths.inUse ?? DEFAULT_PACK;
  const all = await findAll(paths);
  const used = isPath(wanted) ? await found(resolve(wanted)) : pick(all, wanted);
  // A pack that is used from some other folder belongs into the list as well.
  if (used && !all.some(({ folder }) => folder === used.folder)) all.push(used);
  const firstOf = new Map<string, string>();
  for (const one of all) {
    if ('pack' in one && !firstOf.has(one.pack.id)) firstOf.set(one.pack.id, one.folder);
  }
  return all.map((one) => {
    const inUse = one.folder === used?.folder;
    const name = basename(one.folder);
    if ('problem' in one) {
      return { id: name, name, folder: one.folder, license: '', dim: 0, inUse, shipped: isShipped(one.folder, paths), problem: one.problem, bytes: 0 }; // prettier-ignore
    }
    const { id, name: title, license, dim, folder, bytes } = one.pack;
    const other = firstOf.get(id)!;
    return {
      id,
      name: title,
      folder,
      license,
      dim,
      inUse,
      shipped: isShipped(folder, paths),
      problem: other === folder ? null : `The model pack in “${other}” has the same id “${id}”. Remove one of them.`,
      bytes,
    };
  });
}

/**
 * Finds and loads a pack.
 * @param wanted a pack id, the name of its folder, or the path of a folder; the starter model if absent
 * @throws UserError 'model-missing' when nothing is called so, 'model-damaged' when the pack found is broken
 */
export async function findPack(paths: PackPaths, wanted: string = DEFAULT_PACK): Promise<ModelPack> {
  if (isPath(wanted)) return loadPack(resolve(wanted));
  // The usual case, by folder name, must not hash every other pack first.
  const byName = (await packFolders(paths)).find((folder) => basename(folder) === wanted);
  if (byName) return loadPack(byName);
  const all = await findAll(paths);
  const used = pick(all, wanted);
  if (used && 'pack' in used) return used.pack;
  const known = all.flatMap((one) => ('pack' in one ? [one.pack.id] : []));
  const broken = all.flatMap((one) => ('problem' in one ? [one.problem] : []));
  throw packMissing(wanted, known, broken);
}

function isShipped(folder: string, { shippedFolder = SHIPPED_MODELS_FOLDER }: PackPaths): boolean {
  return dirname(folder) === resolve(shippedFolder);
}

function pick(all: Found[], wanted: string): Found | undefined {
  const byName = all.find(({ folder }) => basename(folder) === wanted);
  return byName ?? all.find((one) => 'pack' in one && one.pack.id === wanted);
}

function isPath(wanted: string): boolean {
  return isAbsolute(wanted) || wanted.includes('/') || wanted.includes('\\') || wanted.startsWith('.');
}

async function findAll(paths: PackPaths): Promise<Found[]> {
  const all: Found[] = [];
  for (const folder of await packFolders(paths)) all.push(await found(folder));
  return all;
}

async function found(folder: string): Promise<Found> {
  try {
    return { folder, pack: await loadPack(folder) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { folder, problem: error.userMessage };
  }
}

async function packFolders({ dataFolder, shippedFolder = SHIPPED_MODELS_FOLDER }: PackPaths): Promise<string[]> {
  return [...(await subfolders(resolve(shippedFolder))), ...(await subfolders(resolve(dataFolder, 'models')))];
}

async function subfolders(parent: string): Promise<string[]> {
  let entries;
  try {
    entries = await readdir(parent, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new UserError('model-missing', `The models folder “${parent}” cannot be read. Check its permissions.`, error);
  }
  const folders: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(parent, entry.name);
    // A pack on another disk, linked here, is a pack.
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isDirectory(path)))) folders.push(path);
  }
  return folders.sort();
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // a link that leads nowhere
  }
}
