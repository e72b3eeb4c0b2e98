/** Embeddings for exact search: in memory while they are few, else read from the catalogue when needed. */
import type { WindowStatements } from '../catalogue/windows.ts';
import { decodeInto, dot } from './float16-dot.ts';
import type { PlaceTable } from './place-table.ts';

/** Above this, embeddings are not kept in memory: the graph holds them a second time already. 65 000 windows at 512 values. */
const MAX_KEPT_BYTES = 128 * 1024 * 1024;

export class EmbeddingStore {
  readonly #windows: WindowStatements;
  readonly #dim: number;
  readonly #one: Float32Array;
  /** Embeddings of the first rows, in a row. */
  #kept: Float32Array;
  #rowsKept = 0;

  constructor(windows: WindowStatements, dim: number) {
    this.#windows = windows;
    this.#dim = dim;
    this.#one = new Float32Array(dim);
    this.#kept = new Float32Array(0);
  }

  /** Are this many rows kept in memory? Exact search is several times faster then. */
  keeps(rows: number): boolean {
    return rows * this.#dim * Float32Array.BYTES_PER_ELEMENT <= MAX_KEPT_BYTES;
  }

  /** The rows have other windows now. */
  clear(): void {
    this.#kept = new Float32Array(0);
    this.#rowsKept = 0;
  }

  /**
   * @param into where the embedding goes, Float32Array[dim]
   * @returns false when the catalogue has no such window any more, or one of another length
   */
  read(windowId: number, into: Float32Array, at = 0): boolean {
    const blob = this.#windows.embeddingBytes(windowId);
    if (blob?.byteLength !== 2 * this.#dim) return false;
    decodeInto(blob, into, at);
    return true;
  }

  /**
   * Cosines of a query to rows of the table.
   * @param each told row and cosine; NaN for an embedding that is not there or holds a value that is not a number
   */
  score(
    query: Float32Array,
    places: PlaceTable,
    rows: Iterable<number>,
    each: (row: number, cosine: number) => void,
  ): void {
    if (this.keeps(places.count)) {
      this.#keepAll(places);
      for (const row of rows) each(row, dot(query, this.#kept, row * this.#dim));
    } else {
      this.clear();
      for (const row of rows) each(row, this.read(places.id(row), this.#one) ? dot(query, this.#one, 0) : NaN);
    }
  }

  #keepAll(places: PlaceTable): void {
    if (this.#rowsKept === places.count) return;
    if (this.#kept.length < places.count * this.#dim) {
      // Rows come in small portions while a library is listened to.
      const grown = new Float32Array(Math.ceil(places.count * 1.25) * this.#dim);
      grown.set(this.#kept.subarray(0, this.#rowsKept * this.#dim));
      this.#kept = grown;
    }
    for (; this.#rowsKept < places.count; this.#rowsKept++) {
      const at = this.#rowsKept * this.#dim;
      if (!this.read(places.id(this.#rowsKept), this.#kept, at)) this.#kept.fill(NaN, at, at + this.#dim);
    }
  }
}
