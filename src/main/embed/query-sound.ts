/** A sound as a query: its embeddings, from the catalogue where it is known, else by analysing it now. */
import { stat } from 'node:fs/promises';
import { toRelative, isInside } from '../scan/roots.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import { partRequest } from '../decode/part-request.ts';
import { Tiler } from '../decode/windows.ts';
import { UserError } from '../../shared/errors.ts';
import type { ReferenceSound } from '../../shared/types.ts';
import { KnownSounds } from './known-sounds.ts';
import { embedFiles, type WindowEmbedding, type EmbeddingTarget } from './embed-files.ts';
import type { EncoderSupervisor } from './supervisor.ts';

/** What the analysis of one file at once needs. */
export interface AnalysisDeps {
  pool: DecoderPool;
  supervisor: EncoderSupervisor;
  target: EmbeddingTarget;
}

/** What was embedded for searches, and is not in the catalogue. */
export class QuerySounds {
  readonly parts = new KnownSounds<Float32Array[]>();
  readonly wholes = new KnownSounds<WindowEmbedding[]>();
}

export interface QuerySoundDeps extends AnalysisDeps {
  /** Of the model in use. */
  known: QuerySounds;
}

/** A longer part is made up of the windows of its file; a shorter one is embedded anew, without what lies beside it. */
const LONGEST_PART_SECONDS = 60;

/**
 * @param sound a part of up to 60 s is embedded by itself; of a longer one, the windows of the file that it touches count
 * @param catalogue null when there is none yet
 * @returns one Float32Array[dim] of L2 norm 1 a window, in order
 * @throws UserError with a FileErrorCode when it cannot be read; bad-input when it is silent or shorter than asked
 */
export async function querySound(
  sound: ReferenceSound,
  catalogue: Catalogue | null,
  spaceId: number,
  deps: QuerySoundDeps,
): Promise<Float32Array[]> {
  const { path, startSeconds, endSeconds } = sound;
  const facts = await stat(path).catch(() => null);
  if (!facts?.isFile()) {
    throw new UserError('not-found', `“${path}” was not found. Check the spelling, or connect its drive.`);
  }
  if (startSeconds !== undefined && endSeconds !== undefined) {
    if (endSeconds <= startSeconds) throw new UserError('bad-input', `The end of the part of “${path}” must be after its beginning.`); // prettier-ignore
    if (endSeconds - startSeconds <= LONGEST_PART_SECONDS)
      return deps.known.parts.of(sound, facts, () => partOf(path, startSeconds, endSeconds, deps));
  }
  const windows =
    (catalogue && (await knownWindows(path, catalogue, spaceId))) ??
    (await deps.known.wholes.of({ path }, facts, () => analyseNow(path, deps)));
  if (windows.length === 0)
    throw new UserError('bad-input', `“${path}” is silent, so no file can be similar to it. Choose another file.`);
  if (startSeconds === undefined) return windows.map(({ embedding }) => embedding);
  const end = Math.max(...windows.map((window) => window.startSeconds + window.seconds));
  if (startSeconds >= end)
    throw new UserError('bad-input', `“${path}” ends at ${end.toFixed(1)} s, before the requested position.`);
  if (endSeconds !== undefined) {
    const within = windows.filter(
      (one) => one.startSeconds < endSeconds && one.startSeconds + one.seconds > startSeconds,
    );
    return within.map(({ embedding }) => embedding);
  }
  // The tail window overlaps the one before it: the later one is more about that moment.
  const at = windows.findLast((window) => window.startSeconds <= startSeconds) ?? windows[0]!;
  return [at.embedding];
}

/** @returns null unless the file is analysed in this space and is as it was then */
async function knownWindows(path: string, catalogue: Catalogue, spaceId: number): Promise<WindowEmbedding[] | null> {
  for (const root of catalogue.roots.list()) {
    if (!isInside(path, root.path)) continue;
    const row = catalogue.files.byPath(root.id, toRelative(path, root.path));
    const facts = await stat(path).catch(() => null);
    if (row?.state !== 'ready' || row.size !== facts?.size || row.mtimeMs !== facts.mtimeMs) return null;
    return catalogue.windows.isAnalysed(row.id, spaceId) ? catalogue.windows.ofFile(row.id, spaceId) : null;
  }
  return null;
}

async function analyseNow(path: string, { pool, supervisor, target }: AnalysisDeps): Promise<WindowEmbedding[]> {
  for await (const outcome of embedFiles(
    [{ fileId: 0, path }],
    target,
    pool,
    supervisor,
    new AbortController().signal,
  )) {
    if (outcome.status === 'done') return outcome.windows;
    if (outcome.status === 'failed') throw outcome.error;
  }
  throw notAudio(path);
}

/** @throws UserError bad-input when the file ends before the part begins, or it is silent */
async function partOf(
  path: string,
  startSeconds: number,
  endSeconds: number,
  { pool, supervisor, target }: AnalysisDeps,
): Promise<Float32Array[]> {
  const { signal } = new AbortController();
  const read = await pool.read(partRequest(path, startSeconds, endSeconds - startSeconds, target.sampleRate), signal);
  if ('notAudio' in read) throw notAudio(path);
  const part = read.at(-1);
  // Where the file ends within the part, the window was moved back to end there.
  const missing = part === undefined ? Infinity : startSeconds - part.startSeconds;
  if (part === undefined || missing >= part.seconds) {
    throw new UserError(
      'bad-input',
      `“${path}” ends before ${startSeconds.toFixed(1)} s. Choose an earlier part of it.`,
    );
  }
  const samples = part.samples.subarray(Math.max(0, Math.round(missing * target.sampleRate)));
  const tiler = new Tiler(target);
  const tiles = [...tiler.push(samples), ...tiler.finish()];
  if (tiles.length === 0) {
    throw new UserError('bad-input', `“${path}” is silent there. Choose another part of it.`);
  }
  return supervisor.asking((encoder) => encoder.embedWindows(tiles.map((tile) => tile.samples)));
}

function notAudio(path: string): UserError {
  return new UserError('not-audio', `“${path}” is not an audio file. Choose an audio file.`);
}
