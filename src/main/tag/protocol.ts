/** What the score process answers. It works only while it is asked to: a pause is nothing but not asking. */
import type { LabelSet } from './scorer.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface ScoreInput {
  dataFolder: string;
  spaceId: number;
  dim: number;
  /** For the matrix product. */
  threads: number;
}

/** A vocabulary that files are scored against. */
export interface ScoredVocabulary {
  id: string;
  /** What `scored.scoring_hash` is afterwards. */
  hash: string;
  set: LabelSet;
  /** Names, keywords and categories: evidence from words. */
  labels: Vocabulary['labels'];
  /** By label. */
  tagIds: Int32Array;
}

/** Suggestions for some files, file after file, vocabulary after vocabulary. */
export interface ScoredBlock {
  fileIds: Int32Array;
  /** Suggestions of each file and vocabulary: counts[file · vocabularies + vocabulary]. */
  counts: Uint8Array;
  /** Of all suggestions in a row. */
  tagIds: Int32Array;
  probabilities: Float32Array;
  /** s */
  starts: Float32Array;
  ends: Float32Array;
  /** Files of the block that nothing fits. */
  unknown: number;
}

/** What a tag has learnt from decisions. */
export interface LearntHead {
  tagId: number;
  /** Float32Array[dim + 2]: direction, bias, share of the prompts' log-odds (1 or 0). */
  head: Float32Array;
  accepted: number;
  rejected: number;
  /** Average precision over the user's own decisions by cross-validation; null with too few. */
  before: number | null;
  after: number | null;
}

// A type, not an interface: only type aliases fit the index signature of `Methods`.
export type ScoreMethods = {
  /** How the library's windows lie to labels, over a sample. @throws UserError what opening the catalogue throws */
  measure: {
    input: ScoreInput & { embeddings: Float32Array[] };
    output: { windows: number; levels: { centres: Float32Array; spreads: Float32Array }[] };
  };
  /**
   * What decisions teach tags of one vocabulary. `label`: its index. `examplesOnly`: its prompts count for nothing.
   * @returns in their order; null for one with too few decisions
   */
  learn: {
    input: ScoreInput & { set: LabelSet; tags: { tagId: number; label: number; examplesOnly: boolean }[] };
    output: (LearntHead | null)[];
  };
  /**
   * Once, before the first step. `folders`: absolute; none: everything. `again`: also what is up to date.
   * @returns how many files are to be scored
   */
  begin: {
    input: ScoreInput & { vocabularies: ScoredVocabulary[]; folders: string[]; again: boolean };
    output: { files: number };
  };
  /** The next files; null when there are none left. */
  step: { input: null; output: ScoredBlock | null };
};
