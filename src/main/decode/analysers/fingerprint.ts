/**
 * What a recording is recognised by after a change of format, level or sample rate, or when a part of it was cut off: where
 * in time and frequency its spectrum has peaks, two of them at a time (A. Wang, “An industrial-strength audio search
 * algorithm”, ISMIR 2003). Of all pairs those with the smallest scrambled numbers are kept, so that a part of a sound keeps
 * those of the whole that lie in it. It suggests what to compare; it proves nothing.
 */
import { bytesOf, FRAME, HOP, MOST_LANDMARKS, TIME_BITS, type Landmark } from './landmarks.ts';
import { powerSpectrum } from './spectrum.ts';

/**
 * A short sound has few peaks, and which ones depends on where its frames begin. So it is looked at several times, by frames
 * that begin a little later each time: one of them is close to the frames of any copy.
 */
const SHIFTS = 4;
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

const BINS = FRAME / 2 + 1;
/** That a time can count. */
const MOST_FRAMES = 1 << TIME_BITS;
/** Of pairs, so many times what is kept are worth sorting. */
const SORTED = 3;

export class LandmarkRecorder {
  readonly #floor: number;
  readonly #peaks: Peak[] = [];
  #strongest = 0;
  /** The last frames, oldest first. */
  readonly #frames: Float32Array[] = [];
  #seen = 0;

  /** @param floor below it everything is silence, power of a bin */
  constructor(floor: number) {
    this.#floor = floor;
  }

  /** @param power of the bins 0..256 of the next frame; copied */
  push(power: Float32Array): void {
    const isFull = this.#frames.length > 2 * FRAMES_AROUND;
    const frame = isFull ? this.#frames.shift()! : new Float32Array(BINS);
    frame.set(power);
    this.#frames.push(frame);
    this.#seen++;
    if (this.#frames.length > FRAMES_AROUND) this.#find(this.#frames.length - 1 - FRAMES_AROUND);
  }

  /** @returns landmarks as landmarks.ts reads them, at most so many */
  finish(most = MOST_LANDMARKS): Uint8Array {
    for (let behind = FRAMES_AROUND - 1; behind >= 0; behind--) this.#find(this.#frames.length - 1 - behind);
    const peaks = this.#peaks.filter(({ power }) => power >= WEAKEST * this.#strongest);
    // Most pairs of a long sound are not worth sorting: those that are kept are a small share of all.
    const share = (SORTED * most) / (PARTNERS * peaks.length + 1);
    const kept = share < 0.5 ? chosen(pairsOf(peaks, share * 2 ** 32), most) : [];
    return bytesOf(kept.length === most ? kept : chosen(pairsOf(peaks, 2 ** 32), most));
  }

  /** @param at in the frames kept, those behind it as many as there are */
  #find(at: number): void {
    const middle = this.#frames[at];
    if (!middle) return;
    const frame = this.#seen - this.#frames.length + at;
    for (let bin = LOWEST_BIN; bin <= HIGHEST_BIN;) {
      const power = middle[bin]!;
      const higher = nextAbove(middle, bin, power);
      if (higher >= 0) {
        bin = higher; // and nothing in between is a peak
        continue;
      }
      if (power >= this.#floor && power >= WEAKEST * this.#strongest && this.#isPeak(at, bin, power)) {
        this.#peaks.push({ frame, bin, power });
        if (power > this.#strongest) this.#strongest = power;
      }
      bin += BINS_AROUND + 1; // the bins in between are lower
    }
  }

  /** Of a bin that no later one in its frame is above. */
  #isPeak(at: number, bin: number, power: number): boolean {
    const first = Math.max(0, at - FRAMES_AROUND);
    const last = Math.min(this.#frames.length - 1, at + FRAMES_AROUND);
    const middle = this.#frames[at]!;
    for (let k = Math.max(0, bin - BINS_AROUND); k < bin; k++) if (middle[k]! > power) return false;
    for (let i = first; i <= last; i++) if (i !== at && isAnyFrom(this.#frames[i]!, bin, power)) return false;
    return true;
  }
}

/** @returns the first of the bins around, behind this one, that is above it; −1 for none */
function nextAbove(frame: Float32Array, bin: number, power: number): number {
  const end = Math.min(BINS - 1, bin + BINS_AROUND);
  for (let k = bin + 1; k <= end; k++) if (frame[k]! > power) return k;
  return -1;
}

function isAnyFrom(frame: Float32Array, bin: number, power: number): boolean {
  if (frame[bin]! >= power) return true; // in most frames that have any
  const end = Math.min(BINS - 1, bin + BINS_AROUND);
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
  const keys = Float64Array.from(pairs, ({ pair, frame }) => scrambled(pair) * 2 ** TIME_BITS + Math.min(frame, MOST_FRAMES - 1)); // prettier-ignore
  const byKey = new Map(pairs.map((landmark, i) => [keys[i]!, landmark]));
  const kept: Landmark[] = [];
  let repeats = 0;
  let before = -1;
  for (const key of keys.sort()) {
    const landmark = byKey.get(key)!;
    repeats = landmark.pair === before ? repeats + 1 : 0;
    before = landmark.pair;
    if (repeats >= REPEATS || landmark.frame >= MOST_FRAMES) continue;
    kept.push(landmark);
    if (kept.length === most) break;
  }
  return kept;
}

/** An order of pairs that has nothing to do with what they are. */
function scrambled(pair: number): number {
  return Math.imul(pair ^ (pair >>> 9), 0x9e3779b1) >>> 0;
}

/**
 * The fingerprint of a short sound.
 * @param samples all of them
 * @param floor as for {@link LandmarkRecorder}
 */
export function shortFingerprint(samples: Float32Array, floor: number): Uint8Array {
  const spectrum = powerSpectrum(FRAME);
  const power = new Float32Array(BINS);
  const before = new Float32Array(FRAME + samples.length); // with silence before the first sample
  before.set(samples, FRAME);
  const each = Array.from({ length: SHIFTS }, (_, shift) => {
    const recorder = new LandmarkRecorder(floor);
    const later = (shift * HOP) / SHIFTS;
    for (let end = HOP + later; end < samples.length + FRAME; end += HOP) {
      spectrum.of(before, end, power); // with the silence, what ends there begins there
      recorder.push(power);
    }
    return recorder.finish(MOST_LANDMARKS / SHIFTS);
  });
  return new Uint8Array(Buffer.concat(each));
}
