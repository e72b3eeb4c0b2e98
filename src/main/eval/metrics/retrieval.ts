/** How well a query finds its right items among all. */
import type { RetrievalScores } from '../../../shared/eval-report.ts';
import { countAtOrAbove, partScores } from './tied-counts.ts';

/** Items beyond this place do not count in mAP@10. */
const MAP_DEPTH = 10;

/**
 * Places of the right items in the list sorted by score, 1 = first. Of equal scores the wrong ones come first.
 * @returns ascending; none when no item is right
 */
export function rightPlaces(scores: ArrayLike<number>, isRight: (item: number) => boolean): number[] {
  const { right, wrong } = partScores(scores, isRight);
  return Array.from(countAtOrAbove(right, wrong), (above, i) => above + i + 1);
}

/**
 * AP@K = Σ i / placeᵢ over the right items i = 1, 2, … with placeᵢ ≤ K, divided by min(K, number of right items)
 * (Manning, Raghavan, Schütze, "Introduction to Information Retrieval", section 8.4, cut at K). With one right item it
 * is 1 / place, as in the Clotho and DCASE text-to-audio tables.
 * @param places ascending, at least one
 */
export function averagePrecisionAt(places: readonly number[], depth: number): number {
  let sum = 0;
  places.forEach((place, i) => {
    if (place <= depth) sum += (i + 1) / place;
  });
  return sum / Math.min(depth, places.length);
}

/** Adds up query after query, so that no matrix of all scores is ever held. */
export class RetrievalTally {
  #queries = 0;
  #at1 = 0;
  #at5 = 0;
  #at10 = 0;
  #precisionAt10 = 0;
  #precision = 0;

  /** @param places of the query's right items, ascending; a query without any is not counted */
  add(places: readonly number[]): void {
    const [first] = places;
    if (first === undefined) return;
    this.#queries++;
    if (first <= 1) this.#at1++;
    if (first <= 5) this.#at5++;
    if (first <= 10) this.#at10++;
    this.#precisionAt10 += averagePrecisionAt(places, MAP_DEPTH);
    this.#precision += averagePrecisionAt(places, Infinity);
  }

  /**
   * R@k is the share of queries with at least one right item among the first k, the usual reading in audio-text papers.
   * @param items that every query chose from
   * @returns null when no query was counted
   */
  scores(items: number): RetrievalScores | null {
    const n = this.#queries;
    if (n === 0) return null;
    return {
      queries: n,
      items,
      recallAt1: this.#at1 / n,
      recallAt5: this.#at5 / n,
      recallAt10: this.#at10 / n,
      meanAveragePrecisionAt10: this.#precisionAt10 / n,
      meanAveragePrecision: this.#precision / n,
    };
  }
}
