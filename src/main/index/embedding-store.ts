/**
 * Embeddings for exact search, read from the catalogue when they are first needed. While the library is not too
 * large they stay in memory, as stored: a filter is typed against many times, and reading takes ten times as long
 * as comparing.
 */
import type { WindowStore } from '../catalogue/stores/windows.ts';
import { decodeInto, dot, float16Bits } from '../vectors/float16-dot.ts';
import type { PlaceTable } from './place-table.ts';

/** The graph holds every embedding a second time; more than this beside it is too much. 131 000 windows at 512 values. */
const MAX_KEPT_BYTES = 128 * 1024 * 1024;
const GROWTH = 1.25;

export class EmbeddingStore {
  readonly #windows: WindowStore;
  readonly #dim: number;
  readonly #one: Float32Array;
  /** float16 bit patterns by row. Memory is taken by the system only where a row was read. */
  #kept = new Uint16Array(0);
  #isKept = new Uint8Array(0);

  constructor(windows: WindowStore, dim: number) {
    this.#windows = windows;
    this.#dim = dim;
    this.#one = new Float32Array(dim);
  }

  /** Do the embeddings of a library of this many windows stay in memory once they are read? */
  keeps(windows: number): boolean {
    return windows * this.#dim * Uint16Array.BYTES_PER_ELEMENT <= MAX_KEPT_BYTES;
  }

  /** The rows have other windows now. */
  clear(): void {
    this.#kept = new Uint16Array(0);
    this.#isKept = new Uint8Array(0);
  }

  /**
   * Past the memory: for those that are needed once.
   * @param into where the embedding goes, Float32Array, beginning at `at`
   * @returns false when the catalogue has no such window any more, or one of another length
   */
  read(windowId: number, into: Float32Array, at: number): boolean {
    const blob = this.#windows.embeddingBytes(windowId);
    if (blob?.byteLength !== 2 * this.#dim) return false;
    decodeInto(float16Bits(blob), 0, into, at, this.#dim);
    return true;
  }

  /**
   * Cosines of a query to rows of the table.
   * @param each called with row and cosine; NaN for an embedding that is not there or holds a value that is not a number
   */
  score(
    query: Float32Array,
    places: PlaceTable,
    rows: Iterable<number>,
    each: (row: number, cosine: number) => void,
  ): void {
    if (!this.keeps(places.count)) {
      this.clear();
      for (const row of rows) each(row, this.read(places.id(row), this.#one, 0) ? dot(query, this.#one, 0) : NaN);
      return;
    }
    this.#reserve(places.count);
    for (const row of rows) {
      if (!this.#isKept[row]) this.#keep(row, places.id(row));
      decodeInto(this.#kept, row * this.#dim, this.#one, 0, this.#dim);
      each(row, dot(query, this.#one, 0));
    }
  }

  #keep(row: number, windowId: number): void {
    const at = row * this.#dim;
    const blob = this.#windows.embeddingBytes(windowId);
    if (blob?.byteLength === 2 * this.#dim) this.#kept.set(float16Bits(blob), at);
    else this.#kept.fill(0x7e00, at, at + this.#dim); // NaN
    this.#isKept[row] = 1;
  }

  #reserve(rows: number): void {
    if (rows <= this.#isKept.length) return;
    const capacity = Math.ceil(rows * GROWTH);
    const kept = new Uint16Array(capacity * this.#dim);
    const isKept = new Uint8Array(capacity);
    for (let row = 0; row < this.#isKept.length; row++) {
      if (!this.#isKept[row]) continue;
      kept.set(this.#kept.subarray(row * this.#dim, (row + 1) * this.#dim), row * this.#dim);
      isKept[row] = 1;
    }
    this.#kept = kept;
    this.#isKept = isKept;
  }
}
