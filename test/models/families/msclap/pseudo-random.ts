/**
 * Weights made by a rule, so that a test needs no published file: a 64-bit mixing function (SplitMix64) seeded by a
 * hash (FNV-1a) of the tensor's name. 64-bit numbers are kept as two halves; BigInt would take minutes.
 */

export interface Uint64 {
  high: number;
  low: number;
}

/** FNV-1a of the UTF-8 bytes. */
export function fnv1a(text: string): Uint64 {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return { high: Number(hash >> 32n), low: Number(hash & 0xffffffffn) };
}

/**
 * u(seed, first), u(seed, first + 1), … : each a multiple of 2⁻²⁴ in [0, 1).
 * @param values is filled with offset + scale · (2u − 1)
 */
export function fillUniform(
  values: Float32Array | Float64Array,
  seed: Uint64,
  offset: number,
  scale: number,
  first = 0,
): void {
  // s = seed + i + golden ratio, counted up with carry
  let low = seed.low + 0x7f4a7c15 + first;
  let high = (seed.high + 0x9e3779b9 + Math.floor(low / 4294967296)) >>> 0;
  low >>>= 0;
  for (let i = 0; i < values.length; i++) {
    // z = (s ^ s >> 30) * 0xBF58476D1CE4E5B9
    let a = (low ^ ((low >>> 30) | (high << 2))) >>> 0;
    let b = high ^ (high >>> 30);
    let h = (productHigh(a, 0x1ce4, 0xe5b9) + Math.imul(a, 0xbf58476d) + Math.imul(b, 0x1ce4e5b9)) | 0;
    let l = Math.imul(a, 0x1ce4e5b9);
    // z = (z ^ z >> 27) * 0x94D049BB133111EB, of which only the upper half is needed
    a = (l ^ ((l >>> 27) | (h << 5))) >>> 0;
    b = h ^ (h >>> 27);
    h = (productHigh(a, 0x1331, 0x11eb) + Math.imul(a, 0x94d049bb) + Math.imul(b, 0x133111eb)) | 0;
    l = (h ^ (h >>> 31)) >>> 8;
    values[i] = offset + scale * (2 * (l / 16777216) - 1);
    low++;
    if (low === 4294967296) {
      low = 0;
      high = (high + 1) >>> 0;
    }
  }
}

/** Upper 32 bits of a · (constantHigh · 2¹⁶ + constantLow), for a in 0..2³²−1; every step is exact in a double. */
function productHigh(a: number, constantHigh: number, constantLow: number): number {
  return Math.floor((a * constantHigh + Math.floor((a * constantLow) / 65536)) / 65536);
}
