/**
 * From neighbours to how strongly points belong together: the fuzzy simplicial set of UMAP
 * (McInnes, Healy and Melville, https://arxiv.org/abs/1802.03426, §3.1).
 */
import type { Neighbours } from './neighbours.ts';

const BANDWIDTH_STEPS = 64;
const CLOSE_ENOUGH = 1e-5;
/** A bandwidth is at least this share of the mean distance: copies of one sound would have none. */
const LEAST_BANDWIDTH = 1e-3;

export interface WeightedEdges {
  /** Each edge stands in it once for either direction, by its first end. Int32Array[edges] */
  from: Int32Array;
  to: Int32Array;
  /** 0..1 */
  weight: Float32Array;
}

/** @returns the edges of n points; those of weight 0 are left out */
export function fuzzyGraph({ k, indices, distances }: Neighbours): WeightedEdges {
  const n = k === 0 ? 0 : indices.length / k;
  const strengths = membershipStrengths(n, k, indices, distances);
  const inList = (of: number, other: number): number => {
    for (let at = of * k; at < (of + 1) * k; at++) if (indices[at] === other) return strengths[at]!;
    return 0;
  };
  // Either "i is near j" or "j is near i", as probabilities: a + b − ab. Counted first, so that arrays fit exactly.
  const pairs = function* (): Generator<[i: number, j: number, weight: number]> {
    for (let i = 0; i < n; i++) {
      for (let at = i * k; at < (i + 1) * k; at++) {
        const j = indices[at]!;
        if (j < 0) continue;
        const back = inList(j, i);
        if (back > 0 && j < i) continue; // added by the other end
        const there = strengths[at]!;
        const weight = there + back - there * back;
        if (weight > 0) yield [i, j, weight];
      }
    }
  };
  const degree = new Int32Array(n + 1);
  for (const [i, j] of pairs()) {
    degree[i + 1]!++;
    degree[j + 1]!++;
  }
  for (let i = 0; i < n; i++) degree[i + 1]! += degree[i]!;
  const edges = degree[n]!;
  const graph = {
    from: new Int32Array(edges),
    to: new Int32Array(edges),
    weight: new Float32Array(edges),
  };
  const put = (from: number, to: number, weight: number): void => {
    const at = degree[from]!++;
    graph.from[at] = from;
    graph.to[at] = to;
    graph.weight[at] = weight;
  };
  for (const [i, j, weight] of pairs()) {
    put(i, j, weight);
    put(j, i, weight);
  }
  return graph;
}

/** exp(−(d − ρ)/σ), with ρ the nearest distance above 0, and σ such that the strengths of a point sum to log₂ k. */
function membershipStrengths(n: number, k: number, indices: Int32Array, distances: Float32Array): Float32Array {
  const strengths = new Float32Array(n * k);
  const target = Math.log2(Math.max(2, k));
  const overall = mean(distances, 0, distances.length);
  for (let i = 0; i < n; i++) {
    const [from, to] = [i * k, (i + 1) * k];
    let rho = 0;
    for (let at = from; at < to && rho === 0; at++) if (indices[at]! >= 0) rho = distances[at]!;
    const sigma = Math.max(
      bandwidth(distances, from, to, rho, target),
      LEAST_BANDWIDTH * (rho > 0 ? mean(distances, from, to) : overall),
      Number.MIN_VALUE,
    );
    for (let at = from; at < to; at++) {
      if (indices[at]! < 0) continue;
      const beyond = distances[at]! - rho;
      strengths[at] = beyond <= 0 ? 1 : Math.exp(-beyond / sigma);
    }
  }
  return strengths;
}

function bandwidth(distances: Float32Array, from: number, to: number, rho: number, target: number): number {
  let [low, high, sigma] = [0, Infinity, 1];
  for (let step = 0; step < BANDWIDTH_STEPS; step++) {
    let sum = 0;
    for (let at = from; at < to; at++) sum += Math.exp(-Math.max(0, distances[at]! - rho) / sigma);
    if (Math.abs(sum - target) < CLOSE_ENOUGH) break;
    if (sum > target) high = sigma;
    else low = sigma;
    sigma = high === Infinity ? sigma * 2 : (low + high) / 2;
  }
  return sigma;
}

function mean(values: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at++) sum += values[at]!;
  return to > from ? sum / (to - from) : 0;
}
