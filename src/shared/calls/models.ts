/** The model packs: which one is in use, whether it works here, and how fast. */
import type { ModelStatus } from '../types.ts';

export interface ModelCheck {
  id: string;
  /** Execution provider in use, in plain words: "CPU, 4 threads", "NVIDIA GPU (CUDA)"; '' when the model does not run. */
  provider: string;
  /** Why it runs there: "no graphics processor was found", …; '' when the model does not run. */
  providerReason: string;
  /** null: passed. Else the sentence that says what is wrong. */
  problem: string | null;
  /** Audio seconds listened to a second on this machine, decoding left out; null when the check failed. */
  realTimeFactor: number | null;
  /** Milliseconds for one text query; null when the check failed. */
  textMs: number | null;
}

/** reading: the file is checked; building: graphs and weights are written; checking: the pack is tried out. */
export type ImportStage = 'reading' | 'building' | 'checking';

export interface ImportProgress {
  /** As it was given to `model.import`. */
  path: string;
  stage: ImportStage;
  /** Of the stage, 0..1. */
  share: number;
}

/** What can run a model; `cpu` always is there. */
export type ProviderName = 'cuda' | 'dml' | 'coreml' | 'webgpu' | 'cpu';

/** One execution provider, tried with a model. */
export interface ProviderTry {
  provider: ProviderName;
  /** fits: the same embeddings as the CPU, and worth it. crashed, hangs: its driver did. absent: no such hardware. */
  state: 'fits' | 'slower' | 'differs' | 'failed' | 'crashed' | 'hangs' | 'absent';
  /** In plain words, for the user. */
  message: string;
  /** Windows of sound a second at `batchSize`; null when it did not come to that. */
  windowsPerSecond: number | null;
  /** Windows at once. */
  batchSize: number | null;
  /** Smallest cosine similarity to what the CPU gives; null for the CPU and when it did not come to that. */
  cosine: number | null;
}

export interface ProviderReport {
  /** The one that listens from now on. */
  provider: ProviderName;
  /** Why this one. */
  reason: string;
  batchSize: number;
  tries: ProviderTry[];
}

export interface ModelCalls {
  /**
   * Tries every execution provider anew with the model in use, each in a process of its own, and remembers the result;
   * it holds from the next start of the encoders on. Seconds, with a graphics processor up to some minutes.
   * @throws UserError model-missing, model-damaged, model-unusable
   */
  'model.providers': { input: null; output: ProviderReport };
  /** Runs the pack's self-check and measures its speed; some seconds. @throws UserError model-missing */
  'model.check': { input: { id: string }; output: ModelCheck };
  /**
   * Copies a pack folder into the data folder after its hashes are checked; one that is there already stays as it is.
   * @throws UserError model-missing (no pack in the folder), model-damaged, bad-input (its id belongs to another pack)
   */
  'model.install': { input: { folder: string }; output: ModelStatus };
  /**
   * Makes a pack of a model that the user has: a pack's folder, the checkpoint CLAP_weights_2023.pth, or a CLAP model in
   * ONNX in a folder as Hugging Face lays it out (absolute paths). Takes up to some minutes and tells `model.progress`;
   * the pack is there whole or not at all. @returns null when it was cancelled
   * @throws UserError not-found, model-damaged, model-unusable, bad-input (its id belongs to another pack), disk-full,
   *   catalogue-busy (one is being imported)
   */
  'model.import': { input: { path: string }; output: ModelStatus | null };
  'model.cancelImport': { input: null; output: null };
  /** Deletes an installed pack; what it heard stays in the catalogue. @throws UserError model-missing, bad-input (in use, or shipped) */
  'model.remove': { input: { id: string }; output: null };
}

export interface ModelEvents {
  'model.progress': ImportProgress;
}
