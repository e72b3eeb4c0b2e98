/** Choosing one class of several by the highest score. */

/**
 * Rank of the right class, 1 = chosen. A tie counts against it: a model that cannot distinguish classes has not found
 * the right one (picking the first of equals would reward the order of the classes).
 * Accuracy is the share of clips with rank 1, top-k accuracy the share with rank ≤ k.
 * @param scores one a class
 */
export function rankOf(scores: ArrayLike<number>, rightClass: number): number {
  const own = scores[rightClass]!;
  let rank = 1;
  for (let c = 0; c < scores.length; c++) if (c !== rightClass && scores[c]! >= own) rank++;
  return rank;
}

/** The class that a clip is taken for: the highest score; of equal ones a wrong class, as {@link rankOf} counts it. */
export function chosenClass(scores: ArrayLike<number>, rightClass: number): number {
  let chosen = rightClass;
  for (let c = 0; c < scores.length; c++) {
    const isBetter = scores[c]! > scores[chosen]! || (chosen === rightClass && scores[c] === scores[chosen]);
    if (c !== rightClass && isBetter) chosen = c;
  }
  return chosen;
}

/** Share of ranks that are at most k. @param ranks at least one */
export function shareWithin(ranks: readonly number[], k: number): number {
  return ranks.filter((rank) => rank <= k).length / ranks.length;
}
