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

/** Onsets of the whole, the low and the high part, and how alike they are to themselves later. */
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

/** @returns null where the length fits no number of beats at a tempo that there is */
export function loopTempo(trace: Trace): LoopTempo | null {
  const candidates = loopCandidates(trace);
  const best = bestOf(candidates);
  return best && { ...best, beats: candidates.find(({ bpm }) => bpm === best.bpm)!.beats };
}

export function loopCandidates(trace: Trace): Candidate[] {
  const frames = trace.totalSeconds * FRAME_RATE;
  const pulses = pulsesOf(trace, ({ length }) => length + 2, (correlation) => {
    const whole = correlation[0]! + 1e-9;
    return (lag) => {
      const round = ((lag % frames) + frames) % frames; // what lies behind the end is the beginning again
      return (at(correlation, round) + at(correlation, frames - round)) / whole;
    };
  }); // prettier-ignore
  return LOOP_BEATS.flatMap((beats) => {
    const bpm = (60 * beats) / trace.totalSeconds;
    if (bpm < SLOWEST || bpm > FASTEST) return [];
    return [{ bpm, beats, features: features(pulses, frames / beats, beats, 0) }];
  });
}

/** @returns null for what is too short, or has no onsets */
export function songTempo(trace: Trace): Tempo | null {
  if (trace.seconds < SHORTEST_SONG) return null;
  const longest = Math.ceil(((COMPARED * 60) / SLOWEST) * FRAME_RATE) + 2;
  const pulses = pulsesOf(trace, ({ length }) => Math.min(length, longest), (correlation, { length }, mean) => {
    // As many pairs as there are at each lag; the mean alone makes no likeness.
    const whole = correlation[0]! / length - mean * mean + 1e-9;
    return (lag) => (lag > 0.75 * length ? 0 : (at(correlation, lag) / (length - lag) - mean * mean) / whole);
  }); // prettier-ignore
  const tried: { bpm: number; sum: number }[] = [];
  for (let bpm = SLOWEST; bpm <= FASTEST; bpm *= STEP) {
    const period = (60 / bpm) * FRAME_RATE;
    let sum = 0;
    for (const { likeness } of pulses) for (let beat = 1; beat <= COMPARED; beat++) sum += likeness(beat * period);
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

function pulsesOf(
  { onsets, lowOnsets, highOnsets }: Trace,
  lagsOf: (strengths: Float64Array) => number,
  likenessOf: (correlation: Float64Array, strengths: Float64Array, mean: number) => Pulse['likeness'],
): Pulse[] {
  return [onsets, lowOnsets, highOnsets].map((of) => {
    const strengths = smoothed(sharpened(of));
    const lags = lagsOf(strengths);
    let size = 64;
    while (size < strengths.length + lags) size *= 2;
    const mean = strengths.reduce((sum, value) => sum + value, 0) / strengths.length;
    const correlation = powerSpectrum(size).autocorrelation(strengths, lags);
    return { strengths, likeness: likenessOf(correlation, strengths, mean) };
  });
}

/** What stands out from its surroundings of half a second. */
export function sharpened(onsets: Float32Array): Float64Array {
  const half = Math.round(0.25 * FRAME_RATE);
  const sums = new Float64Array(onsets.length + 1);
  for (let i = 0; i < onsets.length; i++) sums[i + 1] = sums[i]! + onsets[i]!;
  return Float64Array.from(onsets, (value, i) => {
    const [from, to] = [Math.max(0, i - half), Math.min(onsets.length, i + half + 1)];
    return Math.max(0, value - (sums[to]! - sums[from]!) / (to - from));
  });
}

/** Spread over neighbours: hits lie up to two frames beside the grid. */
function smoothed(strengths: Float64Array): Float64Array {
  return strengths.map((value, i) => 0.5 * value + 0.25 * ((strengths[i - 1] ?? 0) + (strengths[i + 1] ?? 0)));
}

/** @returns the value between two of a list; 0 outside of it */
function at(values: Float64Array, position: number): number {
  const below = Math.floor(position);
  if (below < 0 || below + 1 >= values.length) return 0;
  return values[below]! + (position - below) * (values[below + 1]! - values[below]!);
}

/** Mean of the strongest beside each multiple of a period. */
function meanAt(strengths: Float64Array, phase: number, period: number): number {
  let [sum, count] = [0, 0];
  for (let t = phase * period; t < strengths.length - 0.5; t += period) {
    const i = Math.round(t);
    // The first frame has no rise before it: what begins with the file shows a little later.
    sum += Math.max(strengths[i - 1] ?? 0, strengths[i] ?? 0, strengths[i + 1] ?? 0, i === 0 ? (strengths[2] ?? 0) : 0);
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
