/** Arithmetic on embeddings as the catalogue stores them (float16le[dim], L2 norm 1), for exact search. */

/** Every float16 bit pattern as a number: looking a value up is faster than converting it. */
const FLOAT16_VALUES = new Float32Array(new Float16Array(new Uint16Array(65_536).map((_, bits) => bits).buffer));

/**
 * @param blob as stored; any alignment. The machine is little-endian, as every platform of ours is
 * @param into where its values go, Float32Array[dim] beginning at `at`
 */
export function decodeInto(blob: Uint8Array, into: Float32Array, at = 0): void {
  const aligned = blob.byteOffset % 2 === 0 ? blob : blob.slice();
  const bits = new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 1);
  for (let i = 0; i < bits.length; i++) into[at + i] = FLOAT16_VALUES[bits[i]!]!;
}

/** @param blob as stored @returns Float32Array[dim] of its own */
export function decodeEmbedding(blob: Uint8Array): Float32Array {
  const values = new Float32Array(blob.byteLength >> 1);
  decodeInto(blob, values);
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
