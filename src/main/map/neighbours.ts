/** The nearest neighbours of every point, found through a graph made for the purpose and thrown away. */
import hnswlib from 'hnswlib-node';

/** On 48 coordinates these find 99 of 100 true neighbours, which makes no visible difference to a layout. */
const M = 12;
const EF_CONSTRUCTION = 80;
const EF_SEARCH = 60;
const RANDOM_SEED = 100;
/** Points per piece of work. */
const AT_ONCE = 500;

export interface Neighbours {
  /** Neighbours of each point, itself left out. */
  k: number;
  /** Int32Array[n · k], nearest first; −1 where the graph found fewer. */
  indices: Int32Array;
  /** Float32Array[n · k], Euclidean. */
  distances: Float32Array;
}

/**
 * @param points Float32Array[n · dim], finite
 * @param k fewer when there are not so many others
 * @param progress called with the share that is done, 0..1
 */
export function* nearestNeighbours(
  points: Float32Array,
  dim: number,
  k: number,
  progress: (share: number) => void,
): Generator<void, Neighbours, undefined> {
  const n = points.length / dim;
  const wanted = Math.min(k, n - 1);
  const graph = new hnswlib.HierarchicalNSW('l2', dim);
  graph.initIndex(n, M, EF_CONSTRUCTION, RANDOM_SEED);
  const point = new Array<number>(dim).fill(0);
  const load = (row: number): number[] => {
    for (let i = 0; i < dim; i++) point[i] = points[row * dim + i]!;
    return point;
  };
  for (let row = 0; row < n; row++) {
    graph.addPoint(load(row), row);
    if (row % AT_ONCE === AT_ONCE - 1) {
      progress((0.5 * row) / n);
      yield;
    }
  }
  graph.setEf(Math.max(EF_SEARCH, wanted + 1));
  const indices = new Int32Array(n * wanted).fill(-1);
  const distances = new Float32Array(n * wanted);
  for (let row = 0; row < n; row++) {
    const found = graph.searchKnn(load(row), wanted + 1);
    let at = 0;
    for (let f = 0; f < found.neighbors.length && at < wanted; f++) {
      if (found.neighbors[f] === row) continue;
      indices[row * wanted + at] = found.neighbors[f]!;
      distances[row * wanted + at] = Math.sqrt(Math.max(0, found.distances[f]!)); // the library gives squares
      at++;
    }
    if (row % AT_ONCE === AT_ONCE - 1) {
      progress(0.5 + (0.5 * row) / n);
      yield;
    }
  }
  return { k: wanted, indices, distances };
}
