/**
 * Keeps what leaves the window below full scale, between its samples as well: stretching may raise peaks, and what
 * follows a quiet match may be loud. It looks ahead, so nothing is cut; what stays below the ceiling passes bit by bit.
 */
import { OVERSAMPLING_TAPS, highestBetween } from '../../shared/oversampling.ts';

/** Above every sample of a file at a matched level (levels.ts), so that only what was added is turned down. */
const CEILING_DB = -0.3;
const CEILING = 10 ** (CEILING_DB / 20);
/** So long before a peak the level begins to fall, s. */
const LOOK_AHEAD_SECONDS = 0.002;
/** So fast it rises again behind it: two thirds of the way, s. */
const RELEASE_SECONDS = 0.08;
/** Of a band-limited sound, nothing between two samples is so much higher than both. */
const NEAR = 0.5;
/** Nearer to 1 than samples can tell. */
const NEARLY_ONE = 1 - 1e-7;
const AHEAD = OVERSAMPLING_TAPS / 2;

export class Limiter {
  /** Of the output behind the input, samples. */
  readonly latency: number;
  readonly #lookAhead: number;
  readonly #release: number;
  /** Of each channel the last block, behind what is still to come out and what levels between samples are computed from. */
  readonly #planes: Float32Array[];
  /** Factors that the last places allow at most, the oldest at `#at`. */
  readonly #allowed: Float64Array;
  /** What the level follows: at once downwards, slowly upwards. */
  readonly #followed: Float64Array;
  #at = 0;
  #level = 1;
  /** Of the places whose mean is applied, how many are below 1. */
  #lowered = 0;

  /** @param sampleRate Hz */
  constructor(sampleRate: number, channels: number) {
    this.#lookAhead = Math.round(LOOK_AHEAD_SECONDS * sampleRate);
    this.#release = 1 - Math.exp(-1 / (RELEASE_SECONDS * sampleRate));
    this.latency = this.#lookAhead - 1 + AHEAD;
    this.#planes = Array.from({ length: channels }, () => new Float32Array(this.latency + AHEAD));
    this.#allowed = new Float64Array(this.#lookAhead + 1).fill(1);
    this.#followed = new Float64Array(this.#lookAhead).fill(1);
  }

  /** @param input planes of one length, of so many channels or fewer @param output written to, of the same length */
  process(input: readonly Float32Array[], output: readonly Float32Array[]): void {
    const length = output[0]?.length ?? 0;
    const before = this.latency + AHEAD;
    for (const channel of this.#planes.keys()) this.#push(channel, input[channel], length);
    for (let i = 0; i < length; i++) {
      // The newest place whose levels are known up to the next sample.
      const gain = this.#gainAfter(before + i - AHEAD);
      const from = before + i - this.latency;
      for (let channel = 0; channel < output.length; channel++)
        output[channel]![i] = gain * (this.#planes[channel]?.[from] ?? 0);
    }
  }

  #push(channel: number, samples: Float32Array | undefined, length: number): void {
    const before = this.latency + AHEAD;
    let plane = this.#planes[channel]!;
    // As long as the block before, as a rule: its end is at the same place.
    if (plane.length === before + length) plane.copyWithin(0, length);
    else {
      const resized = new Float32Array(before + length);
      resized.set(plane.subarray(-before));
      plane = this.#planes[channel] = resized;
    }
    if (samples === undefined) plane.fill(0, before);
    else plane.set(samples, before);
  }

  /** @returns the factor of the sample that comes out when the levels at this place are known */
  #gainAfter(place: number): number {
    let peak = 0;
    for (const plane of this.#planes) {
      const here = Math.max(Math.abs(plane[place]!), Math.abs(plane[place + 1]!));
      if (here < NEAR * CEILING) continue;
      peak = Math.max(peak, here, highestBetween(plane, place));
    }
    const allowed = peak > CEILING ? CEILING / peak : 1;
    if (allowed === 1 && this.#lowered === 0 && this.#level === 1) {
      this.#put(1, 1);
      return 1;
    }
    // One place more than the mean is over: a peak lies between two samples, which are both turned down.
    this.#allowed[this.#at % this.#allowed.length] = allowed;
    let least = 1;
    for (const factor of this.#allowed) least = Math.min(least, factor);
    this.#level = least < this.#level ? least : this.#level + (least - this.#level) * this.#release;
    if (this.#level > NEARLY_ONE) this.#level = 1;
    this.#put(allowed, this.#level);
    if (this.#lowered === 0) return 1;
    let sum = 0;
    for (const factor of this.#followed) sum += factor;
    return sum / this.#followed.length;
  }

  #put(allowed: number, followed: number): void {
    this.#allowed[this.#at % this.#allowed.length] = allowed;
    const slot = this.#at % this.#followed.length;
    this.#lowered += Number(followed < 1) - Number(this.#followed[slot]! < 1);
    this.#followed[slot] = followed;
    this.#at++;
  }
}
