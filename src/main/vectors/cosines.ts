/** Scores of an evaluation: cosine similarities, summed in float64. */

/**
 * @param query Float32Array[dim] of norm 1
 * @param items Float32Array[dim] of norm 1 each
 * @returns Float64Array[items.length], −1..1
 */
export function cosines(query: Float32Array, items: readonly Float32Array[]): Float64Array {
  const scores = new Float64Array(items.length);
  for (let i = 0; i < items.length; i++) {
    scores[i] = dot(query, items[i]!);
  }
  return scores;
}

/** Four sums side by side: one alone makes every addition wait for the one before, which takes twice as long. */
function dot(a: Float32Array, b: Float32Array): number {
  const whole = a.length - (a.length % 4);
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let d = 0; d < whole; d += 4) {
    s0 += a[d]! * b[d]!;
    s1 += a[d + 1]! * b[d + 1]!;
    s2 += a[d + 2]! * b[d + 2]!;
    s3 += a[d + 3]! * b[d + 3]!;
  }
  for (let d = whole; d < a.length; d++) s0 += a[d]! * b[d]!;
  return s0 + s1 + (s2 + s3);
}
