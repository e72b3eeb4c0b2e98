/**
 * The landmarks of a fingerprint (fingerprint.ts takes them), and the frames that their times count. Apart from what takes
 * them, because the engine reads fingerprints and has no use for the transforms.
 */

/** Hz, of what is traced. Pitches and beats lie below half of it; four times fewer samples than in most files. */
export const TRACE_RATE = 11_025;
/** Of short frames and from one to the next, samples. */
export const FRAME = 512;
export const HOP = 256;
/** Short frames a second. */
export const FRAME_RATE = TRACE_RATE / HOP;

/** Pairs kept of a sound: 4 bytes each. */
export const MOST_LANDMARKS = 192;
/** A pair has so many bits, and its time the others. */
export const PAIR_BITS = 20;
export const TIME_BITS = 32 - PAIR_BITS;

/** A pair of peaks and when the first of them sounds. */
export interface Landmark {
  /** 0..2^{@link PAIR_BITS} − 1 */
  pair: number;
  /** Frames of the trace (trace.ts) from the beginning of the file. */
  frame: number;
}

export function bytesOf(landmarks: readonly Landmark[]): Uint8Array {
  const bytes = new Uint8Array(4 * landmarks.length);
  const view = new DataView(bytes.buffer);
  for (const [i, { pair, frame }] of landmarks.entries())
    view.setUint32(4 * i, ((pair << TIME_BITS) | frame) >>> 0, true);
  return bytes;
}

/** @param bytes a stored fingerprint */
export function landmarksOf(bytes: Uint8Array): Landmark[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => {
    const word = view.getUint32(4 * i, true);
    return { pair: word >>> TIME_BITS, frame: word & ((1 << TIME_BITS) - 1) };
  });
}
