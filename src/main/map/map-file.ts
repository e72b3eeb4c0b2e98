/**
 * The map on disk: derived data that may be deleted at any time.
 *   map-<space>.json            names the file below with its size and SHA-256; written last, by rename
 *   map-<space>-<save>.places   Float64[n] when each file was analysed (epoch ms), Int32[n] file ids, Float32[2·n] x, y
 * Every save has a name of its own: a kill or a power cut at any moment leaves the map before it, or the new one.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arranged } from './protocol.ts';

const FORMAT = 1;
const BYTES_A_FILE = 8 + 4 + 8;

export interface SavedMap extends Arranged {
  /** Epoch ms. */
  madeMs: number;
}

interface Description {
  format: number;
  spaceId: number;
  files: number;
  madeMs: number;
  name: string;
  bytes: number;
  sha256: string;
}

function mapFolder(dataFolder: string): string {
  return join(dataFolder, 'map');
}

/** @returns null when none was ever saved for this space; 'damaged' when it cannot be used, which says: make it again */
export async function loadMap(dataFolder: string, spaceId: number): Promise<SavedMap | 'damaged' | null> {
  const folder = mapFolder(dataFolder);
  for (;;) {
    const text = await textOf(descriptionPath(folder, spaceId));
    if (text === null) return null;
    const map = await readDescribed(folder, spaceId, text);
    if (map) return map;
    // Another program may have saved a newer one while we were reading.
    if ((await textOf(descriptionPath(folder, spaceId))) === text) return 'damaged';
  }
}

/**
 * Writes it and makes it durable.
 * @throws Error of the file system; the map before it is untouched then
 */
export async function saveMap(dataFolder: string, spaceId: number, map: SavedMap): Promise<void> {
  const folder = mapFolder(dataFolder);
  await mkdir(folder, { recursive: true });
  const stem = `map-${spaceId}-${Date.now().toString(36)}${randomBytes(3).toString('hex')}`;
  const body = Buffer.concat([bytesOf(map.doneMs), bytesOf(map.fileIds), bytesOf(map.places)]);
  const description: Description = {
    format: FORMAT,
    spaceId,
    files: map.fileIds.length,
    madeMs: map.madeMs,
    name: `${stem}.places`,
    bytes: body.length,
    sha256: sha256(body),
  };
  const temporary = join(folder, `${stem}.json`);
  try {
    await writeDurably(join(folder, description.name), body);
    await writeDurably(temporary, Buffer.from(JSON.stringify(description)));
    await rename(temporary, descriptionPath(folder, spaceId));
  } catch (error) {
    await rm(temporary, { force: true });
    await rm(join(folder, description.name), { force: true });
    throw error;
  }
  await removeOthers(folder, spaceId, description.name);
}

/** Forgets the map of a space; where there is none, nothing happens. @throws Error of the file system */
export async function removeMap(dataFolder: string, spaceId: number): Promise<void> {
  const folder = mapFolder(dataFolder);
  await rm(descriptionPath(folder, spaceId), { force: true });
  await removeOthers(folder, spaceId, null);
}

/** Older saves, and what kills left behind. */
async function removeOthers(folder: string, spaceId: number, kept: string | null): Promise<void> {
  const ours = new RegExp(`^map-${spaceId}-[0-9a-z]+\\.(json|places)$`);
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    if (ours.test(name) && name !== kept) await rm(join(folder, name), { force: true });
  }
}

function descriptionPath(folder: string, spaceId: number): string {
  return join(folder, `map-${spaceId}.json`);
}

/** @returns null when anything is not as described */
async function readDescribed(folder: string, spaceId: number, text: string): Promise<SavedMap | null> {
  const description = parse(text);
  if (description?.format !== FORMAT || description.spaceId !== spaceId) return null;
  const { files, name, madeMs } = description;
  if (!/^map-[0-9a-z-]+\.places$/.test(name) || !Number.isSafeInteger(files) || !Number.isFinite(madeMs)) return null;
  const body = await bytesAt(join(folder, name));
  if (body?.length !== description.bytes || body.length !== files * BYTES_A_FILE) return null;
  if (sha256(body) !== description.sha256) return null;
  const { buffer } = new Uint8Array(body); // aligned, and without what else a small Buffer shares its memory with
  return {
    madeMs,
    doneMs: new Float64Array(buffer, 0, files),
    fileIds: new Int32Array(buffer, 8 * files, files),
    places: new Float32Array(buffer, 12 * files, 2 * files),
  };
}

function parse(text: string): Description | null {
  try {
    return JSON.parse(text) as Description | null;
  } catch {
    return null; // half a file, or not ours
  }
}

async function textOf(path: string): Promise<string | null> {
  return (await bytesAt(path))?.toString('utf8') ?? null;
}

async function bytesAt(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
