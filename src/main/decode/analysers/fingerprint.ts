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

const BINS = FRAME / 2 + 1;
/** Frames of which the one in the middle is looked at. */
const WINDOW = 2 * FRAMES_AROUND + 1;
/** That a time can count. */
const MOST_FRAMES = 1 << TIME_BITS;
/** Of pairs, so many times what is kept are worth sorting. */
const SORTED = 3;
/** Of peaks, at first. */
const ROOM = 512;

export class LandmarkRecorder {
  readonly #floor: number;
  /** Of each peak its frame and bin, frame by frame, each from its lowest bin up. */
  #places = new Uint32Array(ROOM);
  #powers = new Float32Array(ROOM);
  #found = 0;
  #strongest = 0;
  /** The last frames: frame i lies at i % WINDOW. */
  readonly #frames = Array.from({ length: WINDOW }, () => new Float32Array(BINS));
  #seen = 0;

  /** @param floor below it everything is silence, power of a bin */
  constructor(floor: number) {
    this.#floor = floor;
  }

  /** @param power of the bins 0..256 of the next frame; copied */
  push(power: Float32Array): void {
    this.#frames[this.#seen % WINDOW]!.set(power);
    this.#seen++;
    this.#find(this.#seen - 1 - FRAMES_AROUND);
  }

  /** @returns landmarks as landmarks.ts reads them, at most so many */
  finish(most = MOST_LANDMARKS): Uint8Array {
    for (let behind = FRAMES_AROUND - 1; behind >= 0; behind--) this.#find(this.#seen - 1 - behind);
    const peaks = this.#audible();
    // Most pairs of a long sound are not worth sorting: those that are kept are a small share of all.
    const share = (SORTED * most) / (PARTNERS * peaks.length + 1);
    const kept = share < 0.5 ? chosen(pairsOf(peaks, share * 2 ** 32), most) : [];
    return bytesOf(kept.length === most ? kept : chosen(pairsOf(peaks, 2 ** 32), most));
  }

  /** @returns the places of peaks that are not too far below the strongest */
  #audible(): Uint32Array {
    const weakest = WEAKEST * this.#strongest;
    return this.#places.subarray(0, this.#found).filter((_, i) => this.#powers[i]! >= weakest);
  }

  /** @param frame the last ones around it have been pushed, those behind it as many as there are */
  #find(frame: number): void {
    if (frame < 0) return;
    const middle = this.#frames[frame % WINDOW]!;
    const last = Math.min(this.#seen - 1, frame + FRAMES_AROUND);
    const others: Float32Array[] = [];
    for (let i = Math.max(0, frame - FRAMES_AROUND); i <= last; i++) if (i !== frame) others.push(this.#frames[i % WINDOW]!); // prettier-ignore
    let weakest = Math.max(this.#floor, WEAKEST * this.#strongest);
    // As many bins as lie to one side of a peak, and the peak: no two of them are peaks.
    for (let first = LOWEST_BIN; first <= HIGHEST_BIN; first += BINS_AROUND + 1) {
      const power = Math.max(middle[first]!, middle[first + 1]!, middle[first + 2]!, middle[first + 3]!, middle[first + 4]!); // prettier-ignore
      if (power < weakest) continue;
      let bin = first;
      while (middle[bin] !== power) bin++;
      if (bin > HIGHEST_BIN || !isPeak(middle, others, bin, power)) continue;
      this.#add(frame, bin, power);
      if (power > this.#strongest) this.#strongest = power;
      weakest = Math.max(this.#floor, WEAKEST * this.#strongest);
    }
  }

  #add(frame: number, bin: number, power: number): void {
    if (this.#found === this.#places.length) {
      const [places, powers] = [this.#places, this.#powers];
      this.#places = new Uint32Array(2 * this.#found);
      this.#places.set(places);
      this.#powers = new Float32Array(2 * this.#found);
      this.#powers.set(powers);
    }
    this.#places[this.#found] = frame * BINS + bin;
    this.#powers[this.#found++] = power;
  }
}

/** @param others the frames around it */
function isPeak(middle: Float32Array, others: readonly Float32Array[], bin: number, power: number): boolean {
  for (const other of others) if (other[bin]! >= power) return false; // in most frames that have any
  const from = Math.max(0, bin - BINS_AROUND);
  const to = Math.min(BINS - 1, bin + BINS_AROUND);
  for (let k = from; k <= to; k++) if (middle[k]! > power) return false;
  for (const other of others) for (let k = from; k <= to; k++) if (other[k]! >= power) return false;
  return true;
}

/**
 * Pairs as numbers in the order in which they are chosen: a scrambled pair and, below it, the frame.
 * @param places of peaks
 * @param below pairs whose scrambled numbers are smaller
 */
function pairsOf(places: Uint32Array, below: number): Float64Array {
  const keys = new Float64Array(PARTNERS * places.length);
  let count = 0;
  for (let i = 0; i < places.length; i++) {
    const frame = Math.floor(places[i]! / BINS);
    const bin = places[i]! % BINS;
    if (frame >= MOST_FRAMES) break;
    const end = Math.min(places.length, i + 1 + PARTNERS);
    for (let j = i + 1; j < end; j++) {
      const step = Math.floor(places[j]! / BINS) - frame;
      if (step > LONGEST_STEP) break;
      const key = scrambled((bin << 12) | ((places[j]! % BINS) << 4) | step);
      if (key < below) keys[count++] = key * MOST_FRAMES + frame;
    }
  }
  return keys.subarray(0, count);
}

/** @param keys are sorted @returns the first ones, each pair at so many times at most */
function chosen(keys: Float64Array, most: number): Landmark[] {
  const kept: Landmark[] = [];
  let repeats = 0;
  let before = -1;
  for (const key of keys.sort()) {
    const pair = unscrambled(Math.floor(key / MOST_FRAMES));
    repeats = pair === before ? repeats + 1 : 0;
    before = pair;
    if (repeats >= REPEATS) continue;
    kept.push({ pair, frame: key % MOST_FRAMES });
    if (kept.length === most) break;
  }
  return kept;
}

const SCRAMBLER = 0x9e3779b1;
/** Times {@link SCRAMBLER} it is 1, in 32 bits. */
const UNSCRAMBLER = 0x0e8b2f51;

/** An order of pairs that has nothing to do with what they are. */
function scrambled(pair: number): number {
  return Math.imul(pair ^ (pair >>> 9), SCRAMBLER) >>> 0;
}

/** @returns the pair, of {@link PAIR_BITS} bits, that has this scrambled number */
function unscrambled(key: number): number {
  const mixed = Math.imul(key, UNSCRAMBLER) >>> 0;
  return mixed ^ (mixed >>> 9) ^ (mixed >>> 18);
}

/**
 * The fingerprint of a short sound.
 * @param samples all of them
 * @param floor as for {@link LandmarkRecorder}
 * @param begun has the first frames of the sound, which end at multiples of the hop, so many; is finished
 */
export function shortFingerprint(
  samples: Float32Array,
  floor: number,
  begun: { recorder: LandmarkRecorder; frames: number },
): Uint8Array {
  const spectrum = powerSpectrum(FRAME);
  const power = new Float32Array(BINS);
  const before = new Float32Array(FRAME + samples.length); // with silence before the first sample
  before.set(samples, FRAME);
  const each = Array.from({ length: SHIFTS }, (_, shift) => {
    const recorder = shift === 0 ? begun.recorder : new LandmarkRecorder(floor);
    const later = (shift * HOP) / SHIFTS;
    const first = shift === 0 ? begun.frames + 1 : 1;
    for (let end = first * HOP + later; end < samples.length + FRAME; end += HOP) {
      spectrum.of(before, end, power); // with the silence, what ends there begins there
      recorder.push(power);
    }
    return recorder.finish(MOST_LANDMARKS / SHIFTS);
  });
  return new Uint8Array(Buffer.concat(each));
}
