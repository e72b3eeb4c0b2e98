/** Scores of an evaluation: cosine similarities, summed in float64. */

/**
 * @param query Float32Array[dim] of norm 1
 * @param items Float32Array[dim] of norm 1 each
 * @returns Float64Array[items.length], −1..1
 */
export function cosines(query: Float32Array, items: readonly Float32Array[]): Float64Array {
  const scores = new Float64Array(items.length);
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!;
    let dot = 0;
    for (let d = 0; d < query.length; d++) dot += query[d]! * item[d]!;
    scores[i] = dot;
  }
  return scores;
}
