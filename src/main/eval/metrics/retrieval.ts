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

/** How well one query does: places of its right items, ascending, at least one. */
function queryFigures(places: readonly number[]) {
  const within = (k: number) => Number(places[0]! <= k);
  return {
    recallAt1: within(1),
    recallAt5: within(5),
    recallAt10: within(10),
    meanAveragePrecisionAt10: averagePrecisionAt(places, MAP_DEPTH),
    meanAveragePrecision: averagePrecisionAt(places, Infinity),
  };
}

type QueryFigures = ReturnType<typeof queryFigures>;

/** Adds up query after query, so that no matrix of all scores is ever held. */
export class RetrievalTally {
  #queries = 0;
  readonly #sums: QueryFigures = { recallAt1: 0, recallAt5: 0, recallAt10: 0, meanAveragePrecisionAt10: 0, meanAveragePrecision: 0 }; // prettier-ignore

  /**
   * @param places of the query's right items, ascending; a query without any is not counted
   * @param each told what is added
   */
  add(places: readonly number[], each?: (figure: keyof QueryFigures, value: number) => void): void {
    if (places.length === 0) return;
    this.#queries++;
    for (const [figure, value] of Object.entries(queryFigures(places)) as [keyof QueryFigures, number][]) {
      this.#sums[figure] += value;
      each?.(figure, value);
    }
  }

  /**
   * R@k is the share of queries with at least one right item among the first k, the usual reading in audio-text papers.
   * @param items that every query chose from
   * @returns null when no query was counted
   */
  scores(items: number): RetrievalScores | null {
    const n = this.#queries;
    if (n === 0) return null;
    const sums = this.#sums;
    return {
      queries: n,
      items,
      recallAt1: sums.recallAt1 / n,
      recallAt5: sums.recallAt5 / n,
      recallAt10: sums.recallAt10 / n,
      meanAveragePrecisionAt10: sums.meanAveragePrecisionAt10 / n,
      meanAveragePrecision: sums.meanAveragePrecision / n,
    };
  }
}
