/**
 * The embedding stage: files in, facts and embeddings out. The decoder processes and the inference process talk
 * to each other directly; here their two halves of each file are put together, and their crashes are survived.
 */
import { setTimeout } from 'node:timers/promises';
import type { DecodeReport } from '../decode/report.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import { mapUnordered } from '../async/map-unordered.ts';
import { ChildExitedError } from '../process/child.ts';
import { isFileError, UserError, type FileError } from '../../shared/errors.ts';
import type { EmbeddedWindow } from './encoder.ts';
import { normalised } from '../vectors/normalise.ts';
import { NoEmbeddingError, type EncoderSupervisor } from './supervisor.ts';

export interface FileToEmbed {
  fileId: number;
  /** Absolute. */
  path: string;
}

export interface WindowEmbedding {
  startSeconds: number;
  seconds: number;
  /** Float32Array[dim], L2 norm 1 unless asked for raw. */
  embedding: Float32Array;
}

export type EmbedOutcome<F extends FileToEmbed> =
  | { status: 'done'; file: F; report: DecodeReport; windows: WindowEmbedding[] }
  /** Not audio, and its name does not say so. */
  | { status: 'not-audio'; file: F }
  | { status: 'failed'; file: F; error: FileError };

/** The input that a pack takes. */
export interface EmbeddingTarget {
  /** Hz */
  sampleRate: number;
  windowSeconds: number;
  hopSeconds: number;
  /** Analysis of one file stops after this many windows. */
  maxWindows: number;
}

/**
 * @param files pulled only as fast as they can be analysed
 * @param options.raw as the encoder gives it, of silence too; else normalised, and silence is left out
 * @yields one outcome a file, in the order in which they are ready
 * @throws signal.reason when cancelled; anything that is not about one file (the inference process cannot start)
 */
export async function* embedFiles<F extends FileToEmbed>(
  files: AsyncIterable<F> | Iterable<F>,
  target: EmbeddingTarget,
  pool: DecoderPool,
  supervisor: EncoderSupervisor,
  signal: AbortSignal,
  { raw = false }: { raw?: boolean } = {},
): AsyncGenerator<EmbedOutcome<F>, void, undefined> {
  await supervisor.loadAudio(); // a model that cannot run here ends it all, not each of the files
  const embedOne = (file: F, stop: AbortSignal) => embedFile(file, { target, pool, supervisor, raw }, stop);
  // Files in work when the inference process crashed: any of them may be the cause, so each is analysed again alone.
  const suspects: F[] = [];
  // More than there are decoders: windows of short files wait for each other, and go into the model together.
  for await (const outcome of mapUnordered(files, pool.size + supervisor.filesAhead, embedOne, signal)) {
    if (outcome.status === 'encoder-exited') suspects.push(outcome.file);
    else yield outcome;
  }
  for (const file of suspects) {
    const outcome = await embedOne(file, signal);
    yield outcome.status === 'encoder-exited'
      ? { status: 'failed', file, error: crashed('encoder-crashed', file.path, outcome.cause) }
      : outcome;
  }
}

type Attempt<F extends FileToEmbed> = EmbedOutcome<F> | { status: 'encoder-exited'; file: F; cause: unknown };

let nextItem = 1;

interface EmbedDeps {
  target: EmbeddingTarget;
  pool: DecoderPool;
  supervisor: EncoderSupervisor;
  raw: boolean;
}

async function embedFile<F extends FileToEmbed>(file: F, deps: EmbedDeps, signal: AbortSignal): Promise<Attempt<F>> {
  const { target, pool, supervisor, raw } = deps;
  for (let attempt = 1; ; attempt++) {
    const encoder = await supervisor.running();
    const item = nextItem++;
    const collected = encoder.collect(item);
    try {
      const report = await pool.decode(
        { path: file.path, item, target: { ...target, keepSilent: raw, socketPath: encoder.socketPath } },
        signal,
      );
      if (report.notAudio) return { status: 'not-audio', file };
      const windows = await withSignal(collected.complete(report.windowCount), signal);
      return { status: 'done', file, report, windows: windows.map((window) => toWindow(window, raw)) };
    } catch (error) {
      signal.throwIfAborted();
      if (isFileError(error)) return { status: 'failed', file, error };
      if (error instanceof NoEmbeddingError)
        return { status: 'failed', file, error: withoutEmbedding(file.path, error) };
      // The decoder may see the broken pipe before we learn that the inference process crashed.
      if (!(error instanceof ChildExitedError)) await Promise.race([encoder.encoder.exited, setTimeout(1000)]);
      if (!encoder.alive) return { status: 'encoder-exited', file, cause: error };
      if (!(error instanceof ChildExitedError)) throw error;
      if (attempt === 2) {
        return { status: 'failed', file, error: crashed('decoder-crashed', file.path, error) };
      }
    } finally {
      collected.forget();
    }
  }
}

function crashed(code: 'decoder-crashed' | 'encoder-crashed', path: string, cause: unknown): FileError {
  const what = code === 'decoder-crashed' ? 'the decoder' : 'the model';
  const sentence = `“${path}” crashed ${what} twice and was skipped. The file may be damaged; try to play it in another program.`;
  return new UserError(code, sentence, cause) as FileError;
}

function withoutEmbedding(path: string, cause: unknown): FileError {
  const sentence = `The model returned no valid embedding for “${path}”. Play the file to check it.`;
  return new UserError('undecodable-audio', sentence, cause) as FileError;
}

/** @throws NoEmbeddingError when the embedding has no direction and one is wanted */
function toWindow({ startSeconds, seconds, embedding }: EmbeddedWindow, raw: boolean): WindowEmbedding {
  const direction = raw ? embedding : normalised(embedding);
  if (!direction) throw new NoEmbeddingError('embedding without direction');
  return { startSeconds, seconds, embedding: direction };
}

async function withSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
