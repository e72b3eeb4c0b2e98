/**
 * Up to which frequency there is energy, and whether it ends there as if cut off: what was resampled from a lower rate, or
 * coded with loss before, has nothing above a steep edge. Mean spectrum of a few frames a second.
 */
import { powerSpectrum } from './spectrum.ts';

const FRAME = 2048;
const BANDS = 128;
const BINS_A_BAND = FRAME / 2 / BANDS;
/** Frames of the first block, of each later one, and of each beyond a minute. */
const FIRST_FRAMES = 16;
const LATER_FRAMES = 4;
const LATE_BLOCK = 60;
/** Below it, dBFS a bin, there is nothing but the noise of 16 bits; and so far below the strongest band lies leakage. */
const FLOOR_DB = -115;
const DYNAMIC_DB = 95;
/** Further below the strongest band, the skirts of a single tone look like an edge. */
const SKIRTS_DB = 75;
/** What a mirror image of a resampler leaves at the top is narrower. */
const NARROWEST = 3;
/** Of an edge: how much lower all is that lies so many bands above it. FFmpeg's own resampler needs as many for its slope. */
const EDGE_DB = 24;
const SLOPE = 10;
/** Higher edges are those of every converter; lower ones of instruments and filters. */
const HIGHEST_EDGE = 0.9;
const LOWEST_EDGE_HZ = 3400;
/** Above half of its height a sound with an edge is filled, not far below the edge: a whistle ends just as suddenly. */
const FILLED = 0.9;
const FILLED_DB = 25;

export interface Bandwidth {
  /** Hz; 0 in silence */
  highest: number;
  /** Hz; 0 where the spectrum does not end like that */
  edge: number;
}

export class BandwidthMeter {
  readonly #sampleRate: number;
  readonly #spectrum = powerSpectrum(FRAME);
  readonly #power = new Float32Array(FRAME / 2 + 1);
  readonly #bands = new Float64Array(BANDS);
  #frames = 0;
  #blocks = 0;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /** @param samples of a channel, a block of about a second; the last may be shorter */
  push(samples: Float32Array): void {
    const most = this.#blocks === 0 ? FIRST_FRAMES : this.#blocks < LATE_BLOCK ? LATER_FRAMES : 1;
    this.#blocks++;
    if (samples.length < FRAME && this.#frames > 0) return;
    const count = Math.min(most, Math.max(1, Math.floor(samples.length / (FRAME / 2)) - 1));
    const room = Math.max(0, samples.length - FRAME);
    for (let i = 0; i < count; i++) this.#add(samples, count === 1 ? 0 : Math.floor((i * room) / (count - 1)));
  }

  #add(samples: Float32Array, from: number): void {
    this.#spectrum.of(samples, from, this.#power);
    for (let band = 0; band < BANDS; band++) {
      let sum = 0;
      for (let k = 0; k < BINS_A_BAND; k++) sum += this.#power[1 + band * BINS_A_BAND + k]!;
      this.#bands[band]! += sum;
    }
    this.#frames++;
  }

  finish(): Bandwidth {
    const fullScale = BINS_A_BAND * this.#frames * (FRAME / 4) ** 2;
    const levels = Array.from(this.#bands, (power) => 10 * Math.log10(power / Math.max(1, fullScale) + 1e-30));
    const strongest = Math.max(...levels);
    const floor = Math.max(FLOOR_DB, strongest - DYNAMIC_DB);
    const isAbove = (band: number) => levels.slice(Math.max(0, band - NARROWEST + 1), band + 1).every((level) => level > floor);
    const top = levels.findLastIndex((_, band) => isAbove(band));
    const hertz = (bands: number) => Math.round((bands * this.#sampleRate) / 2 / BANDS);
    const edge = edgeOf(levels, strongest - SKIRTS_DB, Math.ceil((LOWEST_EDGE_HZ * 2 * BANDS) / this.#sampleRate));
    return { highest: hertz(edge ?? top + 1), edge: edge === null ? 0 : hertz(edge) };
  } // prettier-ignore
}

/** @param from the lowest band that may be one @returns the first band behind the steepest edge; null where there is none */
function edgeOf(levels: readonly number[], least: number, from: number): number | null {
  const lowest = lowestFromEach(levels);
  let steepest = { at: -1, drop: EDGE_DB, below: 0 };
  for (let at = Math.max(NARROWEST, from); at <= HIGHEST_EDGE * BANDS; at++) {
    let below = 0;
    for (let band = at - NARROWEST; band < at; band++) below += levels[band]! / NARROWEST;
    // What costs least first: of most bands that is all.
    if (below <= Math.max(FLOOR_DB, least) || below - lowest[at + SLOPE]! <= steepest.drop) continue;
    if (countAbove(levels, Math.floor(at / 2), at, below - FILLED_DB) < FILLED * (at - Math.floor(at / 2))) continue;
    const nearlyAll = Math.floor(0.9 * (BANDS - at - SLOPE));
    if (BANDS - at - SLOPE - countAbove(levels, at + SLOPE, BANDS, below - steepest.drop) <= nearlyAll) continue;
    const drop = below - levels.slice(at + SLOPE).toSorted((a, b) => a - b)[nearlyAll]!;
    if (drop > steepest.drop) steepest = { at, drop, below };
  }
  if (steepest.at < 0) return null;
  const fallen = levels.findIndex((level, band) => band >= steepest.at && level < steepest.below - EDGE_DB / 2);
  return fallen <= HIGHEST_EDGE * BANDS ? fallen : null;
}

/** @returns how many of the bands from one to another, exclusive, are above a level */
function countAbove(levels: readonly number[], from: number, to: number, level: number): number {
  let count = 0;
  for (let band = from; band < to; band++) if (levels[band]! > level) count++;
  return count;
}

/** @returns for each band the lowest level from there on */
function lowestFromEach(levels: readonly number[]): number[] {
  const lowest = [...levels];
  for (let band = levels.length - 2; band >= 0; band--) lowest[band] = Math.min(levels[band]!, lowest[band + 1]!);
  return lowest;
}
