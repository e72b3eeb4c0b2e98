/** FFmpeg's sample formats (AVSampleFormat) as planes of floating point, full scale = 1. */
import type { Plane } from './audio-source.ts';

const U8 = 0;
const S16 = 1;
const S32 = 2;
const FLT = 3;
const DBL = 4;
const S64 = 10;
const S64P = 11;
/** Planar formats are the interleaved ones shifted by this; s64 came later and is numbered apart. */
const PLANAR_OFFSET = 5;
export const FLTP = FLT + PLANAR_OFFSET;

/**
 * Copies part of a decoded frame into planes.
 * @param source one buffer a channel for planar formats, one for all for interleaved ones; aligned to the sample size
 * @param from first sample (per channel) of the frame, `count` how many
 * @param planes one a channel, written from `at` on; in float32, float32 input and integers of up to 24 bits arrive exactly,
 *   in float64 all but 64-bit integers
 * @throws RangeError for a sample format that no audio decoder uses
 */
export function copyPlanar(
  sampleFormat: number,
  source: readonly Uint8Array[],
  from: number,
  count: number,
  planes: readonly Plane[],
  at: number,
): void {
  if (sampleFormat === FLTP) {
    for (let c = 0; c < planes.length; c++) {
      const plane = source[c]!;
      planes[c]!.set(new Float32Array(plane.buffer, plane.byteOffset + from * 4, count), at);
    }
    return;
  }
  const planar = sampleFormat === S64P || (sampleFormat >= PLANAR_OFFSET && sampleFormat < S64);
  const stride = planar ? 1 : planes.length;
  for (let c = 0; c < planes.length; c++) {
    const samples = view(sampleFormat, source[planar ? c : 0]!);
    let i = from * stride + (planar ? 0 : c);
    const plane = planes[c]!;
    if (samples instanceof Int16Array) {
      for (let k = at; k < at + count; k++, i += stride) plane[k] = samples[i]! / 32_768;
    } else if (samples instanceof Int32Array) {
      for (let k = at; k < at + count; k++, i += stride) plane[k] = samples[i]! / 2_147_483_648;
    } else if (samples instanceof Uint8Array) {
      for (let k = at; k < at + count; k++, i += stride) plane[k] = (samples[i]! - 128) / 128;
    } else if (samples instanceof BigInt64Array) {
      for (let k = at; k < at + count; k++, i += stride) plane[k] = Number(samples[i]!) / 2 ** 63;
    } else {
      for (let k = at; k < at + count; k++, i += stride) plane[k] = samples[i]!;
    }
  }
}

/** Whether samples of this format are floating point. */
export function isFloatFormat(sampleFormat: number): boolean {
  return [FLT, DBL, FLTP, DBL + PLANAR_OFFSET].includes(sampleFormat);
}

/** As an integer of so many bits, full scale = 2^(bits − 1): clipped beyond; what is no number is silence. */
export function integerSample(value: number, bits: number): number {
  const scale = 2 ** (bits - 1);
  const scaled = Math.round(value * scale);
  if (scaled >= scale) return scale - 1;
  if (scaled < -scale) return -scale;
  return Number.isNaN(scaled) ? 0 : scaled;
}

/** Within full scale; what is no number is silence. */
export function floatSample(value: number): number {
  return Number.isNaN(value) ? 0 : Math.max(-1, Math.min(1, value));
}

function view(
  sampleFormat: number,
  plane: Uint8Array,
): Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array | BigInt64Array {
  const { buffer, byteOffset, byteLength } = plane;
  switch (sampleFormat) {
    case U8:
    case U8 + PLANAR_OFFSET:
      return plane;
    case S16:
    case S16 + PLANAR_OFFSET:
      return new Int16Array(buffer, byteOffset, Math.floor(byteLength / 2));
    case S32:
    case S32 + PLANAR_OFFSET:
      return new Int32Array(buffer, byteOffset, Math.floor(byteLength / 4));
    case FLT:
    case FLTP:
      return new Float32Array(buffer, byteOffset, Math.floor(byteLength / 4));
    case DBL:
    case DBL + PLANAR_OFFSET:
      return new Float64Array(buffer, byteOffset, Math.floor(byteLength / 8));
    case S64:
    case S64P:
      return new BigInt64Array(buffer, byteOffset, Math.floor(byteLength / 8));
    default:
      throw new RangeError(`unknown sample format ${sampleFormat}`);
  }
}
