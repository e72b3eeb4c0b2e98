/**
 * Long files: neighbouring windows that sound the same become one, so that an hour of rain does not fill the index
 * with seven hundred copies of itself. A place in the file stays a place: no merged window is longer than half a minute.
 */
import { cosineSimilarity, meanDirection } from '../vectors/normalise.ts';
import type { WindowEmbedding } from './embed-files.ts';

/** Shorter files keep every window: there is nothing to save, and every place counts. */
const MERGE_FROM_WINDOWS = 24;
/** As alike as two windows of the same steady sound are, and two different sounds are not. */
const SAME_COSINE = 0.97;
/** The longest a merged window may become, s. */
const MAX_MERGED_SECONDS = 30;

/**
 * @param windows of one file in order of their start, each embedding Float32Array[dim] of L2 norm 1
 * @returns windows in the same order that cover the same time; embeddings of merged ones are their normalised mean
 */
export function mergeAlikeNeighbours(windows: readonly WindowEmbedding[]): WindowEmbedding[] {
  if (windows.length < MERGE_FROM_WINDOWS) return [...windows];
  const merged: WindowEmbedding[] = [];
  let run: WindowEmbedding[] = [];
  for (const window of windows) {
    if (run.length > 0 && !belongs(window, run)) {
      merged.push(join(run));
      run = [];
    }
    run.push(window);
  }
  if (run.length > 0) merged.push(join(run));
  return merged;
}

/** Compared with the first of the run, not the last: a slow change must not be swallowed step by step. */
function belongs(window: WindowEmbedding, run: readonly WindowEmbedding[]): boolean {
  const [first] = run;
  if (window.startSeconds + window.seconds - first!.startSeconds > MAX_MERGED_SECONDS) return false;
  return cosineSimilarity(window.embedding, first!.embedding) >= SAME_COSINE;
}

function join(run: readonly WindowEmbedding[]): WindowEmbedding {
  const first = run[0]!;
  const last = run.at(-1)!;
  if (first === last) return first;
  const seconds = last.startSeconds + last.seconds - first.startSeconds;
  // Windows as alike as these cannot cancel each other out.
  const embedding = meanDirection(run.map((window) => window.embedding)) ?? first.embedding;
  return { startSeconds: first.startSeconds, seconds, embedding };
}
