/** The model packs: which one is in use, whether it works here, and how fast. */
import type { JobId, ModelStatus } from '../types.ts';

export interface ModelCheck {
  id: string;
  /** Execution provider in use, in plain words: "CPU, 4 threads", "NVIDIA GPU (CUDA)"; '' when the model does not run. */
  provider: string;
  /** Why it runs there: "no GPU was found", …; '' when the model does not run. */
  providerReason: string;
  /** null: passed. Else the sentence that says what is wrong. */
  problem: string | null;
  /** Seconds of audio embedded per second on this machine, decoding excluded; null when the check failed. */
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

/** Of a graph's weights: as published, or a variant that is as faithful. */
export type GraphPrecision = 'float32' | 'float16' | 'int8';

/** One execution provider, tried with a model; once more where it cannot use the precision made for its kind. */
export interface ProviderTry {
  provider: ProviderName;
  precision: GraphPrecision;
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
  /** The one that embeds from now on. */
  provider: ProviderName;
  precision: GraphPrecision;
  /** Why this one. */
  reason: string;
  batchSize: number;
  tries: ProviderTry[];
}

/** The library on its way from one model to another: the old one answers until the new one has analysed everything. */
export interface ModelMove {
  from: string;
  to: string;
  /** Files that `from` has analysed. */
  sounds: number;
  /** Of these, those that `to` has not analysed yet. */
  remaining: number;
  /** Of the remaining, those on drives that are away or in paused folders: they wait for the user. */
  outOfReach: number;
  /** Whether a job that analyses with `to` runs or waits for its turn. */
  working: boolean;
}

/** A model that others publish and that Earmark can fetch; nothing is fetched unless somebody asks for it. */
export interface KnownModel {
  /** Of the pack that comes of it. */
  id: string;
  name: string;
  /** What it is good at, one or two sentences. */
  goodFor: string;
  /** Name of its licence. */
  license: string;
  /** Where the licence can be read, https. */
  licenseUrl: string;
  /** Where it is fetched from: the publisher's page, https, for the user to look at. */
  page: string;
  /** To be fetched. */
  bytes: number;
  installed: boolean;
  /** Of an earlier download that did not end: bytes that are there already; 0 when there are none. */
  partialBytes: number;
}

export interface DownloadProgress {
  modelId: string;
  /** `importing`: progress is that of a job of the kind `import`. */
  stage: 'connecting' | 'fetching' | 'verifying' | 'importing';
  /** Bytes that are there, those of an earlier try included. */
  bytes: number;
  /** Bytes there will be. */
  total: number;
  /** Over the last seconds; null before there is a figure. */
  bytesPerSecond: number | null;
}

/** What searching with a second model costs, measured on this machine and this library by searching by words. */
export interface SearchCost {
  /** Pack id of the second model. */
  id: string;
  /** From nothing to its first answer: opening its index, loading its text encoder; s. */
  loadSeconds: number;
  /** Resident memory of its processes after that, bytes. Searching by a new sound loads its audio encoder as well. */
  memoryBytes: number;
  /** Median time of a search with the model in use alone, everything loaded, ms. */
  aloneMs: number;
  /** Of the same searches with both models, ms. */
  bothMs: number;
  /** Of its embeddings in the catalogue, about, and its index, bytes. */
  diskBytes: number;
  /** Files that it has analysed, and files of the library. */
  analysedFiles: number;
  files: number;
}

export interface ModelCalls {
  /** What can be fetched, from a list that comes with the program; asks nobody. */
  'model.known': { input: null; output: KnownModel[] };
  /**
   * Fetches a known model over the network and installs it, in a job of the kind `download`. What was fetched before it
   * failed or was cancelled is kept, and the next try resumes from there.
   * @param acceptLicense the user has seen its licence and agrees; without that nothing is fetched
   * @throws UserError not-found (no such known model), bad-input (licence not accepted), catalogue-busy (another one is
   *   being fetched or imported); its job: offline, download-failed, disk-full, catalogue-unwritable, and what the job
   *   of `model.import` throws
   */
  'model.download': { input: { id: string; acceptLicense: boolean }; output: JobId };
  /** Deletes what an unfinished download left. @throws UserError catalogue-busy while it runs, not-found */
  'model.discardDownload': { input: { id: string }; output: null };
  /**
   * Tries every execution provider anew with the model in use, each in a process of its own, and remembers the result;
   * it takes effect at the next start of the encoders. Takes seconds, with a GPU up to some minutes.
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
   * ONNX in a folder as Hugging Face lays it out (absolute paths). The job, of the kind `import`, takes up to some
   * minutes; the pack is there whole or not at all.
   * @throws UserError catalogue-busy (one is being imported); its job: not-found, model-damaged, model-unusable, bad-input
   *   (its id belongs to another pack), disk-full
   */
  'model.import': { input: { path: string }; output: JobId };
  /**
   * Deletes an installed pack; with `forget`, also its analysis: it would then have to analyse everything again.
   * The analysis of a pack that is no longer installed can be forgotten, too.
   * @throws UserError model-missing, bad-input (in use, searched with as well, being moved to, or shipped; of a shipped one only the
   *   analysis can be forgotten), catalogue-busy (with `forget`, while an index job runs)
   */
  'model.remove': { input: { id: string; forget: boolean }; output: null };
  /**
   * What it costs to search with this model beside the one in use (setting `alsoModel`). Loads it anew; some seconds.
   * @throws UserError model-missing, model-damaged, nothing-indexed (it has analysed no file), bad-input (it is in use)
   */
  'model.searchCost': { input: { id: string }; output: SearchCost };
  /** How far the library is on its way to the model of the setting `nextModel`; null when it is not. */
  'model.move': { input: null; output: ModelMove | null };
  /**
   * Has the model that the library moves to analyse its remaining files now; also after its job was cancelled.
   * @returns the job (kind `index`); null when the library does not move
   * @throws UserError catalogue-busy, model-missing, model-damaged
   */
  'model.continueMove': { input: null; output: JobId | null };
}
