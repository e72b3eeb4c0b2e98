/** Average precision of a ranking of items, some of which are right. */
import { countAtOrAbove, partScores } from './tied-counts.ts';

/**
 * AP = Σ (Rₙ − Rₙ₋₁) · Pₙ over the thresholds n, where Pₙ and Rₙ are precision and recall of all items with a score at
 * or above the threshold: the area under the precision-recall curve without interpolation, as scikit-learn's
 * `average_precision_score` defines it, which papers on zero-shot classification use. Items with the same score share
 * one threshold, so their order does not matter.
 * @param scores one an item, higher is surer
 * @param isRight whether the item at this index is right
 * @returns 0..1; null when no item is right
 */
export function averagePrecision(scores: ArrayLike<number>, isRight: (item: number) => boolean): number | null {
  const { right, wrong } = partScores(scores, isRight);
  return right.length === 0 ? null : averagePrecisionOf(right, countAtOrAbove(right, wrong));
}

/**
 * The same from counts.
 * @param right scores of the right items, sorted from high to low, at least one
 * @param wrongAbove how many wrong scores are at or above each
 */
export function averagePrecisionOf(right: Float64Array, wrongAbove: Uint32Array): number {
  let sum = 0;
  let found = 0;
  for (let i = 0; i < right.length; i++) {
    if (right[i + 1] === right[i]) continue; // the last of several with this score stands for all
    const foundHere = i + 1;
    sum += (foundHere - found) * (foundHere / (foundHere + wrongAbove[i]!));
    found = foundHere;
  }
  return sum / right.length;
}

/** Mean of those that are defined. @returns null when none is */
export function mean(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}
