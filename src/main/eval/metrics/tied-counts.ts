/** What average precision and ranks have in common: how many wrong items stand above each right one. */

/**
 * Without sorting the wrong items, which are many: each is counted at the highest right score that it reaches, and the
 * counts are summed up at the end. Wrong scores can be added bit by bit.
 */
export class TiedCounts {
  readonly #right: Float64Array;
  readonly #counts: Uint32Array;

  /** @param right scores of the right items, sorted from high to low */
  constructor(right: Float64Array) {
    this.#right = right;
    this.#counts = new Uint32Array(right.length);
  }

  /** @param score of a wrong item */
  add(score: number): void {
    const right = this.#right;
    // First place in `right` whose score is not above this one.
    let low = 0;
    let high = right.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (right[middle]! <= score) high = middle;
      else low = middle + 1;
    }
    if (low < right.length) this.#counts[low]!++;
  }

  /** @returns Uint32Array: how many wrong scores are at or above the i-th right one. A tie counts against the right item */
  atOrAbove(): Uint32Array {
    const sums = this.#counts.slice();
    for (let i = 1; i < sums.length; i++) sums[i]! += sums[i - 1]!;
    return sums;
  }
}

/** {@link TiedCounts} of all wrong scores at once. */
export function countAtOrAbove(right: Float64Array, wrong: Iterable<number>): Uint32Array {
  const counts = new TiedCounts(right);
  for (const score of wrong) counts.add(score);
  return counts.atOrAbove();
}

/** Scores parted by `isRight`. @returns `right` sorted from high to low, `wrong` in the order given */
export function partScores(
  scores: ArrayLike<number>,
  isRight: (item: number) => boolean,
): { right: Float64Array; wrong: Float64Array } {
  const right: number[] = [];
  const wrong = new Float64Array(scores.length);
  let wrongCount = 0;
  for (let item = 0; item < scores.length; item++) {
    if (isRight(item)) right.push(scores[item]!);
    else wrong[wrongCount++] = scores[item]!;
  }
  return { right: Float64Array.from(right).sort().reverse(), wrong: wrong.subarray(0, wrongCount) };
}
