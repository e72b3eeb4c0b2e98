/**
 * New and changed files are recognised by content before anything is decoded: a moved, renamed or retagged file
 * keeps its row and all that hangs on it; a copy of a known sound is not listened to a second time.
 */
import { access } from 'node:fs/promises';
import type { Catalogue } from '../catalogue/open.ts';
import type { FileRow } from '../catalogue/files.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import { mapUnordered } from '../jobs/map-unordered.ts';
import { ChildDiedError } from '../process/child.ts';
import { isFileError } from '../../shared/errors.ts';
import type { NativeTag } from '../../shared/types.ts';
import type { UnknownFile } from './compare.ts';
import { toAbsolute } from './walk.ts';

export interface Recognised {
  what: 'moved' | 'retagged' | 'copy' | 'unchanged' | 'to-listen';
  /** The row that now stands for the file. */
  fileId: number;
}

/**
 * @param spaceId embedding space in use: a copy is complete only if its original was listened to in it
 * @yields what each file turned out to be, after the catalogue says so, too
 * @throws signal.reason when cancelled
 */
export async function* recognise(
  unknown: readonly UnknownFile[],
  catalogue: Catalogue,
  pool: DecoderPool,
  spaceId: number,
  signal: AbortSignal,
): AsyncGenerator<Recognised, void, undefined> {
  // Most new files have a size that nothing in the catalogue has: they need no look inside.
  const [toIdentify, toListen] = partition(unknown, (file) => candidates(file, catalogue).length > 0);
  for (const batch of batches(toListen, 500)) {
    signal.throwIfAborted();
    const fileIds = catalogue.transaction(() => batch.map((file) => markPending(file, catalogue)));
    for (const fileId of fileIds) yield { what: 'to-listen', fileId };
    await new Promise(setImmediate);
  }
  yield* mapUnordered(
    toIdentify,
    pool.size + 1,
    (file, stop) => recogniseOne(file, catalogue, pool, spaceId, stop),
    signal,
  );
}

/** Rows whose sound this file could hold. */
function candidates(file: UnknownFile, catalogue: Catalogue): FileRow[] {
  if (file.known) return file.known.contentId === null ? [] : [file.known];
  return catalogue.files.bySize(file.size).filter((row) => row.contentId !== null);
}

async function recogniseOne(
  file: UnknownFile,
  catalogue: Catalogue,
  pool: DecoderPool,
  spaceId: number,
  signal: AbortSignal,
): Promise<Recognised> {
  const path = toAbsolute(file.rootPath, file.relativePath);
  const contentId = await identify(path, pool, signal);
  const { rootId, relativePath, size, mtimeMs, ctimeNs, known } = file;
  const place = { rootId, relativePath, size, mtimeMs, ctimeNs };
  const looksUnchanged = known?.state === 'ready' && known.size === size && known.mtimeMs === mtimeMs;
  // Out of reach for now (its rights, perhaps): what is known of it stays, and the next run looks again.
  if (contentId === null && looksUnchanged) return { what: 'unchanged', fileId: known.id };
  if (contentId === null) {
    return { what: 'to-listen', fileId: markPending(file, catalogue) };
  }
  if (file.known?.contentId === contentId) {
    const tags = await readTags(path, pool, signal);
    if (tags === null && looksUnchanged) return { what: 'unchanged', fileId: file.known.id };
    if (tags === null) return { what: 'to-listen', fileId: markPending(file, catalogue) };
    if (looksUnchanged && catalogue.files.hasTags(file.known.id, tags)) {
      catalogue.files.setChangeTime(file.known.id, ctimeNs);
      return { what: 'unchanged', fileId: file.known.id };
    }
    catalogue.files.updateTags(file.known.id, tags, file);
    return { what: 'retagged', fileId: file.known.id };
  }
  const same = catalogue.files.byContent(contentId);
  const vanished = file.known ? null : await firstVanished(same, catalogue);
  // Another file of this run may have taken the vanished row while we looked at the disk.
  const free = vanished && catalogue.files.byId(vanished.id);
  if (free?.contentId === contentId && free.relativePath === vanished?.relativePath) {
    catalogue.files.moveTo(free.id, place);
    return { what: 'moved', fileId: free.id };
  }
  const fileId = markPending(file, catalogue);
  const original = same.find(
    (row) => row.id !== fileId && row.state === 'ready' && catalogue.windows.isListened(row.id, spaceId),
  );
  const tags = original ? await readTags(path, pool, signal) : null;
  if (!original || tags === null) return { what: 'to-listen', fileId };
  catalogue.files.copyListening(original.id, fileId, spaceId, tags);
  return { what: 'copy', fileId };
}

/** @returns null when the file cannot be identified; listening to it will tell why */
async function identify(path: string, pool: DecoderPool, signal: AbortSignal): Promise<string | null> {
  return unlessTheFileFails(async () => (await pool.identify({ path }, signal)).contentId, signal);
}

/** @returns null when they cannot be read: to store none then would forget those that are known */
function readTags(path: string, pool: DecoderPool, signal: AbortSignal): Promise<NativeTag[] | null> {
  return unlessTheFileFails(() => pool.tags({ path }, signal), signal);
}

async function unlessTheFileFails<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    signal.throwIfAborted();
    if (isFileError(error) || error instanceof ChildDiedError) return null;
    throw error;
  }
}

async function firstVanished(rows: readonly FileRow[], catalogue: Catalogue): Promise<FileRow | null> {
  for (const row of rows) {
    const root = catalogue.roots.byId(row.rootId);
    if (!root?.online) continue; // on a drive that is not connected: it may well be there still
    try {
      await access(toAbsolute(root.path, row.relativePath));
    } catch {
      return row;
    }
  }
  return null;
}

function markPending(file: UnknownFile, catalogue: Catalogue): number {
  if (!file.known) return catalogue.files.insertPending(file);
  catalogue.files.setPending(file.known.id, file);
  return file.known.id;
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const yes: T[] = [];
  const no: T[] = [];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
}

function* batches<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let first = 0; first < items.length; first += size) yield items.slice(first, first + size);
}
