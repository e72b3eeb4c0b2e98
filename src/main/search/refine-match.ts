/**
 * From the window that a search found to the sound in it: how similar each moment is to the query, smoothed, and the part
 * around the highest that stands out of the rest.
 */
import type { MatchCurve } from '../../shared/types.ts';
import { cosineSimilarity } from '../vectors/normalise.ts';

interface Span {
  startSeconds: number;
  endSeconds: number;
}

/** Of the way from what is usual here up to the peak: what lies higher belongs to the match. */
const EDGE = 0.5;
/** Cosine; a peak that rises less above what is usual is no place of its own: the whole window is the match. */
const LEAST_RISE = 0.12;
/** What is usual: this part of the moments looked at lies lower. */
const FLOOR_QUANTILE = 0.2;
/** Steps below the edge that do not end the match: between two barks. */
const LONGEST_GAP = 1;

/**
 * @param curve over the window and its neighbours
 * @param match the window, s
 * @returns onset and end, s; null when no moment of the window stands out
 */
export function refineMatch({ startSeconds, stepSeconds, similarity }: MatchCurve, match: Span): Span | null {
  const smooth = smoothed(similarity);
  const centre = (step: number) => startSeconds + (step + 0.5) * stepSeconds;
  let peak = -1;
  for (const [step, value] of smooth.entries()) {
    const inside = centre(step) >= match.startSeconds && centre(step) <= match.endSeconds;
    if (inside && (peak < 0 || value > smooth[peak]!)) peak = step;
  }
  if (peak < 0) return null;
  const floor = quantile(smooth, FLOOR_QUANTILE);
  if (smooth[peak]! - floor < LEAST_RISE) return null;
  const edge = floor + EDGE * (smooth[peak]! - floor);
  const first = reach(smooth, peak, -1, edge);
  const last = reach(smooth, peak, 1, edge);
  /** Where the line between two neighbouring moments crosses the edge. */
  const crossing = (inner: number, outer: number) => {
    const share = (smooth[inner]! - edge) / (smooth[inner]! - smooth[outer]!);
    return centre(inner) + share * (centre(outer) - centre(inner));
  };
  return {
    startSeconds: first === 0 ? startSeconds : crossing(first, first - 1),
    endSeconds: last === smooth.length - 1 ? startSeconds + smooth.length * stepSeconds : crossing(last, last + 1),
  };
}

/**
 * @param frames in order of time, `stepSeconds` apart or more (a moment of silence may be missing); embeddings of norm 1
 * @param sides what they are compared with, at least one: of each its embedding that fits a moment best
 * @returns null without frames
 */
export function similarityCurve(
  frames: readonly { startSeconds: number; embedding: Float32Array }[],
  sides: readonly Float32Array[][],
  stepSeconds: number,
): MatchCurve | null {
  const first = frames[0];
  if (first === undefined) return null;
  const similarity: number[] = [];
  for (const { startSeconds, embedding } of frames) {
    const bySide = sides.map((own) => Math.max(...own.map((one) => cosineSimilarity(one, embedding))));
    const value = bySide.reduce((sum, one) => sum + one, 0) / bySide.length;
    const step = Math.round((startSeconds - first.startSeconds) / stepSeconds);
    while (similarity.length < step) similarity.push(0);
    similarity[step] = value;
  }
  return { startSeconds: first.startSeconds, stepSeconds, similarity };
}

/** The last step in one direction that is above the edge, short gaps passed over. */
function reach(values: readonly number[], from: number, direction: 1 | -1, edge: number): number {
  let reached = from;
  for (let step = from; step >= 0 && step < values.length; step += direction) {
    if (values[step]! >= edge) reached = step;
    else if (Math.abs(step - reached) > LONGEST_GAP) break;
  }
  return reached;
}

/** Weights ¼ ½ ¼; at the ends what is missing is left out. */
function smoothed(values: readonly number[]): number[] {
  return values.map((value, at) => {
    const neighbours = [values[at - 1], values[at + 1]].filter((one) => one !== undefined);
    const sum = neighbours.reduce((total, one) => total + one / 4, value / 2);
    return sum / (0.5 + neighbours.length / 4);
  });
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))]!;
}
