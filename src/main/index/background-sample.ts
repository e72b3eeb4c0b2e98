/** A sample of the library that looks random, is the same each time, and changes little when the library does. */
import type { EmbeddingStore } from './embedding-store.ts';
import type { PlaceTable } from './place-table.ts';

export class BackgroundSample {
  readonly #store: EmbeddingStore;
  readonly #dim: number;
  #values = new Float32Array(0);
  #windows = 0;
  /** What the sample was taken from. */
  #of: { places: PlaceTable; count: number; size: number } | null = null;

  constructor(store: EmbeddingStore, dim: number) {
    this.#store = store;
    this.#dim = dim;
  }

  /**
   * @param size windows in the sample; all of them when there are no more
   * @returns their embeddings in a row, Float32Array[windows · dim]; valid until the next call
   */
  take(places: PlaceTable, size: number): { values: Float32Array; windows: number } {
    const of = this.#of;
    if (of?.places !== places || of.count !== places.count || of.size !== size) {
      const rows = sampleRows(places, size);
      this.#values = new Float32Array(rows.length * this.#dim);
      this.#windows = 0;
      for (const row of rows) {
        if (this.#store.read(places.id(row), this.#values, this.#windows * this.#dim)) this.#windows++;
      }
      this.#of = { places, count: places.count, size };
    }
    return { values: this.#values, windows: this.#windows };
  }
}

/** @returns `size` rows (all of them when there are no more): those whose window ids scatter lowest */
export function sampleRows(places: PlaceTable, size: number): number[] {
  const rows = Array.from({ length: places.count }, (_, row) => row);
  if (rows.length <= size) return rows;
  const keys = Uint32Array.from(rows, (row) => scatter(places.id(row)));
  const limit = Uint32Array.from(keys).sort()[size - 1]!;
  return rows.filter((row) => keys[row]! <= limit).slice(0, size);
}

/** Spreads consecutive ids over 32 bits (the finaliser of MurmurHash3, which gives no two ids the same place). */
function scatter(id: number): number {
  let h = id | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
