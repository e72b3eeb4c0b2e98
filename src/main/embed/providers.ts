/**
 * Execution providers: what runs the graph. onnxruntime does not fall back by itself when the provider that was
 * asked for cannot start, so we do, and say so.
 */
import { UserError } from '../../shared/errors.ts';
import type { InferenceSession } from 'onnxruntime-node';

export const PROVIDERS = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const;
export type Provider = (typeof PROVIDERS)[number];

export interface ProviderChoice {
  provider: Provider;
  /** Why this one: a sentence for the user. */
  reason: string;
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

/** Those worth asking for on this platform, fastest first. */
export function providersFor(platform: NodeJS.Platform): Provider[] {
  if (platform === 'win32') return ['cuda', 'dml', 'webgpu', 'cpu'];
  if (platform === 'darwin') return ['coreml', 'webgpu', 'cpu'];
  return ['cuda', 'webgpu', 'cpu'];
}

/**
 * Loads a graph on the provider asked for, else on the CPU. Blocks the thread while loading.
 * @param path absolute path of the .onnx file
 * @throws UserError 'model-unusable' when onnxruntime itself cannot be loaded, 'model-damaged' when the graph cannot
 */
export async function openSession(path: string, { provider, threads }: SessionOptions): Promise<OpenedSession> {
  let ort;
  try {
    // Loaded here and not at the top: a machine without it gets a sentence instead of a stack at the start.
    ort = await import('onnxruntime-node');
    ort.env.logLevel = 'fatal'; // as logSeverityLevel below, for what happens outside a session
  } catch (error) {
    const machine = `${process.platform}-${process.arch}`;
    throw new UserError(
      'model-unusable',
      `Models cannot run on this machine: onnxruntime has no usable build for ${machine}. Run “npm ci” again, or see the list of supported systems in the README.`,
      error,
    );
  }
  let reason = 'the processor (default)';
  if (provider !== 'auto' && provider !== 'cpu') {
    const missing = providersFor(process.platform).includes(provider)
      ? null
      : `${provider} does not exist on ${process.platform}`;
    if (missing === null) {
      try {
        const session = await ort.InferenceSession.create(path, sessionOptions(provider, threads));
        return { session, ort, provider, reason: `${provider}, as asked for` };
      } catch (error) {
        reason = `the processor, because ${provider} could not be started: ${firstLine(error)}`;
      }
    } else reason = `the processor, because ${missing}`;
  } else if (provider === 'cpu') reason = 'the processor, as asked for';
  try {
    const session = await ort.InferenceSession.create(path, sessionOptions('cpu', threads));
    return { session, ort, provider: 'cpu', reason };
  } catch (error) {
    throw new UserError(
      'model-damaged',
      `The model file “${path}” could not be loaded: ${firstLine(error)}. Install or copy the pack again.`,
      error,
    );
  }
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
    // batch 1: 17.5 ms of processor time a window with spinning, 9.2 ms without, for the same wall time).
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.trim().split('\n')[0] ?? '').slice(0, 300).replace(/\.$/, '');
}
