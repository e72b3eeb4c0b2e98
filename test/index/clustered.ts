/** Embeddings as a library has them: many near-copies, a few families, nothing spread evenly. Same numbers every time. */
import { uniform } from '../kit/uniform.ts';

/**
 * @param spread how far members lie from the middle of their cluster, which has norm 1
 * @returns `count` embeddings, Float32Array[dim] of L2 norm 1
 */
export function clustered(count: number, dim: number, seed: number, clusters = 40, spread = 0.5): Float32Array[] {
  const random = uniform(seed);
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const middles = Array.from({ length: clusters }, () => normalised(Float32Array.from({ length: dim }, gaussian)));
  return Array.from({ length: count }, () => {
    const middle = middles[Math.floor(random() ** 2 * clusters)]!; // some families are much larger than others
    return normalised(middle.map((value) => value + (gaussian() * spread) / Math.sqrt(dim)));
  });
}

export function normalised(values: Float32Array): Float32Array {
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}

export function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** Positions of the k nearest, best first. */
export function nearest(query: Float32Array, all: readonly Float32Array[], k: number): number[] {
  const cosines = all.map((embedding) => cosine(query, embedding));
  return [...all.keys()].sort((a, b) => cosines[b]! - cosines[a]! || a - b).slice(0, k);
}
