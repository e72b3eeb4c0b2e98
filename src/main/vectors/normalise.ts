/** Directions in embedding space: only they mean anything, for packs give embeddings of any length. */

/**
 * L2-normalised copy.
 * @param embedding Float32Array[dim]
 * @returns a new Float32Array[dim] of norm 1; null when it has no direction (zero, or NaN or infinity in it)
 */
export function normalised(embedding: Float32Array): Float32Array | null {
  const squares = sumOfSquares(embedding);
  if (!Number.isFinite(squares) || squares === 0) return null;
  const scale = 1 / Math.sqrt(squares);
  return Float32Array.from(embedding, (value) => value * scale);
}

/**
 * The direction between several: normalised mean of the normalised embeddings.
 * @param embeddings at least one, all Float32Array[dim]
 * @returns a new Float32Array[dim] of norm 1; null when there is none, one has no direction, or they cancel out
 */
export function meanDirection(embeddings: Float32Array[]): Float32Array | null {
  const sum = new Float32Array(embeddings[0]?.length ?? 0);
  for (const embedding of embeddings) {
    const unit = normalised(embedding);
    if (unit === null) return null;
    for (let i = 0; i < sum.length; i++) sum[i]! += unit[i]!;
  }
  return normalised(sum);
}

/** @returns −1..1; NaN when one of the two has no direction */
export function cosineSimilarity(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  for (let i = 0; i < a.length; i++) dot += a[i]! * b[i]!;
  return dot / Math.sqrt(sumOfSquares(a) * sumOfSquares(b));
}

/** In float64, which thousands of squares of float32 cannot overflow. */
function sumOfSquares(embedding: Float32Array): number {
  let sum = 0;
  for (const value of embedding) sum += value * value;
  return sum;
}
