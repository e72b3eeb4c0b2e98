/**
 * One audio session on a thread of its own: onnxruntime-node's `run()` blocks its thread, and the process's main
 * thread has sockets to read meanwhile.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import { toWire, UserError, type WireError } from '../../shared/errors.ts';
import type { ModelPack } from '../models/pack.ts';
import { graphFor } from '../models/variants.ts';
import { AUDIO_INPUTS, checkGraph, OUTPUT, splitRows } from './graph-check.ts';
import { openSession, type OpenedSession, type Provider, type ProviderChoice } from './providers.ts';

export interface AudioWorkerData {
  pack: ModelPack;
  provider: Provider | 'auto';
  threads: number;
}

export interface AudioBatch {
  /** Float32Array[count · windowSamples] at the beginning of a buffer that may be longer; comes back with the result. */
  samples: Float32Array<ArrayBuffer>;
  count: number;
}

export type AudioWorkerMessage =
  | { kind: 'ready'; choice: ProviderChoice }
  | { kind: 'broken'; error: WireError }
  | {
      kind: 'result';
      /** One a window, in order: the raw embedding, or why there is none. */
      rows: (Float32Array | { message: string })[];
      /** For the next batch. */
      buffer: ArrayBuffer;
      busyMs: number;
      /** Between the end of the last batch and the begin of this one; 0 for the first. */
      idleMs: number;
    };

const port = parentPort!;
const { pack, provider, threads } = workerData as AudioWorkerData;
const { dim } = pack;
const { windowSamples } = pack.audio;
const post = (message: AudioWorkerMessage, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

let opened: OpenedSession;
let path = pack.audio.path;
let lastEndMs: number | null = null;

try {
  opened = await open();
  checkGraph(opened.session, path, AUDIO_INPUTS, dim);
  // Batches are taken one after another: a second one may arrive while the first is inside the model.
  let tail = Promise.resolve();
  port.on('message', (batch: AudioBatch) => {
    tail = tail.then(() => answer(batch));
  });
  post({ kind: 'ready', choice: { provider: opened.provider, reason: opened.reason } });
} catch (error) {
  post({ kind: 'broken', error: toWire(error) });
}

/** The variant for what runs it: where a graphics processor was asked for and cannot, the one for the processor. */
async function open(): Promise<OpenedSession> {
  const hardware = provider === 'auto' || provider === 'cpu' ? 'cpu' : 'gpu';
  path = graphFor(pack.audio, hardware).path;
  const first = await openSession(path, { provider, threads });
  const cpuPath = graphFor(pack.audio, 'cpu').path;
  if (hardware === 'cpu' || first.provider !== 'cpu' || cpuPath === path) return first;
  await first.session.release();
  path = cpuPath;
  return { ...(await openSession(path, { provider: 'cpu', threads })), reason: first.reason };
}

async function answer({ samples, count }: AudioBatch): Promise<void> {
  const startMs = performance.now();
  const idleMs = lastEndMs === null ? 0 : startMs - lastEndMs;
  const rows = await embedAll(samples, count);
  lastEndMs = performance.now();
  const buffer = samples.buffer;
  post({ kind: 'result', rows, buffer, busyMs: lastEndMs - startMs, idleMs }, [buffer]);
}

/** One window that the model cannot take must not cost its neighbours in the batch: they are tried alone. */
async function embedAll(samples: Float32Array, count: number): Promise<(Float32Array | { message: string })[]> {
  try {
    return (await run(samples, count)).map(checked);
  } catch (error) {
    if (count === 1) return [{ message: describe(error) }];
  }
  const rows: (Float32Array | { message: string })[] = [];
  for (let row = 0; row < count; row++) {
    try {
      rows.push(checked((await run(samples.subarray(row * windowSamples, (row + 1) * windowSamples), 1))[0]!));
    } catch (error) {
      rows.push({ message: describe(error) });
    }
  }
  return rows;
}

async function run(samples: Float32Array, count: number): Promise<Float32Array[]> {
  const { ort, session } = opened;
  const waveform = new ort.Tensor('float32', samples, [count, windowSamples]);
  const outputs: InferenceSession.OnnxValueMapType = await session.run({ waveform });
  return splitRows(outputs[OUTPUT]?.data, count, dim, path);
}

function checked(embedding: Float32Array): Float32Array | { message: string } {
  if (embedding.every(Number.isFinite)) return embedding;
  return { message: 'the model gave values that are not numbers' };
}

function describe(error: unknown): string {
  if (error instanceof UserError) return error.userMessage;
  return error instanceof Error ? error.message : String(error);
}
