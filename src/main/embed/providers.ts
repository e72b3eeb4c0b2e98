/**
 * Execution providers: what runs the graph. onnxruntime does not fall back by itself when the provider that was
 * asked for cannot start, so we do, and say so.
 */
import type { GraphPrecision, ProviderName } from '../../shared/calls/models.ts';
import { UserError } from '../../shared/errors.ts';
import type { InferenceSession } from 'onnxruntime-node';

export const PROVIDERS = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const satisfies ProviderName[];
export type Provider = ProviderName;

export interface ProviderChoice {
  provider: Provider;
  /** Why this one: a sentence for the user. */
  reason: string;
  /** Of the weights. @default that of the variant made for the hardware (packs/variants.ts) */
  precision?: GraphPrecision;
}

/** What the audio encoder runs on, and how. */
export interface AudioPlan extends ProviderChoice {
  /** Sessions side by side: on a GPU one, which takes many windows at once. */
  encoders: number;
  threadsPerEncoder: number;
  /** Windows that one session takes at once; a power of two. */
  batchSize: number;
}

export interface SessionOptions {
  /** 'auto' is the CPU: the one provider that gives the published numbers on every machine. */
  provider: Provider | 'auto';
  /** Threads within one operator, on the CPU. */
  threads: number;
}

export interface OpenedSession extends ProviderChoice {
  session: InferenceSession;
  ort: typeof import('onnxruntime-node');
}

/**
 * Environment of processes that run models. From Ampere on, NVIDIA's libraries round the factors of float32 products to
 * 10 bits (TF32) unless they are told not to, and onnxruntime's binding hands CUDA nothing but the device. A pack's
 * published values are float32's, to 1e-3; who wants speed instead has the 16-bit variants, and a starter model that is
 * quicker than any decoder either way.
 */
export const MODEL_ENVIRONMENT = { NVIDIA_TF32_OVERRIDE: '0' };

/** Those worth asking for on this platform, fastest first. */
export function providersFor(platform: NodeJS.Platform): Provider[] {
  if (platform === 'win32') return ['cuda', 'dml', 'webgpu', 'cpu'];
  if (platform === 'darwin') return ['coreml', 'webgpu', 'cpu'];
  return ['cuda', 'webgpu', 'cpu'];
}

/** For people; a place, not a library. */
export const PROVIDER_NAMES: Readonly<Record<Provider, string>> = {
  cuda: 'NVIDIA GPU (CUDA)',
  dml: 'GPU (DirectML)',
  coreml: 'Apple GPU and Neural Engine (Core ML)',
  webgpu: 'GPU (WebGPU)',
  cpu: 'CPU',
};

/**
 * @returns onnxruntime, loaded here and not at the top of a file: a machine without it gets a sentence, not a stack
 * @throws UserError 'model-unusable' when there is no build of it that runs here
 */
export async function loadRuntime(): Promise<typeof import('onnxruntime-node')> {
  try {
    const ort = await import('onnxruntime-node');
    ort.env.logLevel = 'fatal'; // as logSeverityLevel below, for what happens outside a session
    return ort;
  } catch (error) {
    const machine = `${process.platform}-${process.arch}`;
    throw new UserError(
      'model-unusable',
      `Models cannot run on this machine: onnxruntime has no usable build for ${machine}. Run “npm ci” again, or see the list of supported systems in the README.`,
      error,
    );
  }
}

/**
 * Loads a graph on the provider asked for, else on the CPU. Blocks the thread while loading.
 * @param path absolute path of the .onnx file
 * @throws UserError 'model-unusable' when onnxruntime itself cannot be loaded, 'model-damaged' when the graph cannot
 */
export async function openSession(path: string, { provider, threads }: SessionOptions): Promise<OpenedSession> {
  const ort = await loadRuntime();
  let reason = 'CPU (default)';
  if (provider !== 'auto' && provider !== 'cpu') {
    try {
      return { ...(await openOn(path, provider, threads)), provider, reason: `${provider}, as requested` };
    } catch (error) {
      reason = `CPU, because ${plainFailure(provider, error)}`;
    }
  } else if (provider === 'cpu') reason = 'CPU, as requested';
  try {
    const session = await ort.InferenceSession.create(path, sessionOptions('cpu', threads));
    return { session, ort, provider: 'cpu', reason };
  } catch (error) {
    throw new UserError(
      'model-damaged',
      `The model file “${path}” could not be loaded: ${firstLine(error).replace(FAILED_TO_LOAD, '')}. Reinstall the pack.`,
      error,
    );
  }
}

/** On this provider or not at all. Blocks the thread while loading. @throws what onnxruntime throws */
export async function openOn(
  path: string,
  provider: Provider,
  threads: number,
): Promise<Pick<OpenedSession, 'session' | 'ort'>> {
  const ort = await loadRuntime();
  if (!providersFor(process.platform).includes(provider)) throw new Error(`it is not available on ${process.platform}`);
  return { ort, session: await ort.InferenceSession.create(path, sessionOptions(provider, threads)) };
}

/** Why a provider cannot be used here, in plain words: `cuda could not be started: …`. */
export function plainFailure(provider: Provider, error: unknown): string {
  const line = firstLine(error);
  if (/failed to load (shared )?library/i.test(line)) return `${provider} could not be started: its libraries are not installed`; // prettier-ignore
  if (/no supported adapters|failed to get a webgpu adapter/i.test(line)) return `${provider} could not be started: it found no usable GPU`; // prettier-ignore
  if (/requires f16/i.test(line)) return `${provider} could not be used: this GPU does not support half precision`; // prettier-ignore
  if (/not supported|not available|unsupported backend/i.test(line)) return `${provider} could not be started: this build of onnxruntime does not include it`; // prettier-ignore
  return `${provider} could not be started: ${line}`;
}

function sessionOptions(provider: Provider, threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // DirectML demands it; elsewhere shapes repeat and the pattern saves allocations.
    enableMemPattern: provider !== 'dml',
    logSeverityLevel: 4, // stderr is the user's terminal; what fails is thrown as well
    // Waiting threads sleep. Spinning ones would take the cores that the decoders need (measured with 2 threads at
    // batch 1: 17.5 ms of CPU time a window with spinning, 9.2 ms without, for the same wall time).
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}

/** onnxruntime names the file as well. */
const FAILED_TO_LOAD = /^Load model from .* failed:\s*/;

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.trim().split('\n')[0] ?? '').slice(0, 300).replace(/\.$/, '');
}
