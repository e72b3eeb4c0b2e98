/** A pack on its way into the data folder: in a hidden folder until it is whole, then renamed. Never half there. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { findPack } from '../packs/installed.ts';
import { spaceOf, type ModelPack } from '../packs/pack.ts';
import { noteHash } from '../packs/verified-files.ts';

const PREFIX = '.installing-';
/** Files of a program that has exited or does not answer are removed after this time. */
const LEFT_BEHIND_MS = 24 * 3600e3;
/** Whose work a folder is, in its name. */
const PROCESS_ID = /-(\d+)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Folders that this process is filling now. */
const inWork = new Set<string>();

export class UnfinishedPack {
  /** To be filled; empty at first. */
  readonly folder: string;
  readonly #models: string;

  private constructor(models: string, folder: string) {
    this.#models = models;
    this.folder = folder;
  }

  /**
   * Also removes files that killed installations left behind.
   * @param dataFolder the engine's
   * @param bytes that the pack will take, about
   * @throws UserError disk-full, catalogue-unwritable
   */
  static async begin(dataFolder: string, bytes: number): Promise<UnfinishedPack> {
    const models = join(dataFolder, 'models');
    const name = `${PREFIX}${process.pid}-${randomUUID()}`;
    const folder = join(models, name);
    try {
      await mkdir(models, { recursive: true });
      await removeLeftBehind(models);
      await checkSpace(models, bytes);
      await mkdir(folder);
    } catch (error) {
      throw diskSentence(error, models);
    }
    inWork.add(name);
    return new UnfinishedPack(models, folder);
  }

  /**
   * @param pack as it was just read from the folder, all of its files compared with their hashes
   * @returns the folder where the pack lies now
   * @throws errors of the disk; the folder is gone then
   */
  async finish(pack: ModelPack): Promise<string> {
    const final = join(this.#models, pack.id);
    try {
      for (const [name, hash] of Object.entries(pack.sha256)) {
        const path = join(this.folder, name);
        await noteHash(path, await stat(path), hash);
      }
      await flush(this.folder);
      await rename(this.folder, final);
      await flush(this.#models);
    } catch (error) {
      await this.abandon();
      throw error;
    }
    inWork.delete(this.#name);
    return final;
  }

  async abandon(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    inWork.delete(this.#name);
  }

  get #name(): string {
    return this.folder.slice(this.#models.length + 1);
  }
}

/**
 * What the disk says while a pack is written, as a sentence.
 * @param folder into which models are installed
 * @returns the error as it is where it is none of the disk's
 */
export function diskSentence(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserError(
      'disk-full',
      `The disk of “${folder}” is full. Nothing was installed. Free some space, then try again.`,
      error,
    );
  }
  return new UserError(
    'catalogue-unwritable',
    `Models cannot be written to “${folder}”. Nothing was installed. Check that it is a folder, its permissions and its drive.`,
    error,
  );
}

/** Deletes an installed pack: at once out of sight, and should that be interrupted, later by {@link UnfinishedPack.begin}. */
export async function discard(folder: string): Promise<void> {
  const hidden = join(dirname(folder), `${PREFIX}${process.pid}-${randomUUID()}`);
  await rename(folder, hidden);
  await rm(hidden, { recursive: true, force: true });
}

/**
 * @returns the folder where the very same pack is installed; null when its id is free
 * @throws UserError bad-input when another pack has its id
 */
export async function sameInstalled(pack: ModelPack, dataFolder: string): Promise<string | null> {
  const there = await packWithId(pack.id, dataFolder);
  if (!there) return null;
  if (spaceOf(there).weightHash === spaceOf(pack).weightHash && there.version === pack.version) return there.folder;
  throw new UserError(
    'bad-input',
    `Another model with the id “${pack.id}” is already installed in “${there.folder}”. Remove it first.`,
  );
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

/** So that a power cut cannot leave a name without its files. Windows does not let a folder be opened, and needs no such thing. */
async function flush(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function checkSpace(models: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(models);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const gigabytes = (count: number) => `${(count / 1e9).toFixed(1)} GB`;
  throw new UserError(
    'disk-full',
    `The model needs ${gigabytes(bytes)} in “${models}”, but only ${gigabytes(free)} are free. Free some space, then try again.`,
  );
}

async function removeLeftBehind(models: string): Promise<void> {
  for (const name of await readdir(models)) {
    if (!name.startsWith(PREFIX) || inWork.has(name)) continue;
    const path = join(models, name);
    const facts = await stat(path).catch(() => null); // another program may just have finished it
    if (facts && (isOrphan(name) || Date.now() - facts.mtimeMs > LEFT_BEHIND_MS)) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** Whether the process that was at it is gone; false where the name does not say which one it was. */
function isOrphan(name: string): boolean {
  const processId = Number(PROCESS_ID.exec(name)?.[1] ?? 0);
  if (processId === 0) return false;
  if (processId === process.pid) return true; // not among those in work: an earlier process had the same number
  try {
    process.kill(processId, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
