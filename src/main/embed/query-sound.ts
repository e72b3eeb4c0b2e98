/** A sound as a query: its embeddings, from the catalogue where it is known, else by listening to it now. */
import { stat } from 'node:fs/promises';
import { toRelative, isInside } from '../scan/roots.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import { UserError } from '../../shared/errors.ts';
import { listen, type HeardWindow, type ListeningTarget } from './listen.ts';
import type { EncoderSupervisor } from './supervisor.ts';

/** What listening to one sound at once needs. */
export interface Hearing {
  pool: DecoderPool;
  supervisor: EncoderSupervisor;
  target: ListeningTarget;
}

/**
 * @param path absolute
 * @param startSeconds the window at this place only; the whole sound if absent
 * @param catalogue null when there is none yet
 * @returns one Float32Array[dim] of L2 norm 1 a window, in order
 * @throws UserError with a FileErrorCode when it cannot be read; bad-input when it is silent or shorter than asked
 */
export async function querySound(
  path: string,
  startSeconds: number | undefined,
  catalogue: Catalogue | null,
  spaceId: number,
  hearing: Hearing,
): Promise<Float32Array[]> {
  if (!(await stat(path).catch(() => null))?.isFile()) {
    throw new UserError('not-found', `There is no file “${path}”. Check the spelling, or connect its drive.`);
  }
  const windows = (catalogue && (await knownWindows(path, catalogue, spaceId))) ?? (await hearNow(path, hearing));
  if (windows.length === 0)
    throw new UserError('bad-input', `“${path}” is silent: nothing can sound like it. Choose another sound.`);
  if (startSeconds === undefined) return windows.map(({ embedding }) => embedding);
  const end = Math.max(...windows.map((window) => window.startSeconds + window.seconds));
  if (startSeconds >= end)
    throw new UserError('bad-input', `“${path}” ends at ${end.toFixed(1)} s, before the moment asked for.`);
  // The tail window overlaps the one before it: the later one is more about that moment.
  const at = windows.findLast((window) => window.startSeconds <= startSeconds) ?? windows[0]!;
  return [at.embedding];
}

/** @returns null unless the file is listened to in this space and is as it was then */
async function knownWindows(path: string, catalogue: Catalogue, spaceId: number): Promise<HeardWindow[] | null> {
  for (const root of catalogue.roots.list()) {
    if (!isInside(path, root.path)) continue;
    const row = catalogue.files.byPath(root.id, toRelative(path, root.path));
    const facts = await stat(path).catch(() => null);
    if (row?.state !== 'ready' || row.size !== facts?.size || row.mtimeMs !== facts.mtimeMs) return null;
    return catalogue.windows.isListened(row.id, spaceId) ? catalogue.windows.ofFile(row.id, spaceId) : null;
  }
  return null;
}

async function hearNow(path: string, { pool, supervisor, target }: Hearing): Promise<HeardWindow[]> {
  for await (const heard of listen([{ fileId: 0, path }], target, pool, supervisor, new AbortController().signal)) {
    if (heard.status === 'done') return heard.windows;
    if (heard.status === 'failed') throw heard.error;
  }
  throw new UserError('not-audio', `“${path}” is not a sound. Give an audio file.`);
}
