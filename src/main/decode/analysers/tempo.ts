/**
 * Tempo. Of a loop exactly: a whole number of beats is as long as the file. Of other music by the spacing of its onsets.
 * Candidates are ranked by how well onsets of the whole sound, of its low and of its high part return at a beat and at
 * its multiples, and by what tempi are common.
 */
import { FRAME_RATE } from './landmarks.ts';
import { powerSpectrum } from './spectrum.ts';
import type { Trace } from './trace.ts';

export interface Tempo {
  /** Beats a minute. */
  bpm: number;
  /** That it is this one among the candidates, half and double among them, 0..1. */
  confidence: number;
  /** How much alike the onsets are one beat and more later, at most 1; around 0 where nothing returns. */
  regularity: number;
}

export interface LoopTempo extends Tempo {
  /** A whole number in the length of the file. */
  beats: number;
}

const SLOWEST = 55;
const FASTEST = 215;
/** The middle of common tempi. */
const USUAL = 118;
/** Beats that loops have. */
const LOOP_BEATS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
/** Steps in which other music's tempi are tried, and so many of the best are ranked. */
const STEP = 1.002;
const RANKED = 14;
/** Beats over which music is compared with itself. */
const COMPARED = 16;
/** Shorter music says nothing of its tempo, s. */
const SHORTEST_SONG = 4;

/** Weights of {@link features}: bench/facts/fit.ts finds them in rendered loops. */
const WEIGHTS: readonly number[] = [
  -0.1, 0.4, -0.98, 1.57, 0.06, 0.85, -0.22, -1.75, 1.08, -1.15, 2.72, 0.29, 1.07, 0.11, 0.93, 1.21, -1.11, 2.13, 1.93,
  -5.48, -2.35, -3.04, -0.09, -1.3,
];

/** Onsets of the whole, the low or the high part, and Σ x[i]·x[i + lag] of them. */
export interface Onsets {
  strengths: Float64Array;
  correlation: Float64Array;
}

/** Onsets, and how alike they are to themselves later. */
interface Pulse {
  strengths: Float64Array;
  /** At a lag in frames, 1 at 0. */
  likeness: (lag: number) => number;
}

export interface Candidate {
  bpm: number;
  beats: number;
  features: number[];
}

/** Of a trace: all, low and high; for {@link loopTempo} and {@link songTempo}. */
export function onsetsOf({ onsets, lowOnsets, highOnsets }: Trace): Onsets[] {
  return [onsets, lowOnsets, highOnsets].map((of) => {
    const strengths = smoothed(sharpened(of));
    const lags = strengths.length + 2;
    let size = 64;
    while (size < strengths.length + lags) size *= 2;
    return { strengths, correlation: powerSpectrum(size).autocorrelation(strengths, lags) };
  });
}

/** @returns null where the length fits no number of beats at a tempo that there is */
export function loopTempo(trace: Trace, onsets: readonly Onsets[]): LoopTempo | null {
  const candidates = loopCandidates(trace, onsets);
  const best = bestOf(candidates);
  return best && { ...best, beats: candidates.find(({ bpm }) => bpm === best.bpm)!.beats };
}

export function loopCandidates(trace: Trace, onsets: readonly Onsets[]): Candidate[] {
  const frames = trace.totalSeconds * FRAME_RATE;
  const pulses = onsets.map(({ strengths, correlation }): Pulse => {
    const whole = correlation[0]! + 1e-9;
    const likeness = (lag: number) => {
      const round = ((lag % frames) + frames) % frames; // what lies behind the end is the beginning again
      return (at(correlation, round) + at(correlation, frames - round)) / whole;
    };
    return { strengths, likeness };
  });
  return LOOP_BEATS.flatMap((beats) => {
    const bpm = (60 * beats) / trace.totalSeconds;
    if (bpm < SLOWEST || bpm > FASTEST) return [];
    return [{ bpm, beats, features: features(pulses, frames / beats, beats, 0) }];
  });
}

/** @returns null for what is too short, or has no onsets */
export function songTempo(trace: Trace, onsets: readonly Onsets[]): Tempo | null {
  if (trace.seconds < SHORTEST_SONG) return null;
  const length = trace.onsets.length;
  /** Of all three together. */
  const together = new Float64Array(length);
  let ofMeans = 0;
  const pulses = onsets.map(({ strengths, correlation }): Pulse => {
    const square = (strengths.reduce((sum, value) => sum + value, 0) / length) ** 2;
    // As many pairs as there are at each lag; the mean alone makes no likeness.
    const whole = correlation[0]! / length - square + 1e-9;
    for (let lag = 0; lag < length; lag++) together[lag]! += correlation[lag]! / whole;
    ofMeans += square / whole;
    const likeness = (lag: number) => (lag > 0.75 * length ? 0 : (at(correlation, lag) / (length - lag) - square) / whole); // prettier-ignore
    return { strengths, likeness };
  });
  const tried: { bpm: number; sum: number }[] = [];
  for (let bpm = SLOWEST; bpm <= FASTEST; bpm *= STEP) {
    const period = (60 / bpm) * FRAME_RATE;
    const last = Math.min(COMPARED, Math.floor((0.75 * length) / period));
    let sum = 0;
    for (let beat = 1; beat <= last; beat++) sum += at(together, beat * period) / (length - beat * period) - ofMeans;
    tried.push({ bpm, sum });
  }
  const peaks = tried.filter(({ sum }, i) => sum >= (tried[i - 1]?.sum ?? 0) && sum > (tried[i + 1]?.sum ?? 0));
  const ranked = peaks.toSorted((a, b) => b.sum - a.sum).slice(0, RANKED);
  return bestOf(
    ranked.map(({ bpm }) => {
      const period = (60 / bpm) * FRAME_RATE;
      return { bpm, beats: 8, features: features(pulses, period, COMPARED, phaseOf(pulses[0]!.strengths, period)) };
    }),
  );
}

function bestOf(candidates: readonly Candidate[]): Tempo | null {
  if (candidates.length === 0) return null;
  const scores = candidates.map(({ features: of }) => of.reduce((sum, value, i) => sum + WEIGHTS[i]! * value, 0));
  const highest = Math.max(...scores);
  const best = candidates[scores.indexOf(highest)]!;
  const all = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
  return { bpm: best.bpm, confidence: 1 / all, regularity: Math.max(best.features[0]!, best.features[6]!, best.features[12]!) }; // prettier-ignore
}

/** @param period of a beat, frames @param beats compared with one another @param phase of the first beat, 0..1 */
function features(pulses: readonly Pulse[], period: number, beats: number, phase: number): number[] {
  const measured = pulses.flatMap(({ strengths, likeness }) => {
    let returns = 0;
    for (let beat = 1; beat < beats; beat++) returns += likeness(beat * period) / (beats - 1);
    const on = meanAt(strengths, phase, period);
    const off = meanAt(strengths, phase + 0.5, period);
    return [
      returns,
      (on - off) / (on + off + 1e-9),
      likeness(period),
      likeness(2 * period),
      likeness(4 * period),
      likeness(period / 2),
    ];
  });
  const octaves = Math.log2(((60 / period) * FRAME_RATE) / USUAL);
  const isOf = (condition: boolean) => (condition ? 1 : 0);
  return [...measured, octaves, octaves ** 2, isOf(beats % 3 === 0), isOf(beats < 4), isOf(beats === 4), isOf(beats >= 48)]; // prettier-ignore
}

/** What stands out from its surroundings of half a second. */
export function sharpened(onsets: Float32Array): Float64Array {
  const half = Math.round(0.25 * FRAME_RATE);
  const length = onsets.length;
  const sums = new Float64Array(length + 1);
  for (let i = 0; i < length; i++) sums[i + 1] = sums[i]! + onsets[i]!;
  const sharp = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const from = Math.max(0, i - half);
    const to = Math.min(length, i + half + 1);
    sharp[i] = Math.max(0, onsets[i]! - (sums[to]! - sums[from]!) / (to - from));
  }
  return sharp;
}

/** Spread over neighbours: hits lie up to two frames beside the grid. */
function smoothed(strengths: Float64Array): Float64Array {
  const last = strengths.length - 1;
  const smooth = new Float64Array(strengths.length);
  for (let i = 0; i <= last; i++) {
    const beside = (i > 0 ? strengths[i - 1]! : 0) + (i < last ? strengths[i + 1]! : 0);
    smooth[i] = 0.5 * strengths[i]! + 0.25 * beside;
  }
  return smooth;
}

/** @returns the value between two of a list; 0 outside of it */
function at(values: Float64Array, position: number): number {
  const below = Math.floor(position);
  if (below < 0 || below + 1 >= values.length) return 0;
  return values[below]! + (position - below) * (values[below + 1]! - values[below]!);
}

/** Mean of the strongest beside each multiple of a period. */
function meanAt(strengths: Float64Array, phase: number, period: number): number {
  const last = strengths.length - 1;
  let sum = 0;
  let count = 0;
  for (let t = phase * period; t < last + 0.5; t += period) {
    const i = Math.round(t);
    let strongest = strengths[i]!;
    if (i > 0 && strengths[i - 1]! > strongest) strongest = strengths[i - 1]!;
    if (i < last && strengths[i + 1]! > strongest) strongest = strengths[i + 1]!;
    // The first frame has no rise before it: what begins with the file shows a little later.
    if (i === 0 && last >= 2 && strengths[2]! > strongest) strongest = strengths[2]!;
    sum += strongest;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

const PHASES = 16;

function phaseOf(strengths: Float64Array, period: number): number {
  let [best, highest] = [0, -1];
  for (let i = 0; i < PHASES; i++) {
    const mean = meanAt(strengths, i / PHASES, period);
    if (mean > highest) [best, highest] = [i / PHASES, mean];
  }
  return best;
}
