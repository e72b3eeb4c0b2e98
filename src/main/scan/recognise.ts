/**
 * New and changed files are recognised by content before anything is decoded: a moved, renamed or retagged file
 * keeps its row and all that hangs on it; a copy of known audio is not analysed a second time.
 */
import { access } from 'node:fs/promises';
import type { Catalogue } from '../catalogue/open.ts';
import type { FileRow } from '../catalogue/stores/files.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import { mapUnordered } from '../async/map-unordered.ts';
import { ChildExitedError } from '../process/child.ts';
import { isFileError } from '../../shared/errors.ts';
import type { NativeTag } from '../../shared/types.ts';
import type { UnknownFile } from './compare.ts';
import { toAbsolute } from './walk.ts';

export interface Recognised {
  what: 'moved' | 'retagged' | 'copy' | 'unchanged' | 'to-analyse';
  /** The row that now stands for the file. */
  fileId: number;
}

/**
 * @param somethingVanished a file of the catalogue is not where it was: each new file may be it, whatever its size
 * @yields what each file turned out to be, after the catalogue says so, too
 * @throws signal.reason when cancelled
 */
export async function* recognise(
  unknown: readonly UnknownFile[],
  somethingVanished: boolean,
  look: Look,
  signal: AbortSignal,
): AsyncGenerator<Recognised, void, undefined> {
  const { catalogue, pool } = look;
  // Most new files have a size that nothing in the catalogue has: they need no look inside. Tags change the size, though.
  const [toIdentify, toAnalyse] = partition(
    unknown,
    (file) => (file.known === null && somethingVanished) || mayBeKnown(file, catalogue),
  );
  for (const batch of batches(toAnalyse, 500)) {
    signal.throwIfAborted();
    const fileIds = catalogue.transaction(() => batch.map((file) => markPending(file, catalogue)));
    for (const fileId of fileIds) yield { what: 'to-analyse', fileId };
    await new Promise(setImmediate);
  }
  const [changed, added] = partition(toIdentify, isKnown);
  const renamedOver: Exchanged[] = [];
  const width = pool.size + 1;
  for await (const found of mapUnordered(changed, width, (file, stop) => lookAtKnown(file, look, stop), signal)) {
    if ('contentId' in found) renamedOver.push(found);
    else yield found;
  }
  // Their rows belong to where their sounds are now, if they are anywhere: with new files first, then with each other.
  const displaced = new Set(renamedOver.map(({ file }) => file.known.id));
  yield* mapUnordered(added, width, (file, stop) => lookAtNew(file, look, displaced, stop), signal);
  yield* settle(renamedOver, displaced, look, signal);
}

/** Is there a row whose sound this file could hold? */
function mayBeKnown({ known, size }: UnknownFile, catalogue: Catalogue): boolean {
  if (known !== null) return known.contentId !== null;
  return catalogue.files.bySize(size).some((row) => row.contentId !== null);
}

interface Look {
  catalogue: Catalogue;
  pool: DecoderPool;
  /** Embedding space in use: a copy is complete only if its original was analysed in it. */
  spaceId: number;
}

type KnownFile = UnknownFile & { known: FileRow };

/** A known path that holds what another file of the catalogue held: somebody gave it the name of this one. */
interface Exchanged {
  file: KnownFile;
  contentId: string;
}

async function lookAtKnown(file: KnownFile, look: Look, signal: AbortSignal): Promise<Recognised | Exchanged> {
  const { catalogue, pool } = look;
  const { known } = file;
  const path = toAbsolute(file.rootPath, file.relativePath);
  const contentId = await identify(path, pool, signal);
  const looksUnchanged = known.state === 'ready' && known.size === file.size && known.mtimeMs === file.mtimeMs;
  // Out of reach for now (its rights, perhaps): what is known of it stays, and the next run looks again.
  if (contentId === null && looksUnchanged) return { what: 'unchanged', fileId: known.id };
  if (contentId === null) return { what: 'to-analyse', fileId: markPending(file, catalogue) };
  if (known.contentId !== contentId) {
    const isOfAnother = catalogue.files.byContent(contentId).length > 0;
    return isOfAnother ? { file, contentId } : { what: 'to-analyse', fileId: markPending(file, catalogue) };
  }
  const tags = await readTags(path, pool, signal);
  if (tags === null && looksUnchanged) return { what: 'unchanged', fileId: known.id };
  if (tags === null) return { what: 'to-analyse', fileId: markPending(file, catalogue) };
  if (looksUnchanged && catalogue.files.hasTags(known.id, tags)) {
    catalogue.files.setChangeTime(known.id, file.ctimeNs);
    return { what: 'unchanged', fileId: known.id };
  }
  catalogue.files.updateTags(known.id, tags, file);
  return { what: 'retagged', fileId: known.id };
}

async function lookAtNew(
  file: UnknownFile,
  look: Look,
  displaced: Set<number>,
  signal: AbortSignal,
): Promise<Recognised> {
  const { catalogue, pool } = look;
  const contentId = await identify(toAbsolute(file.rootPath, file.relativePath), pool, signal);
  if (contentId === null) return { what: 'to-analyse', fileId: markPending(file, catalogue) };
  const row = await firstFree(contentId, displaced, catalogue);
  // Another file of this run may have taken the row while we looked at the disk.
  const free = row && catalogue.files.byId(row.id);
  if (free?.contentId === contentId && free.relativePath === row?.relativePath) {
    displaced.delete(free.id);
    catalogue.files.moveTo(free.id, file);
    return tagsAgain(free, file, look, signal);
  }
  return asCopy(file, contentId, look, signal);
}

/** Files that were given each other's names: each row goes where its sound is. */
async function* settle(
  renamedOver: readonly Exchanged[],
  displaced: Set<number>,
  look: Look,
  signal: AbortSignal,
): AsyncGenerator<Recognised, void, undefined> {
  const { catalogue } = look;
  /** Of each sound, how many of the files that are still to be settled hold it. */
  const wanted = new Map<string, number>();
  const want = (contentId: string, more: 1 | -1) => wanted.set(contentId, (wanted.get(contentId) ?? 0) + more);
  for (const { contentId } of renamedOver) want(contentId, 1);
  for (const { file, contentId } of renamedOver) {
    signal.throwIfAborted();
    want(contentId, -1);
    const there = catalogue.files.byPath(file.rootId, file.relativePath);
    const isHere = there?.contentId === contentId;
    const row = isHere ? there : await firstFree(contentId, displaced, catalogue);
    const isWanted = (wanted.get(there?.contentId ?? '') ?? 0) > 0;
    if (row === null || (there !== null && !isHere && !isWanted)) {
      // The sound that was here is nowhere any more, or this one is a copy: the user's words stay with the path.
      yield await asCopy({ ...file, known: there }, contentId, look, signal);
      continue;
    }
    if (there === null || isHere) catalogue.files.moveTo(row.id, file);
    else catalogue.files.exchange(row.id, file, there.id);
    displaced.delete(row.id);
    yield await tagsAgain(row, file, look, signal);
  }
}

/** A file that was moved, and perhaps retagged on the way. @param before its row, as it was where it came from */
async function tagsAgain(before: FileRow, file: UnknownFile, look: Look, signal: AbortSignal): Promise<Recognised> {
  if (before.size !== file.size || before.mtimeMs !== file.mtimeMs) {
    const tags = await readTags(toAbsolute(file.rootPath, file.relativePath), look.pool, signal);
    if (tags !== null) look.catalogue.files.updateTags(before.id, tags, file);
  }
  return { what: 'moved', fileId: before.id };
}

/** Takes over what is known of the same sound, which is elsewhere as well. */
async function asCopy(file: UnknownFile, contentId: string, look: Look, signal: AbortSignal): Promise<Recognised> {
  const { catalogue, pool, spaceId } = look;
  const fileId = markPending(file, catalogue);
  const original = catalogue.files
    .byContent(contentId)
    .find((row) => row.id !== fileId && row.state === 'ready' && catalogue.windows.isAnalysed(row.id, spaceId));
  const tags = original ? await readTags(toAbsolute(file.rootPath, file.relativePath), pool, signal) : null;
  if (!original || tags === null) return { what: 'to-analyse', fileId };
  catalogue.files.copyAnalysed(original.id, fileId, spaceId, tags);
  return { what: 'copy', fileId };
}

/** @returns null when the file cannot be identified; its analysis reports why */
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
    if (isFileError(error) || error instanceof ChildExitedError) return null;
    throw error;
  }
}

/** @returns a row of this sound whose file is not where it was: gone, or another has its name now */
async function firstFree(
  contentId: string,
  displaced: ReadonlySet<number>,
  catalogue: Catalogue,
): Promise<FileRow | null> {
  for (const row of catalogue.files.byContent(contentId)) {
    if (displaced.has(row.id)) return row;
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

function isKnown(file: UnknownFile): file is KnownFile {
  return file.known !== null;
}

function markPending(file: UnknownFile, catalogue: Catalogue): number {
  if (!file.known) return catalogue.files.insertPending(file);
  catalogue.files.setPending(file.known.id, file);
  return file.known.id;
}

function partition<T, Yes extends T>(items: readonly T[], test: (item: T) => item is Yes): [Yes[], T[]];
function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]];
function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const yes: T[] = [];
  const no: T[] = [];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
}

function* batches<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let first = 0; first < items.length; first += size) yield items.slice(first, first + size);
}
