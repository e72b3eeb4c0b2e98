/**
 * One audio session on a thread of its own: onnxruntime-node's `run()` blocks its thread, and the process's main
 * thread has sockets to read meanwhile.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import { toWire, type WireError } from '../../shared/errors.ts';
import type { ModelPack } from '../packs/pack.ts';
import { graphFor, type GraphPrecision } from '../packs/variants.ts';
import { BatchRunner, type Row, type RunBatch } from './batch-runner.ts';
import { AUDIO_INPUTS, checkGraph, OUTPUT, splitRows, type AudioOutput } from './graph-check.ts';
import { openSession, type OpenedSession, type Provider, type ProviderChoice } from './providers.ts';

export interface AudioWorkerData {
  pack: ModelPack;
  provider: Provider | 'auto';
  /** Of the graph that the provider runs. @default that of the variant made for the hardware */
  precision?: GraphPrecision;
  threads: number;
  /** Why this provider was chosen; null: it says so itself. */
  reason: string | null;
}

export interface AudioBatch {
  /** Float32Array[count · windowSamples] at the beginning of a buffer that may be longer; comes back with the result. */
  samples: Float32Array<ArrayBuffer>;
  count: number;
  output: AudioOutput;
}

export type AudioWorkerMessage =
  | { kind: 'ready'; choice: ProviderChoice }
  | { kind: 'broken'; error: WireError }
  /** Less memory than hoped for. */
  | { kind: 'notice'; message: string }
  /** The GPU failed during work; the CPU continues. */
  | { kind: 'gave-up'; message: string }
  | {
      kind: 'result';
      /** One a window, in order: the raw embedding, or why there is none. */
      rows: Row[];
      /** For the next batch. */
      buffer: ArrayBuffer;
      busyMs: number;
      /** Between the end of the last batch and the begin of this one; 0 for the first. */
      idleMs: number;
    };

const port = parentPort!;
const { pack, provider, precision, threads, reason } = workerData as AudioWorkerData;
const { dim } = pack;
const { windowSamples } = pack.audio;
const post = (message: AudioWorkerMessage, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

let opened: OpenedSession;
let batches: BatchRunner;
let path = pack.audio.path;
let lastEndMs: number | null = null;

try {
  opened = await open();
  checkGraph(opened.session, path, AUDIO_INPUTS, dim);
  batches = new BatchRunner({
    windowSamples,
    run: runner(opened),
    openOnCpu: opened.provider === 'cpu' ? null : openOnCpu,
    onSmaller: (message) => post({ kind: 'notice', message }),
    onCpu: (message) => post({ kind: 'gave-up', message }),
  });
  // Batches are taken one after another: a second one may arrive while the first is inside the model.
  let tail = Promise.resolve();
  port.on('message', (batch: AudioBatch) => {
    tail = tail.then(() => answer(batch));
  });
  post({ kind: 'ready', choice: choiceOf(opened) });
} catch (error) {
  post({ kind: 'broken', error: toWire(error) });
}

/** The variant for what runs it: if a GPU was requested and does not work, the one for the CPU. */
async function open(): Promise<OpenedSession> {
  const hardware = provider === 'auto' || provider === 'cpu' ? 'cpu' : 'gpu';
  path = graphFor(pack.audio, hardware, precision).path;
  const first = await openSession(path, { provider, threads });
  const cpuPath = graphFor(pack.audio, 'cpu').path;
  if (hardware === 'cpu' || first.provider !== 'cpu' || cpuPath === path) return first;
  await first.session.release();
  path = cpuPath;
  return { ...(await openSession(path, { provider: 'cpu', threads })), reason: first.reason };
}

async function openOnCpu(): Promise<RunBatch> {
  path = graphFor(pack.audio, 'cpu').path;
  return runner(await openSession(path, { provider: 'cpu', threads }));
}

function choiceOf(session: OpenedSession): ProviderChoice {
  const asExpected = session.provider === (provider === 'auto' ? 'cpu' : provider);
  if (!asExpected || reason === null) return { provider: session.provider, reason: session.reason };
  return { provider: session.provider, reason, ...(precision ? { precision } : {}) };
}

async function answer({ samples, count, output }: AudioBatch): Promise<void> {
  const startMs = performance.now();
  const idleMs = lastEndMs === null ? 0 : startMs - lastEndMs;
  const rows = await batches.embed(samples, count, output);
  lastEndMs = performance.now();
  const buffer = samples.buffer;
  post({ kind: 'result', rows, buffer, busyMs: lastEndMs - startMs, idleMs }, [buffer]);
}

function runner({ ort, session, provider: runsOn }: OpenedSession): RunBatch {
  return async (samples, count, output) => {
    const padded = runsOn === 'cpu' ? samples : toPowerOfTwo(samples, count);
    const waveform = new ort.Tensor('float32', padded, [padded.length / windowSamples, windowSamples]);
    const outputs: InferenceSession.OnnxValueMapType = await session.run({ waveform });
    const values: unknown = outputs[output]?.data;
    const rows = waveform.dims[0]!;
    const row = output === OUTPUT || !(values instanceof Float32Array) ? dim : values.length / rows;
    const wanted = padded === samples || !(values instanceof Float32Array) ? values : values.subarray(0, count * row);
    return splitRows(wanted, count, row, path);
  };
}

/** GPUs compile for each new shape: a handful of batch sizes is prepared once. */
function toPowerOfTwo(samples: Float32Array, count: number): Float32Array {
  const size = 2 ** Math.ceil(Math.log2(count));
  if (size === count) return samples;
  const padded = new Float32Array(size * windowSamples);
  padded.set(samples);
  return padded;
}
