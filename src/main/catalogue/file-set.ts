/** Ids of files, to be walked and to be asked: 8 bytes each and one for every id up to the largest; a Set takes 40 each. */
export class FileSet {
  /** In no order, each once. */
  readonly ids: Float64Array;
  readonly #isIn: Uint8Array;

  /** @param ids whole numbers from 0, each once */
  constructor(ids: ArrayLike<number>) {
    this.ids = Float64Array.from(ids);
    this.#isIn = new Uint8Array(1 + this.ids.reduce((largest, id) => Math.max(largest, id), 0));
    for (const id of this.ids) this.#isIn[id] = 1;
  }

  get size(): number {
    return this.ids.length;
  }

  /** In memory. */
  get bytes(): number {
    return this.ids.byteLength + this.#isIn.byteLength;
  }

  has(id: number): boolean {
    return this.#isIn[id] === 1;
  }
}
