/** What the engine and the inference process say to each other (PCM goes over the socket instead: pcm-wire.ts). */
import type { ModelPack } from '../packs/pack.ts';
import type { EncodersPlan } from './audio-encoders.ts';
import type { ProviderChoice } from './providers.ts';

export interface InferenceOptions {
  pack: ModelPack;
  /** Where to listen for decoders. */
  socketPath: string;
  /** How to embed unless `loadAudio` says otherwise in time. */
  plan: EncodersPlan;
}

/** One embedded window of a file. */
export interface EmbeddedWindow {
  item: number;
  windowIndex: number;
  /** Where it begins in the file, s. */
  startSeconds: number;
  /** How much of the file it covers, s. */
  seconds: number;
  /** Float32Array[dim] */
  embedding: Float32Array;
}

export interface FailedWindow {
  item: number;
  windowIndex: number;
  /** Where it begins in the file, s. */
  startSeconds: number;
  /** How much of the file it covers, s. */
  seconds: number;
  /** What the encoder said: for the log and for the file's reason. */
  message: string;
}

/** All since the start or the last reset, summed over the audio encoders. */
export interface InferenceStats {
  /** Time inside the model, s. */
  busySeconds: number;
  /** Time between two batches, s: waiting for the decoders. Before the first and after the last batch nothing counts. */
  idleSeconds: number;
  /** Windows embedded. */
  windows: number;
  failed: number;
  batches: number;
  /** Windows waiting now, and the most that ever waited. */
  queued: number;
  mostQueued: number;
  /** Decoders connected now. */
  connections: number;
  /** Connections dropped because what they sent was not PCM frames. */
  brokenConnections: number;
}

// Types, not interfaces: the child's generic maps need an index signature.
export type InferenceMethods = {
  /** The first call; loads no model. */
  open: { input: InferenceOptions; output: null };
  /** Loads the audio sessions unless they are there; then a plan comes too late. */
  loadAudio: { input: EncodersPlan | null; output: ProviderChoice };
  loadText: { input: null; output: ProviderChoice };
  /** @returns raw embeddings in the order of the texts */
  embedTexts: { input: { texts: string[] }; output: Float32Array[] };
  /** One-off sounds; they overtake what the decoders sent. @returns raw embeddings in the order of the windows */
  embedWindows: { input: { windows: Float32Array[] }; output: Float32Array[] };
  /** @returns Float32Array[T · dim] a window: raw embeddings of its steps, as the pack's `frames` output gives them */
  embedFrames: { input: { windows: Float32Array[] }; output: Float32Array[] };
  memory: { input: null; output: { residentBytes: number } };
  stats: { input: { reset: boolean }; output: InferenceStats };
};

export type InferencePushes = {
  /** Raw embeddings. Windows of one item can arrive out of order when there are several encoders. */
  embedded: { windows: EmbeddedWindow[] };
  failed: { windows: FailedWindow[] };
  /** Something the user should know. */
  notice: { message: string };
  /** The provider in use failed, and the CPU is used from now on. */
  gaveUp: { message: string };
};
