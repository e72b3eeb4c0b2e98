/** Embeddings as the catalogue stores them: IEEE 754 half precision, little-endian. */

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * @param embedding Float32Array[dim], values within ±65504 (a normalised embedding is within ±1: error at most 2⁻¹² of a value, 2⁻²⁵ near zero)
 * @returns 2 · dim bytes with a buffer of their own
 * @throws RangeError for NaN, infinity or what half precision cannot hold: such a value must never reach the catalogue
 */
export function toFloat16Bytes(embedding: Float32Array): Uint8Array {
  const halves = new Float16Array(embedding);
  for (const value of halves) {
    if (!Number.isFinite(value)) throw new RangeError('an embedding holds a value that float16 cannot store');
  }
  return swappedIfNeeded(new Uint8Array(halves.buffer));
}

/**
 * @param bytes as made by {@link toFloat16Bytes}; any alignment, never changed
 * @returns Float32Array[bytes.length / 2]
 * @throws RangeError when the number of bytes is odd
 */
export function fromFloat16Bytes(bytes: Uint8Array): Float32Array {
  if (bytes.length % 2 !== 0) throw new RangeError('a float16 embedding has an even number of bytes');
  // SQLite hands out views at odd offsets, which a Float16Array cannot begin at: hence the copy.
  const copy = swappedIfNeeded(new Uint8Array(bytes));
  return Float32Array.from(new Float16Array(copy.buffer));
}

function swappedIfNeeded(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (LITTLE_ENDIAN) return bytes;
  for (let i = 0; i < bytes.length; i += 2) [bytes[i], bytes[i + 1]] = [bytes[i + 1]!, bytes[i]!];
  return bytes;
}
