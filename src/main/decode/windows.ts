/** Fixed tiles over a stream of mono samples: never random, never centred, so a sound embeds alike wherever it lies in a file. */
import type { WindowPlan } from './report.ts';

/** A rest shorter than this beyond the last full tile is left out: it is mostly in the tile already, or next to nothing. */
const SHORTEST_TAIL_SECONDS = 0.25;
/** −90 dBFS, about one bit of 16: anything below counts as silence. */
export const SILENCE = 10 ** (-90 / 20);

export interface Tile {
  startSeconds: number;
  seconds: number;
  /** A buffer of its own. */
  samples: Float32Array;
}

/**
 * Tile k covers [k·hop, k·hop + window). When 0.25 s or more remain beyond the last full tile, one more window is
 * aligned to the end of the file. A file shorter than one window gives one window of its true samples (filling up is
 * the encoder's work). Windows in which nothing rises above −90 dBFS are left out unless the plan keeps them: an
 * embedding of silence finds nothing.
 */
export class Tiler {
  readonly #sampleRate: number;
  readonly #windowSamples: number;
  readonly #hopSeconds: number;
  readonly #maxWindows: number;
  readonly #shortestTail: number;
  readonly #keepSilent: boolean;
  /** The last samples received, from stream position #bufferStart on; at least one window's worth when there is one. */
  #buffer = new Float32Array(0);
  #bufferStart = 0;
  #received = 0;
  #nextTile = 0;
  #coveredTo = 0;
  #emitted = 0;

  /** @throws RangeError for a plan that makes no sense */
  constructor(plan: WindowPlan) {
    this.#sampleRate = plan.sampleRate;
    this.#windowSamples = Math.round(plan.windowSeconds * plan.sampleRate);
    this.#hopSeconds = plan.hopSeconds;
    this.#maxWindows = plan.maxWindows;
    this.#shortestTail = SHORTEST_TAIL_SECONDS * plan.sampleRate;
    this.#keepSilent = plan.keepSilent ?? false;
    const sane = this.#windowSamples >= 1 && Math.round(plan.hopSeconds * plan.sampleRate) >= 1 && plan.maxWindows >= 1;
    if (!sane)
      throw new RangeError(
        `windows of ${plan.windowSeconds} s every ${plan.hopSeconds} s at ${plan.sampleRate} Hz are not a valid plan`,
      );
  }

  get windowCount(): number {
    return this.#emitted;
  }

  /** Samples received so far. */
  get numberOfSamples(): number {
    return this.#received;
  }

  /** No further window will come although there is more sound: decoding can stop. */
  get full(): boolean {
    return this.#emitted >= this.#maxWindows && this.#received - this.#coveredTo >= this.#shortestTail;
  }

  /** Where the last window so far ends, s. */
  get coveredSeconds(): number {
    return this.#coveredTo / this.#sampleRate;
  }

  /** @returns the windows completed by these samples, in order. The input is copied. */
  push(samples: Float32Array): Tile[] {
    const tiles: Tile[] = [];
    // In parts that always leave room for a whole window, however long the input.
    for (let at = 0; at < samples.length; at += this.#windowSamples) {
      this.#append(samples.subarray(at, at + this.#windowSamples));
      for (let start = this.#tileStart(); start + this.#windowSamples <= this.#received; start = this.#tileStart()) {
        this.#nextTile++;
        this.#take(start, tiles);
      }
    }
    return tiles;
  }

  /** The end of the file. @returns the last window, if one is due */
  finish(): Tile[] {
    const tiles: Tile[] = [];
    if (this.#received === 0) return tiles;
    if (this.#received < this.#windowSamples) this.#take(0, tiles);
    else if (this.#received - this.#coveredTo >= this.#shortestTail)
      this.#take(this.#received - this.#windowSamples, tiles);
    return tiles;
  }

  #tileStart(): number {
    return Math.round(this.#nextTile * this.#hopSeconds * this.#sampleRate);
  }

  #take(start: number, tiles: Tile[]): void {
    if (this.#emitted >= this.#maxWindows) return;
    const from = start - this.#bufferStart;
    const samples = this.#buffer.slice(from, Math.min(from + this.#windowSamples, this.#received - this.#bufferStart));
    this.#coveredTo = start + samples.length;
    if (!this.#keepSilent && !rises(samples)) return;
    this.#emitted++;
    tiles.push({ startSeconds: start / this.#sampleRate, seconds: samples.length / this.#sampleRate, samples });
  }

  #append(samples: Float32Array): void {
    const used = this.#received - this.#bufferStart;
    if (used + samples.length > this.#buffer.length && this.#buffer.length < 2 * this.#windowSamples) {
      // Short files are the most, and need no buffer for two windows.
      const grown = new Float32Array(Math.min(2 * this.#windowSamples, Math.max(used + samples.length, 2 * used)));
      grown.set(this.#buffer.subarray(0, used));
      this.#buffer = grown;
    }
    if (used + samples.length > this.#buffer.length) {
      // Keep what the next tile or a window at the very end could still need: both lie in the last windowSamples samples,
      // because a tile is taken as soon as it is complete.
      const keep = Math.min(used, this.#windowSamples);
      this.#buffer.copyWithin(0, used - keep, used);
      this.#bufferStart = this.#received - keep;
    }
    this.#buffer.set(samples, this.#received - this.#bufferStart);
    this.#received += samples.length;
  }
}

function rises(samples: Float32Array): boolean {
  for (const x of samples) if (x > SILENCE || x < -SILENCE) return true;
  return false;
}
