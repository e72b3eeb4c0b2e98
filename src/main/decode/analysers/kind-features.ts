/** What tells kinds of sounds apart, as figures of about one size each; kind.ts weighs them. */
import { loopTempo, onsetsOf, sharpened, songTempo, type LoopTempo, type Tempo } from './tempo.ts';
import { FRAME_RATE } from './landmarks.ts';
import type { Trace } from './trace.ts';

/** dB below the loudest moment: what is quieter is the tail, or a pause. */
const AUDIBLE = 30;
const SILENT = 50;
/** An onset this strong by the strongest begins an event. */
const EVENT = 0.3;
/** Two onsets nearer than this are one event, s. */
const APART = 0.08;

export interface Shape {
  features: number[];
  loop: LoopTempo | null;
  song: Tempo | null;
  events: number;
}

/** @returns null for silence */
export function shapeOf(trace: Trace): Shape | null {
  const { energies, seconds } = trace;
  const loudest = energies.reduce((most, energy) => Math.max(most, energy), 0);
  if (!(loudest > 1e-10)) return null;
  const levels = Array.from(energies, (energy) => Math.max(-90, 10 * Math.log10(energy / loudest + 1e-9)));
  const active = levels.map((level) => level > -AUDIBLE);
  const last = active.lastIndexOf(true);
  const first = active.indexOf(true);
  const audible = levels.slice(first, last + 1);
  const activeCount = active.filter(Boolean).length;
  const pauses = audible.filter((level) => level <= -AUDIBLE).length / audible.length;
  const centroids = of(active, trace.centroids).map((hertz) => Math.log2(Math.max(40, hertz)));
  const flatness = of(active, trace.flatness);
  const times = audible.map((_, i) => i);
  const onsets = onsetsOf(trace);
  const loop = loopTempo(trace, onsets);
  const song = songTempo(trace, onsets);
  const events = eventsOf(trace.onsets);
  const classes = pitchClasses(trace.chroma);
  const tail = levels.slice(-Math.max(2, Math.round(levels.length / 20)));
  const head = levels.slice(0, Math.max(2, Math.round(levels.length / 20)));
  const loudestAt = levels.indexOf(Math.max(...levels));
  const features = [
    Math.log2(Math.max(0.05, trace.totalSeconds)),
    Math.log2(1 + events),
    Math.log2(0.2 + events / Math.max(0.1, seconds)),
    mean(tail) / 20,
    (mean(tail) - mean(head)) / 20,
    activeCount / levels.length,
    pauses,
    deviation(audible) / 10,
    mean(flatness),
    deviation(flatness),
    mean(centroids) - 9,
    deviation(centroids),
    trace.tonality,
    loop ? loop.regularity : 0,
    loop ? loop.confidence : 0,
    song ? song.regularity : 0,
    loudestAt / levels.length,
    trend(times, centroidsOf(trace, first, last)),
    trend(times, audible),
    modulation(audible),
    classes.spread,
    classes.change,
    Math.min(3, levels.filter((level) => level <= -SILENT).length / FRAME_RATE),
    Math.max(0, Math.log2(trace.totalSeconds / 4)),
  ];
  return { features, loop, song, events };
}

function centroidsOf({ centroids }: Trace, first: number, last: number): number[] {
  return Array.from(centroids.subarray(first, last + 1), (hertz) => Math.log2(Math.max(40, hertz)));
}

function of(active: readonly boolean[], values: Float32Array): number[] {
  return [...values].filter((_, i) => active[i]);
}

/** How many onsets stand out. */
export function eventsOf(onsets: Float32Array): number {
  const strengths = sharpened(onsets);
  const strongest = Math.max(...strengths.subarray(0, 12_000));
  let [events, before] = [0, -Infinity];
  for (let i = 0; i < strengths.length; i++) {
    const here = strengths[i]!;
    if (here < Math.max(0.25, EVENT * strongest) || here < (strengths[i - 1] ?? 0) || here < (strengths[i + 1] ?? 0)) continue; // prettier-ignore
    if (i - before < APART * FRAME_RATE) continue;
    events++;
    before = i;
  }
  return events;
}

/** How many of the pitch classes sound (0 one, 1 all alike), and how much that changes from frame to frame. */
function pitchClasses(chroma: readonly number[]): { spread: number; change: number } {
  const frames = chroma.length / 12;
  if (frames === 0) return { spread: 0, change: 0 };
  const sum = Array.from({ length: 12 }, (_, i) => {
    let all = 0;
    for (let f = 0; f < frames; f++) all += chroma[12 * f + i]!;
    return all / frames;
  });
  const whole = sum.reduce((a, b) => a + b, 0) + 1e-9;
  const spread = -sum.reduce((bits, share) => bits + (share / whole) * Math.log2(share / whole + 1e-12), 0) / Math.log2(12); // prettier-ignore
  let change = 0;
  for (let f = 1; f < frames; f++) {
    for (let i = 0; i < 12; i++) change += Math.abs(chroma[12 * f + i]! - chroma[12 * (f - 1) + i]!) / 12;
  }
  return { spread, change: frames > 1 ? change / (frames - 1) : 0 };
}

/** Share of level changes that are as fast as syllables, 3 to 8 a second. */
function modulation(levels: readonly number[]): number {
  const sums = new Float64Array(levels.length + 1);
  for (let i = 0; i < levels.length; i++) sums[i + 1] = sums[i]! + Math.max(-40, levels[i]!);
  const smooth = (span: number) =>
    levels.map((_, i) => {
      const [from, to] = [Math.max(0, i - span), Math.min(levels.length, i + span + 1)];
      return (sums[to]! - sums[from]!) / (to - from);
    });
  if (levels.length < 20) return 0;
  const [fast, slow] = [smooth(2), smooth(8)];
  return deviation(fast.map((level, i) => level - slow[i]!)) / (deviation(slow) + 3);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

/** Correlation with time, −1..1. */
function trend(times: readonly number[], values: readonly number[]): number {
  const [meanT, meanV] = [mean(times), mean(values)];
  let [tv, tt, vv] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const [t, v] = [times[i]! - meanT, values[i]! - meanV];
    tv += t * v;
    tt += t * t;
    vv += v * v;
  }
  return tv / Math.sqrt(tt * vv + 1e-9);
}
