/**
 * Tries one execution provider with one graph, in a process of its own: a driver that crashes or hangs takes nothing
 * else with it. Its parent is provider-probe.ts.
 */
import { serveParent } from '../process/child.ts';
import type { InferenceSession } from 'onnxruntime-node';
import { OUTPUT, splitRows } from './graph-check.ts';
import { openOn, type Provider } from './providers.ts';
import { isOutOfMemory } from './batch-runner.ts';

export interface ProbeInput {
  provider: Provider;
  /** Absolute, of the audio graph. */
  path: string;
  windowSamples: number;
  dim: number;
  /** Threads within one operator, for what runs on the CPU. */
  threads: number;
  /** Float32Array[windowSamples] each. */
  windows: Float32Array[];
  /** Numbers of windows at once to be measured, rising; none: only the embeddings are wanted. */
  batchSizes: number[];
  /** Windows a second below which measuring on makes no sense. */
  tooSlowBelow: number;
}

export interface ProbeOutput {
  /** Raw, one a window. */
  embeddings: Float32Array[];
  /** Of those batch sizes that were tried and fit into the memory. */
  speeds: { batchSize: number; windowsPerSecond: number }[];
}

export type ProbeMethods = {
  /** @throws what onnxruntime throws */
  measure: { input: ProbeInput; output: ProbeOutput };
};

/** One batch size is measured for about this long, after one run that does not count (kernels are compiled in it). */
const MEASURED_MS = 300;
const MOST_RUNS = 10;
/** A larger batch that brings less than this share of the best speed so far ends the search. */
const PAST_THE_BEST = 0.7;

serveParent<ProbeMethods>({ measure });

async function measure(input: ProbeInput): Promise<ProbeOutput> {
  const { path, windowSamples, dim, windows, batchSizes, tooSlowBelow } = input;
  const { session, ort } = await openOn(path, input.provider, input.threads);
  const run = async (samples: Float32Array, count: number): Promise<Float32Array[]> => {
    const waveform = new ort.Tensor('float32', samples, [count, windowSamples]);
    const outputs: InferenceSession.OnnxValueMapType = await session.run({ waveform });
    return splitRows(outputs[OUTPUT]?.data, count, dim, path);
  };
  const embeddings = await run(joined(windows, windows.length, windowSamples), windows.length);
  const speeds: ProbeOutput['speeds'] = [];
  for (const batchSize of batchSizes) {
    try {
      const samples = joined(windows, batchSize, windowSamples);
      const windowsPerSecond = await speedOf(() => run(samples, batchSize), batchSize);
      speeds.push({ batchSize, windowsPerSecond });
      const best = Math.max(...speeds.map((speed) => speed.windowsPerSecond));
      if (windowsPerSecond < tooSlowBelow || windowsPerSecond < PAST_THE_BEST * best) break;
    } catch (error) {
      if (!isOutOfMemory(error) || speeds.length === 0) throw error;
      break; // what fits is known now
    }
  }
  return { embeddings, speeds };
}

/** @returns Float32Array[count · windowSamples]: the windows again and again */
function joined(windows: Float32Array[], count: number, windowSamples: number): Float32Array {
  const samples = new Float32Array(count * windowSamples);
  for (let row = 0; row < count; row++) samples.set(windows[row % windows.length]!, row * windowSamples);
  return samples;
}

/** Windows a second; the fastest of several runs, since other programs can only slow one down. */
async function speedOf(run: () => Promise<unknown>, count: number): Promise<number> {
  await run();
  let fastestMs = Infinity;
  const beganMs = performance.now();
  for (let runs = 0; runs < MOST_RUNS && (runs === 0 || performance.now() - beganMs < MEASURED_MS); runs++) {
    const startMs = performance.now();
    await run();
    fastestMs = Math.min(fastestMs, performance.now() - startMs);
  }
  return (1000 * count) / fastestMs;
}
