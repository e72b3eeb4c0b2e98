/** What a search needs from others: an index over windows, and somebody who embeds words. */
import type { OwnLevels } from '../index/own-levels.ts';

/** Windows of files, best first. Parallel arrays. */
export interface WindowMatches {
  windowIds: Float64Array;
  fileIds: Float64Array;
  /** Where each window begins in its file, s. */
  startSeconds: ArrayLike<number>;
  /** How much of the file it covers, s. */
  seconds: ArrayLike<number>;
  /** −1..1 */
  cosines: Float32Array;
}

/** Cosines of one query to windows that have nothing to do with it (or nearly all of which have not). */
export interface Background {
  mean: number;
  /** Standard deviation. */
  sd: number;
}

/** The part of `VectorIndex` that is used here. Embeddings are Float32Array[dim], L2 norm 1. */
export interface WindowSearch {
  /** The k windows nearest to the query, best first; fewer when there are no more. `fileIds`: only theirs. */
  search(embedding: Float32Array, k: number, fileIds?: Float64Array): Promise<WindowMatches>;
  /** The best window of each of these files; files without windows are missing from the answer. */
  scoreFiles(embedding: Float32Array, fileIds: Float64Array): Promise<WindowMatches>;
  /** Of the long ones among these files; the others are missing from the answer. */
  levels(embedding: Float32Array, fileIds: Float64Array): Promise<(OwnLevels & { fileId: number })[]>;
  background(embedding: Float32Array): Promise<Background>;
}

/** One embedding per text, Float32Array[dim] of L2 norm 1, as a query for sounds. */
export type EncodeTexts = (texts: string[]) => Promise<Float32Array[]>;
