/**
 * The listening stage: files in, facts and embeddings out. The decoder processes and the inference process talk
 * to each other directly; here their two halves of each file are put together, and their deaths are survived.
 */
import { setTimeout } from 'node:timers/promises';
import type { DecodeReport } from '../decode/report.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import { mapUnordered } from '../jobs/map-unordered.ts';
import { ChildDiedError } from '../process/child.ts';
import { isFileError, UserError, type FileError } from '../../shared/errors.ts';
import type { EmbeddedWindow } from './encoder.ts';
import { normalised } from './normalise.ts';
import { NoEmbeddingError, type EncoderSupervisor } from './supervisor.ts';

export interface FileToHear {
  fileId: number;
  /** Absolute. */
  path: string;
}

export interface HeardWindow {
  startSeconds: number;
  seconds: number;
  /** Float32Array[dim], L2 norm 1 unless asked for raw. */
  embedding: Float32Array;
}

export type Heard<F extends FileToHear> =
  | { status: 'done'; file: F; report: DecodeReport; windows: HeardWindow[] }
  /** Not audio, and its name does not say so. */
  | { status: 'not-audio'; file: F }
  | { status: 'failed'; file: F; error: FileError };

/** What a pack wants to hear. */
export interface ListeningTarget {
  /** Hz */
  sampleRate: number;
  windowSeconds: number;
  hopSeconds: number;
  /** Listening to one file stops after this many windows. */
  maxWindows: number;
}

/**
 * @param files pulled only as fast as they can be heard
 * @param options.raw as the encoder gives it, of silence too; else normalised, and silence is left out
 * @yields one outcome a file, in the order in which they are ready
 * @throws signal.reason when cancelled; anything that is not about one file (the inference process cannot start)
 */
export async function* listen<F extends FileToHear>(
  files: AsyncIterable<F> | Iterable<F>,
  target: ListeningTarget,
  pool: DecoderPool,
  supervisor: EncoderSupervisor,
  signal: AbortSignal,
  { raw = false }: { raw?: boolean } = {},
): AsyncGenerator<Heard<F>, void, undefined> {
  await supervisor.loadAudio(); // a model that cannot run here ends it all, not each of the files
  const hearOne = (file: F, stop: AbortSignal) => hear(file, { target, pool, supervisor, raw }, stop);
  // Files in work when the inference process died: any of them may be the cause, so each is heard again alone.
  const suspects: F[] = [];
  // More than there are decoders: windows of short files wait for each other, and go into the model together.
  for await (const outcome of mapUnordered(files, pool.size + supervisor.filesAhead, hearOne, signal)) {
    if (outcome.status === 'encoder-died') suspects.push(outcome.file);
    else yield outcome;
  }
  for (const file of suspects) {
    const outcome = await hearOne(file, signal);
    yield outcome.status === 'encoder-died'
      ? { status: 'failed', file, error: crashed('encoder-crashed', file.path, outcome.cause) }
      : outcome;
  }
}

type Attempt<F extends FileToHear> = Heard<F> | { status: 'encoder-died'; file: F; cause: unknown };

let nextItem = 1;

interface Means {
  target: ListeningTarget;
  pool: DecoderPool;
  supervisor: EncoderSupervisor;
  raw: boolean;
}

async function hear<F extends FileToHear>(file: F, means: Means, signal: AbortSignal): Promise<Attempt<F>> {
  const { target, pool, supervisor, raw } = means;
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
      return { status: 'done', file, report, windows: windows.map((window) => toHeard(window, raw)) };
    } catch (error) {
      signal.throwIfAborted();
      if (isFileError(error)) return { status: 'failed', file, error };
      if (error instanceof NoEmbeddingError) return { status: 'failed', file, error: unheard(file.path, error) };
      // The decoder may see the broken pipe before we hear that the inference process died.
      if (!(error instanceof ChildDiedError)) await Promise.race([encoder.encoder.exited, setTimeout(1000)]);
      if (!encoder.alive) return { status: 'encoder-died', file, cause: error };
      if (!(error instanceof ChildDiedError)) throw error;
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
  const sentence = `“${path}” crashed ${what} twice and was left out. Try it in a player; it may be damaged.`;
  return new UserError(code, sentence, cause) as FileError;
}

function unheard(path: string, cause: unknown): FileError {
  const sentence = `The model could make nothing of “${path}”. Check in a player whether it sounds right.`;
  return new UserError('undecodable-audio', sentence, cause) as FileError;
}

/** @throws NoEmbeddingError when the embedding has no direction and one is wanted */
function toHeard({ startSeconds, seconds, embedding }: EmbeddedWindow, raw: boolean): HeardWindow {
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
