/** What the index process answers and pushes. */

/** Windows of files, best first. Parallel arrays. */
export interface WindowMatches {
  windowIds: Float64Array;
  fileIds: Float64Array;
  /** Where each window begins in its file, s. */
  startSeconds: Float64Array;
  /** How much of the file it covers, s. */
  seconds: Float32Array;
  /** −1..1 */
  cosines: Float32Array;
}

/** Cosines of one query to a sample of the library. */
export interface Background {
  /** 0 when the library is empty. */
  mean: number;
  /** Standard deviation; 0 for fewer than two windows. */
  sd: number;
  /** Windows in the sample. */
  windows: number;
}

/** How high the windows of one file lie for a query; see search/take-relevance.ts. */
export interface FileLevels {
  fileId: number;
  windows: number;
  level: number;
  excess: number;
}

export interface OpenInput {
  dataFolder: string;
  indexFolder: string;
  spaceId: number;
  dim: number;
  /** Do not touch the saved index: the process crashed on it. */
  skipFile: boolean;
}

export interface Opened {
  /** Windows that can be found. */
  count: number;
  /** Of these, in the graph; the others are compared one by one until {@link IndexMethods.sync} has put them in. */
  indexed: number;
  /** loaded: from its file; new: there was none; rebuilding: there was one that cannot be used. */
  state: 'loaded' | 'new' | 'rebuilding';
  /** A sentence when there is something to say. */
  reason: string | null;
}

export interface Synced {
  added: number;
  removed: number;
  /** Windows that can be found. */
  count: number;
  /** Stopped by `cancelSync`: what was put in until then stays. */
  cancelled: boolean;
  /** A sentence when the index could not be written to disk; it works, but has to be built again at the next start. */
  notSaved: string | null;
}

// A type, not an interface: only type aliases fit the index signature of `Methods`.
export type IndexMethods = {
  open: { input: OpenInput; output: Opened };
  /** Brings the index in step with the catalogue and saves it when it changed. One at a time; a second one waits. */
  sync: { input: { ticket: number }; output: Synced };
  cancelSync: { input: { ticket: number }; output: null };
  search: { input: { embedding: Float32Array; k: number; fileIds: Float64Array | null }; output: WindowMatches };
  /** The best window of each file. */
  scoreFiles: { input: { embedding: Float32Array; fileIds: Float64Array }; output: WindowMatches };
  /** Of the long ones among these files. */
  levels: { input: { embedding: Float32Array; fileIds: Float64Array }; output: FileLevels[] };
  background: { input: { embedding: Float32Array; sample: number }; output: Background };
  memory: { input: null; output: { residentBytes: number } };
};

export type IndexPushes = {
  progress: { ticket: number; done: number; total: number };
};
