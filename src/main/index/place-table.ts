/** All windows of one space without their embeddings, in memory: what a hit is made of. About 40 bytes a window. */
import type { WindowPlace } from '../catalogue/stores/windows.ts';

/** Rows are ordered by window id; ids only grow, so that new windows always come last. */
export class PlaceTable {
  #count = 0;
  #ids = new Float64Array(0);
  #fileIds = new Float64Array(0);
  #startSeconds = new Float64Array(0);
  #seconds = new Float32Array(0);
  #doneMs = new Float64Array(0);
  #largestFileId = 0;

  get count(): number {
    return this.#count;
  }
  /** 0 when there is none. */
  get lastId(): number {
    return this.#count === 0 ? 0 : this.#ids[this.#count - 1]!;
  }
  id(row: number): number {
    return this.#ids[row]!;
  }
  fileId(row: number): number {
    return this.#fileIds[row]!;
  }
  startSeconds(row: number): number {
    return this.#startSeconds[row]!;
  }
  seconds(row: number): number {
    return this.#seconds[row]!;
  }
  doneMs(row: number): number {
    return this.#doneMs[row]!;
  }

  /** @param places by id, all above {@link lastId} */
  append(places: readonly WindowPlace[]): void {
    this.#reserve(this.#count + places.length);
    for (const { id, fileId, startSeconds, seconds, doneMs } of places) {
      const row = this.#count++;
      this.#ids[row] = id;
      this.#fileIds[row] = fileId;
      this.#startSeconds[row] = startSeconds;
      this.#seconds[row] = seconds;
      this.#doneMs[row] = doneMs;
      if (fileId > this.#largestFileId) this.#largestFileId = fileId;
    }
  }

  /** The row of a window, or −1. */
  rowOf(id: number): number {
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#ids[middle]!;
      if (found === id) return middle;
      if (found < id) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** The rows of some files, in order. */
  rowsOfFiles(fileIds: Float64Array): number[] {
    const wanted = new Uint8Array(this.#largestFileId + 1);
    for (const fileId of fileIds) if (fileId >= 0 && fileId <= this.#largestFileId) wanted[fileId] = 1;
    const rows: number[] = [];
    for (let row = 0; row < this.#count; row++) if (wanted[this.#fileIds[row]!]) rows.push(row);
    return rows;
  }

  #reserve(rows: number): void {
    if (rows <= this.#ids.length) return;
    const capacity = Math.max(rows, Math.ceil(this.#ids.length * 1.5));
    const grown = <A extends Float64Array | Float32Array>(make: new (length: number) => A, old: A): A => {
      const array = new make(capacity);
      array.set(old);
      return array;
    };
    this.#ids = grown(Float64Array, this.#ids);
    this.#fileIds = grown(Float64Array, this.#fileIds);
    this.#startSeconds = grown(Float64Array, this.#startSeconds);
    this.#seconds = grown(Float32Array, this.#seconds);
    this.#doneMs = grown(Float64Array, this.#doneMs);
  }
}
