/** Arithmetic on embeddings as the catalogue stores them (float16le[dim], L2 norm 1), for exact search. */

/** Every float16 bit pattern as a number: looking a value up is faster than converting it. */
const FLOAT16_VALUES = new Float32Array(new Float16Array(new Uint16Array(65_536).map((_, bits) => bits).buffer));

/**
 * @param blob as stored; any alignment. The machine is little-endian, as every platform of ours is
 * @returns the bit patterns of its values; a view where alignment allows it
 */
export function float16Bits(blob: Uint8Array): Uint16Array {
  const aligned = blob.byteOffset % 2 === 0 ? blob : blob.slice();
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 1);
}

/**
 * @param bits bit patterns of many embeddings in a row; the wanted one begins at `from`
 * @param into where its values go, `length` of them beginning at `at`
 */
export function decodeInto(bits: Uint16Array, from: number, into: Float32Array, at: number, length: number): void {
  for (let i = 0; i < length; i++) into[at + i] = FLOAT16_VALUES[bits[from + i]!]!;
}

/** @param blob as stored @returns Float32Array[dim] of its own */
export function decodeEmbedding(blob: Uint8Array): Float32Array {
  const values = new Float32Array(blob.byteLength >> 1);
  decodeInto(float16Bits(blob), 0, values, 0, values.length);
  return values;
}

/**
 * Inner product: the cosine, when both have norm 1.
 * @param query Float32Array[dim]
 * @param values many embeddings in a row; this one begins at `at`
 * @returns NaN when a value is not a number
 */
export function dot(query: Float32Array, values: Float32Array, at: number): number {
  const dim = query.length;
  // Four sums: with one, each addition waits for the one before.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < dim; i += 4) {
    a += query[i]! * values[at + i]!;
    b += query[i + 1]! * values[at + i + 1]!;
    c += query[i + 2]! * values[at + i + 2]!;
    d += query[i + 3]! * values[at + i + 3]!;
  }
  for (; i < dim; i++) a += query[i]! * values[at + i]!;
  return a + b + c + d;
}
