/**
 * hnswlib behind a fence: it takes NaN and the wrong dimension without a word, and a call on a graph without room
 * or an unknown label throws in the middle of a batch. Labels are window ids; distance is 1 − cosine.
 * Paper: Malkov and Yashunin, https://arxiv.org/abs/1603.09320
 */
import hnswlib from 'hnswlib-node';

/** Links of a node on each upper layer; twice that on the lowest. */
export const M = 16;
/**
 * Candidates looked at while a node is put in. Measured on 100 000 clustered 512-dimensional embeddings: 200 takes
 * 1.6 times as long to build and finds the same ten (recall@10 1.000 for sounds, 0.9997 for texts, both ways).
 */
export const EF_CONSTRUCTION = 100;
/**
 * Candidates kept while searching. In the same measurement, recall@10 of sounds and of texts near the library is
 * 1.000 from 200 on; of texts that are far from everything (best cosines about 0.3) it is 0.978 at 200, 0.995 at 300
 * and 0.9975 at 400, in 1 ms. A library made from real embeddings (`npm run bench`) is harder: texts 0.970 at 200,
 * 0.987 at 400, 0.990 at 600 and 0.997 at 800, in 1.5 ms.
 */
export const EF_SEARCH = 800;
/** The same under a filter: what it passes is spread over a longer walk, which 200 makes long enough (recall@10 0.99 to 1). */
const EF_FILTERED = 200;

const RANDOM_SEED = 100;
/** Room beyond what is there, so that not every sync moves the whole graph. */
const GROWTH = 1.25;
const SMALLEST_CAPACITY = 1024;
/** The library takes labels as 32-bit numbers. */
const LARGEST_LABEL = 2 ** 32 - 1;

export interface Neighbour {
  label: number;
  /** −1..1 */
  cosine: number;
}

export class HnswGraph {
  readonly #index: hnswlib.HierarchicalNSW;
  readonly #dim: number;
  /** Reused for every embedding put in: the library wants an Array and copies it. */
  readonly #point: number[];
  #elements = 0;
  #deleted = 0;
  #largestLabel = 0;

  private constructor(dim: number) {
    this.#dim = dim;
    this.#index = new hnswlib.HierarchicalNSW('ip', dim);
    this.#point = new Array<number>(dim).fill(0);
  }

  /** @param capacity how many embeddings are expected; it grows when there are more */
  static empty(dim: number, capacity: number): HnswGraph {
    const graph = new HnswGraph(dim);
    graph.#index.initIndex(Math.max(capacity, SMALLEST_CAPACITY), M, EF_CONSTRUCTION, RANDOM_SEED);
    return graph;
  }

  /**
   * Only for files whose bytes are known to be what was saved: a damaged one can end the process here or later.
   * @param nativePath relative to the working directory, see {@link save}
   * @param was what {@link deleted} and {@link largestLabel} were when it was saved
   * @throws Error when it is not a graph
   */
  static load(nativePath: string, dim: number, was: { deleted: number; largestLabel: number }): HnswGraph {
    const graph = new HnswGraph(dim);
    graph.#index.readIndexSync(nativePath);
    graph.#elements = graph.#index.getCurrentCount();
    graph.#deleted = was.deleted;
    graph.#largestLabel = was.largestLabel;
    return graph;
  }

  /** Embeddings in the graph, those marked as deleted included: they still cost memory and time. */
  get elements(): number {
    return this.#elements;
  }
  get deleted(): number {
    return this.#deleted;
  }
  /** Of all that were ever put in, deleted ones included; 0 for none. */
  get largestLabel(): number {
    return this.#largestLabel;
  }

  /**
   * @param label window id above {@link largestLabel}: a label that was there before, deleted or not, must not come again
   * @param values Float32Array with the embedding (L2 norm 1) beginning at `at`
   * @returns false, and it is not put in, when a value is not finite
   */
  add(label: number, values: Float32Array, at: number): boolean {
    if (label > LARGEST_LABEL || label <= this.#largestLabel)
      throw new RangeError(`window id ${label} does not fit the index`);
    for (let i = 0; i < this.#dim; i++) {
      const value = values[at + i]!;
      if (!Number.isFinite(value)) return false;
      this.#point[i] = value;
    }
    const capacity = this.#index.getMaxElements();
    if (this.#elements >= capacity) this.#index.resizeIndex(Math.ceil(capacity * GROWTH));
    this.#index.addPoint(this.#point, label);
    this.#elements++;
    this.#largestLabel = label;
    return true;
  }

  /** From now on it is found no more. Its node stays as a way to others. */
  markDeleted(label: number): void {
    this.#index.markDelete(label);
    this.#deleted++;
  }

  /**
   * @param embedding Float32Array[dim], finite
   * @param allows asked for each candidate; without it all that are not deleted
   * @returns at most k, best first
   */
  search(embedding: Float32Array, k: number, allows?: (label: number) => boolean): Neighbour[] {
    const most = Math.min(k, this.#elements);
    if (most === 0) return [];
    this.#index.setEf(Math.max(allows ? EF_FILTERED : EF_SEARCH, most));
    const { distances, neighbors } = this.#index.searchKnn(Array.from(embedding), most, allows);
    return neighbors.map((label, i) => ({ label, cosine: 1 - distances[i]! }));
  }

  /**
   * Writes it. Nothing may be added or marked until that is done; searching continues.
   * The library reports no error here, not even a full disk: the file has to be checked afterwards.
   * @param nativePath relative to the working directory and ASCII: on Windows the library takes paths in the local
   *   code page, in which a user's name may not exist
   */
  async save(nativePath: string): Promise<void> {
    await this.#index.writeIndex(nativePath);
  }
}
