/**
 * The index on disk: derived data that may be deleted at any time.
 *   index-<space>.json            names the two files below with their sizes and SHA-256; written last, by rename
 *   index-<space>-<save>.hnsw     the graph as hnswlib writes it
 *   index-<space>-<save>.rows     Float64[2·n]: window id and analysis time of each window in the graph
 * Every save has names of its own, so that the index before it stays whole until the description points to the new
 * one: a kill or a power cut at any moment leaves one of the two.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { EF_CONSTRUCTION, HnswGraph, M } from './hnsw-graph.ts';
import { filesOf } from './index-folder.ts';

const FORMAT = 1;
const HNSWLIB_VERSION = (createRequire(import.meta.url)('hnswlib-node/package.json') as { version: string }).version;
/** Files of a save that never finished are removed when they are this old, ms: a younger one may be in the making. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

interface FileDescription {
  name: string;
  bytes: number;
  sha256: string;
}

interface IndexDescription {
  format: number;
  spaceId: number;
  dim: number;
  M: number;
  efConstruction: number;
  hnswlib: string;
  /** Byte order and word size are in the graph's bytes. */
  arch: string;
  /** In the graph, deleted ones included. */
  elements: number;
  deleted: number;
  largestLabel: number;
  /** Window ids whose embedding is not finite: known, but not in the graph. */
  broken: number[];
  graph: FileDescription;
  rows: FileDescription;
}

export interface SavedIndex {
  graph: HnswGraph;
  /** Float64[2·n]: window id and analysis time (epoch ms), by id. */
  rows: Float64Array;
  broken: number[];
}

/** A clause for the sentence "The search index …". */
export type Unusable = 'was damaged' | 'was made by another version of Earmark' | 'has no header';

/**
 * @returns the index as saved, why it cannot be used, or null when none was ever saved
 * Everything is checked before the native code sees it.
 */
export async function loadIndex(folder: string, spaceId: number, dim: number): Promise<SavedIndex | Unusable | null> {
  for (;;) {
    const text = readText(descriptionPath(folder, spaceId));
    if (text === null) return filesOf(folder, spaceId).length > 0 ? 'has no header' : null;
    const description = parse(text);
    if (!description) return 'was damaged';
    if (!isOurs(description, spaceId, dim)) return 'was made by another version of Earmark';
    const index = await loadDescribed(folder, description);
    if (index) return index;
    // Another process may have saved a newer one while we were reading.
    if (readText(descriptionPath(folder, spaceId)) === text) return 'was damaged';
  }
}

/**
 * Writes all of it and makes it durable. The graph must not change meanwhile.
 * @throws Error of the file system; `ENOSPC` also when the library wrote less than it should have. The index
 *   saved before is untouched then.
 */
export async function saveIndex(
  folder: string,
  spaceId: number,
  dim: number,
  { graph, rows, broken }: SavedIndex,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const stem = `index-${spaceId}-${Date.now().toString(36)}${randomBytes(3).toString('hex')}`;
  const names = { graph: `${stem}.hnsw`, rows: `${stem}.rows` };
  const temporary = join(folder, `${stem}.json`);
  const before = parse(readText(descriptionPath(folder, spaceId)) ?? '');
  try {
    await graph.save(nativePath(join(folder, names.graph)));
    await checkLayout(join(folder, names.graph), graph.elements, dim);
    await writeDurably(join(folder, names.rows), new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
    const description: IndexDescription = {
      format: FORMAT, spaceId, dim, M, efConstruction: EF_CONSTRUCTION, hnswlib: HNSWLIB_VERSION, arch: process.arch,
      elements: graph.elements, deleted: graph.deleted, largestLabel: graph.largestLabel, broken,
      graph: await describe(folder, names.graph), rows: await describe(folder, names.rows),
    }; // prettier-ignore
    await syncToDisk(join(folder, names.graph));
    await writeDurably(temporary, Buffer.from(JSON.stringify(description)));
    await rename(temporary, descriptionPath(folder, spaceId));
  } catch (error) {
    for (const path of [temporary, join(folder, names.graph), join(folder, names.rows)])
      await rm(path, { force: true });
    throw error;
  }
  for (const old of before ? [before.graph.name, before.rows.name] : []) await rm(join(folder, old), { force: true });
  removeAbandoned(folder, spaceId, [...Object.values(names), `index-${spaceId}.json`]);
}

function descriptionPath(folder: string, spaceId: number): string {
  return join(folder, `index-${spaceId}.json`);
}

/** What kills left behind. Another process may be writing right now: young files stay. */
function removeAbandoned(folder: string, spaceId: number, kept: readonly string[]): void {
  for (const name of filesOf(folder, spaceId)) {
    const path = join(folder, name);
    const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (!kept.includes(name) && Date.now() - changedMs > ABANDONED_AFTER_MS) rmSync(path, { force: true });
  }
}

function isOurs(description: IndexDescription, spaceId: number, dim: number): boolean {
  const { format, M: links, efConstruction, hnswlib, arch } = description;
  const made = [format, description.spaceId, description.dim, links, efConstruction, hnswlib, arch];
  const wanted = [FORMAT, spaceId, dim, M, EF_CONSTRUCTION, HNSWLIB_VERSION, process.arch];
  return made.every((value, i) => value === wanted[i]);
}

/** @returns null when anything is not as described */
async function loadDescribed(folder: string, description: IndexDescription): Promise<SavedIndex | null> {
  try {
    for (const file of [description.rows, description.graph]) {
      const found = await describe(folder, file.name);
      if (found.bytes !== file.bytes || found.sha256 !== file.sha256) return null;
    }
    const rows = new Float64Array(new Uint8Array(readFileSync(join(folder, description.rows.name))).buffer);
    const graph = HnswGraph.load(nativePath(join(folder, description.graph.name)), description.dim, description);
    const { elements, deleted, broken } = description;
    const fits = graph.elements === elements && rows.length / 2 === elements - deleted + broken.length;
    return fits ? { graph, rows, broken } : null;
  } catch {
    return null; // a missing file, or a graph that the library refuses: it is built again either way
  }
}

/** See {@link HnswGraph.save}: the index process works in the index folder, so that this is a plain file name. */
function nativePath(path: string): string {
  return relative(process.cwd(), path);
}

function readText(path: string): string | null {
  return statSync(path, { throwIfNoEntry: false }) ? readFileSync(path, 'utf8') : null;
}

function parse(text: string): IndexDescription | null {
  try {
    const value = JSON.parse(text) as IndexDescription;
    const whole = [value.graph, value.rows].every(({ name }) => /^index-[0-9a-z-]+\.(hnsw|rows)$/.test(name));
    return whole && Array.isArray(value.broken) ? value : null;
  } catch {
    return null; // half a file, or not ours
  }
}

async function describe(folder: string, name: string): Promise<FileDescription> {
  const hash = createHash('sha256');
  // One buffer for all of it: a stream would leave hundreds of them to the garbage collector.
  const chunk = Buffer.allocUnsafe(1 << 20);
  const file = await open(join(folder, name), 'r');
  try {
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) return { name, bytes, sha256: hash.digest('hex') };
      hash.update(chunk.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/**
 * Is the file as long as a graph of `elements` must be? Layout (hnswlib 0.8, `saveIndex`): a header of 96 bytes, then
 * for each element its links, values and label, then for each element the bytes of its upper links and those links.
 */
async function checkLayout(path: string, elements: number, dim: number): Promise<void> {
  const HEADER_BYTES = 96;
  const elementBytes = 4 + 2 * M * 4 + dim * 4 + 8;
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const from = HEADER_BYTES + elements * elementBytes;
    const links = Buffer.alloc(Math.max(0, size - from));
    await file.read(links, 0, links.length, from);
    let at = 0;
    let seen = 0;
    for (; seen < elements && at + 4 <= links.length; seen++) at += 4 + links.readUInt32LE(at);
    if (seen === elements && at === links.length) return;
    throw Object.assign(new Error(`the index was only partly written (${size} bytes)`), { code: 'ENOSPC' });
  } finally {
    await file.close();
  }
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

async function syncToDisk(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
