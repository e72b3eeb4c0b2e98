/**
 * What a recording is recognised by after a change of format, level or sample rate, or when a part of it was cut off: where
 * in time and frequency its spectrum has peaks, two of them at a time (A. Wang, “An industrial-strength audio search
 * algorithm”, ISMIR 2003). Of all pairs those with the smallest scrambled numbers are kept, so that a part of a sound keeps
 * those of the whole that lie in it. It suggests what to compare; it proves nothing.
 */

import { fourierOf, hann } from './fourier.ts';

/** Pairs kept of a sound: 4 bytes each. */
export const MOST_LANDMARKS = 192;
/**
 * A short sound has few peaks, and which ones depends on where its frames begin. So it is looked at several times, by frames
 * that begin a little later each time: one of them is close to the frames of any copy.
 */
const SHIFTS = 4;
/** A pair has so many bits, and its time the others. */
export const PAIR_BITS = 20;
const TIME_BITS = 32 - PAIR_BITS;
/** A peak is the largest so many frames before and behind it, and so many bins to either side. */
const FRAMES_AROUND = 2;
const BINS_AROUND = 4;
const LOWEST_BIN = 2;
const HIGHEST_BIN = 255;
/** So far below the strongest peak of the sound there is nothing that survives a codec: −60 dB. */
const WEAKEST = 1e-6;
/** A peak is paired with those after it, up to so many frames later, the next ones first. */
const LONGEST_STEP = 15;
const PARTNERS = 8;
/** The same pair at so many times: a loop has little else. */
const REPEATS = 4;

interface Peak {
  frame: number;
  bin: number;
  power: number;
}

/** A pair of peaks and when the first of them sounds. */
export interface Landmark {
  /** 0..2^{@link PAIR_BITS} − 1 */
  pair: number;
  /** Frames of the trace (trace.ts) from the beginning of the file. */
  frame: number;
}

export class LandmarkRecorder {
  readonly #floor: number;
  readonly #peaks: Peak[] = [];
  /** The last frames, oldest first. */
  readonly #frames: Float64Array[] = [];
  #seen = 0;

  /** @param floor below it everything is silence, power of a bin */
  constructor(floor: number) {
    this.#floor = floor;
  }

  /** @param power of the bins 0..256 of the next frame; copied */
  push(power: Float64Array): void {
    const frame = this.#frames.length > 2 * FRAMES_AROUND ? this.#frames.shift()! : new Float64Array(power.length);
    frame.set(power);
    this.#frames.push(frame);
    this.#seen++;
    if (this.#frames.length > FRAMES_AROUND) this.#find(this.#frames.length - 1 - FRAMES_AROUND);
  }

  /** @returns landmarks as {@link landmarksOf} reads them, at most so many */
  finish(most = MOST_LANDMARKS): Uint8Array {
    for (let behind = FRAMES_AROUND - 1; behind >= 0; behind--) this.#find(this.#frames.length - 1 - behind);
    const strongest = this.#peaks.reduce((highest, { power }) => Math.max(highest, power), 0);
    const peaks = this.#peaks.filter(({ power }) => power >= WEAKEST * strongest);
    // Most pairs of a long sound are not worth sorting: those that are kept are a small share of all.
    const share = (8 * most) / (PARTNERS * peaks.length + 1);
    const kept = share < 0.5 ? chosen(pairsOf(peaks, share * 2 ** 32), most) : [];
    return bytesOf(kept.length === most ? kept : chosen(pairsOf(peaks, 2 ** 32), most));
  }

  /** @param at in the frames kept, those behind it as many as there are */
  #find(at: number): void {
    const middle = this.#frames[at];
    if (!middle) return;
    const [first, last] = [Math.max(0, at - FRAMES_AROUND), Math.min(this.#frames.length - 1, at + FRAMES_AROUND)];
    const frame = this.#seen - this.#frames.length + at;
    for (let bin = LOWEST_BIN; bin <= HIGHEST_BIN; bin++) {
      const power = middle[bin]!;
      if (power < this.#floor || power < middle[bin - 1]! || power < middle[bin + 1]!) continue;
      if (isAnyAbove(middle, bin, power)) continue;
      let isPeak = true;
      for (let i = first; i <= last && isPeak; i++) isPeak = i === at || !isAnyFrom(this.#frames[i]!, bin, power);
      if (isPeak) this.#peaks.push({ frame, bin, power });
    }
  }
}

function isAnyAbove(frame: Float64Array, bin: number, power: number): boolean {
  const end = Math.min(frame.length - 1, bin + BINS_AROUND);
  for (let k = Math.max(0, bin - BINS_AROUND); k <= end; k++) if (frame[k]! > power) return true;
  return false;
}

function isAnyFrom(frame: Float64Array, bin: number, power: number): boolean {
  const end = Math.min(frame.length - 1, bin + BINS_AROUND);
  for (let k = Math.max(0, bin - BINS_AROUND); k <= end; k++) if (frame[k]! >= power) return true;
  return false;
}

/**
 * @param peaks in the order of their frames, in each of their bins
 * @param below pairs whose scrambled numbers are smaller
 */
function pairsOf(peaks: readonly Peak[], below: number): Landmark[] {
  const pairs: Landmark[] = [];
  for (const [i, { frame, bin }] of peaks.entries()) {
    const end = Math.min(peaks.length, i + 1 + PARTNERS);
    for (let j = i + 1; j < end; j++) {
      const step = peaks[j]!.frame - frame;
      if (step > LONGEST_STEP) break;
      const pair = (bin << 12) | (peaks[j]!.bin << 4) | step;
      if (scrambled(pair) < below) pairs.push({ pair, frame });
    }
  }
  return pairs;
}

/** @returns the first in the order of their scrambled numbers, each pair at so many times at most */
function chosen(pairs: readonly Landmark[], most: number): Landmark[] {
  const keys = pairs.map(({ pair, frame }) => scrambled(pair) * 2 ** TIME_BITS + Math.min(frame, 2 ** TIME_BITS - 1));
  const sorted = Array.from(pairs.keys())
    .sort((a, b) => keys[a]! - keys[b]!)
    .map((i) => pairs[i]!);
  const kept: Landmark[] = [];
  let repeats = 0;
  for (const [i, landmark] of sorted.entries()) {
    repeats = i > 0 && sorted[i - 1]!.pair === landmark.pair ? repeats + 1 : 0;
    if (repeats >= REPEATS || landmark.frame >= 1 << TIME_BITS) continue;
    kept.push(landmark);
    if (kept.length === most) break;
  }
  return kept;
}

function bytesOf(landmarks: readonly Landmark[]): Uint8Array {
  const bytes = new Uint8Array(4 * landmarks.length);
  const view = new DataView(bytes.buffer);
  for (const [i, { pair, frame }] of landmarks.entries())
    view.setUint32(4 * i, ((pair << TIME_BITS) | frame) >>> 0, true);
  return bytes;
}

/** An order of pairs that has nothing to do with what they are. */
function scrambled(pair: number): number {
  return Math.imul(pair ^ (pair >>> 9), 0x9e3779b1) >>> 0;
}

/**
 * The fingerprint of a short sound.
 * @param samples all of them
 * @param size of a frame, samples @param hop between frames @param floor as for {@link LandmarkRecorder}
 */
export function shortFingerprint(samples: Float32Array, size: number, hop: number, floor: number): Uint8Array {
  const fourier = fourierOf(size);
  const window = hann(size);
  const frame = new Float64Array(size);
  const power = new Float64Array(size / 2 + 1);
  const each = Array.from({ length: SHIFTS }, (_, shift) => {
    const recorder = new LandmarkRecorder(floor);
    const later = (shift * hop) / SHIFTS;
    for (let end = hop + later; end < samples.length + size; end += hop) {
      for (let i = 0, at = end - size; i < size; i++, at++) frame[i] = (samples[at] ?? 0) * window[i]!;
      fourier.power(frame, power);
      recorder.push(power);
    }
    return recorder.finish(MOST_LANDMARKS / SHIFTS);
  });
  return new Uint8Array(Buffer.concat(each));
}

/** @param bytes a stored fingerprint */
export function landmarksOf(bytes: Uint8Array): Landmark[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => {
    const word = view.getUint32(4 * i, true);
    return { pair: word >>> TIME_BITS, frame: word & ((1 << TIME_BITS) - 1) };
  });
}
