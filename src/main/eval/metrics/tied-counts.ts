/** What average precision and ranks have in common: how many wrong items stand above each right one. */

/**
 * Without sorting the wrong items, which are many: each is counted at the highest right score that it reaches, and the
 * counts are summed up.
 * @param right scores of the right items, sorted from high to low
 * @param wrong scores of the wrong items, in any order
 * @returns Uint32Array[right.length]: how many wrong scores are at or above right[i]. A tie counts against the right item
 */
export function countAtOrAbove(right: Float64Array, wrong: Iterable<number>): Uint32Array {
  const counts = new Uint32Array(right.length);
  for (const score of wrong) {
    // First place in `right` whose score is not above this one.
    let low = 0;
    let high = right.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (right[middle]! <= score) high = middle;
      else low = middle + 1;
    }
    if (low < right.length) counts[low]!++;
  }
  for (let i = 1; i < counts.length; i++) counts[i]! += counts[i - 1]!;
  return counts;
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
