/** Near-duplicates: the same recording in another format, at another level, trimmed, …. Found by a job; shown, never deleted. */
import type { AudioFormat, FileFailure, JobId } from '../types.ts';

/** How a file differs from the best copy of its group. */
export type Difference =
  | { kind: 'format'; format: AudioFormat }
  | { kind: 'sample-rate'; hertz: number }
  | { kind: 'bit-depth'; bits: number }
  | { kind: 'channels'; channels: number }
  /** Of this file above the best copy. */
  | { kind: 'level'; db: number }
  /** It lacks so much of the sound of the best copy; negative: it has so much more. */
  | { kind: 'trimmed'; where: 'start' | 'end'; seconds: number }
  /** It has so much more silence; negative: so much less. */
  | { kind: 'silence'; where: 'start' | 'end'; seconds: number };

/** What the best copy is better by than at least one other of its group; the first one counts most. */
export const BEST_BY = [
  'lossless',
  'bandwidth',
  'bit-depth',
  'channels',
  'length',
  'clipping',
  'level',
  'sample-rate',
  'bit-rate',
  'silence',
  'metadata',
] as const;
export type BestBy = (typeof BEST_BY)[number];

export interface NearDuplicateFile {
  fileId: number;
  path: string;
  bytes: number;
  offline: boolean;
  durationSeconds: number;
  /** From the best copy. None: equal audio, or a recompression with the same settings. */
  differences: Difference[];
  /** Its encoded audio is that of the best copy; true of the best copy itself. */
  isSameAudio: boolean;
}

export interface NearDuplicateGroup {
  /** The best copy first, then by path. At least two, not all with the same encoded audio. */
  files: NearDuplicateFile[];
  /** Why the first is the best; none: the files are equally good. */
  bestBy: BestBy[];
  /** Bytes of all but the best copy. */
  spareBytes: number;
}

export interface NearDuplicates {
  groups: NearDuplicateGroup[];
  /** All groups there are. */
  total: number;
  spareBytes: number;
  /** Files that were not compared yet; the job does that. */
  waiting: number;
  /** Whether a job has compared anything so far. */
  hasCompared: boolean;
}

/** What a job that compares did in this run. */
export interface CompareSummary {
  /** Sounds compared with all others; copies with equal audio count once. */
  compared: number;
  /** Pairs of them that are the same recording. */
  found: number;
  /** Files that could not be read. The next run tries them again. */
  failed: FileFailure[];
  cancelled: boolean;
}

export interface DuplicateCalls {
  /**
   * Compares the files below these folders (absolute; none: all) that were not compared yet with the whole library. What is
   * found is kept after each file, and the next run continues.
   * @throws UserError nothing-indexed, catalogue-busy while such a job runs
   */
  'duplicate.compare': { input: { folders: string[] }; output: JobId };
  /**
   * Groups found so far, most spare bytes first.
   * @param folders absolute: only groups with a file below them; none: all
   */
  'duplicate.near': { input: { folders: string[]; limit: number }; output: NearDuplicates };
}
