/**
 * The root note of a sound with one pitch: the McLeod pitch method (McLeod and Wyvill, 2005) on frames after the onset,
 * and what most of them agree on.
 */
import { TRACE_RATE } from './landmarks.ts';
import { powerSpectrum, type PowerSpectrum } from './spectrum.ts';
import { midi, type Trace } from './trace.ts';

export interface Root {
  /** MIDI number with cents as its fraction. */
  pitch: number;
  /** 0..1 */
  confidence: number;
}

const FRAME = 2048;
const HOP = 1024;
/** A frame and the longest lag, which is that of {@link LOWEST}; a size that is quickly transformed. */
const SPECTRUM = 2560;
const FRAMES = 10;
/** Hz */
const LOWEST = 27;
const HIGHEST = 2600;
/** A peak of the normalised difference this near to the highest is a period (paper: 0.8 to 1). */
const NEAR = 0.9;
/** The same for a peak of a few samples, which falls between two of them. */
const NEAR_SHORT = 0.8;
const SHORT_PERIOD = 24;
/** Less alike one period later is no tone. */
const CLEAR = 0.8;

export function rootOf({ samples }: Pick<Trace, 'samples'>): Root | null {
  const from = attack(samples);
  const spectrum = powerSpectrum(SPECTRUM);
  const found: { pitch: number; clarity: number; weight: number }[] = [];
  for (let i = 0; i < FRAMES; i++) {
    const start = from + i * HOP;
    if (i > 0 && start + FRAME / 2 > samples.length) break;
    const frame = new Float64Array(Math.min(FRAME, samples.length - start));
    if (frame.length < 256) break;
    let energy = 0;
    for (let j = 0; j < frame.length; j++) {
      frame[j] = samples[start + j]!;
      energy += frame[j]! ** 2;
    }
    if (energy < 1e-7 * frame.length) continue;
    const period = periodOf(frame, spectrum);
    if (period)
      found.push({ pitch: midi(TRACE_RATE / period.samples), clarity: period.clarity, weight: Math.sqrt(energy) });
  }
  if (found.length === 0) return null;
  // The pitch that most of the sound lies at, within a third of a semitone.
  let best = { weight: 0, pitch: 0, clarity: 0 };
  const total = found.reduce((sum, { weight }) => sum + weight, 0);
  for (const { pitch } of found) {
    const same = found.filter((other) => Math.abs(other.pitch - pitch) < 0.35);
    const weight = same.reduce((sum, one) => sum + one.weight * one.clarity, 0);
    if (weight <= best.weight) continue;
    best = { weight, pitch: median(same.map((one) => one.pitch)), clarity: weight / total };
  }
  return { pitch: best.pitch, confidence: best.clarity };
}

/** Where the sound has come up, samples: what is before is noise of the attack. */
function attack(samples: Float32Array): number {
  const step = 128;
  let [highest, at] = [0, 0];
  for (let i = 0; i < Math.min(samples.length, 3 * TRACE_RATE); i += step) {
    let energy = 0;
    for (let j = i; j < Math.min(i + step, samples.length); j++) energy += samples[j]! ** 2;
    if (energy > highest * 1.05) [highest, at] = [energy, i];
  }
  return Math.min(at + step, Math.max(0, samples.length - FRAME));
}

function periodOf(frame: Float64Array, spectrum: PowerSpectrum): { samples: number; clarity: number } | null {
  const lags = Math.min(frame.length >> 1, Math.ceil(TRACE_RATE / LOWEST) + 2) + 1;
  const correlation = spectrum.autocorrelation(frame, lags + 1);
  const nsdf = new Float64Array(lags);
  let squares = 2 * correlation[0]!;
  for (let lag = 0; lag < lags; lag++) {
    nsdf[lag] = squares > 0 ? (2 * correlation[lag]!) / squares : 0;
    squares -= frame[lag]! ** 2 + frame[frame.length - 1 - lag]! ** 2;
  }
  const peaks: { lag: number; value: number }[] = [];
  let lag = 1;
  while (lag < lags && nsdf[lag]! > 0) lag++;
  const shortest = Math.floor(TRACE_RATE / HIGHEST);
  while (lag < lags - 1) {
    while (lag < lags - 1 && nsdf[lag]! <= 0) lag++;
    let peak = lag;
    while (lag < lags - 1 && nsdf[lag]! > 0) {
      if (nsdf[lag]! > nsdf[peak]!) peak = lag;
      lag++;
    }
    // Where the lags end it may still be rising: no peak.
    if (peak > shortest && peak < lags - 1 && nsdf[peak]! >= nsdf[peak + 1]!) peaks.push(refined(nsdf, peak));
  }
  const highest = Math.max(0, ...peaks.map(({ value }) => value));
  if (highest < CLEAR) return null;
  const chosen = peaks.find(({ lag, value }) => value >= (lag < SHORT_PERIOD ? NEAR_SHORT : NEAR) * highest)!;
  return { samples: chosen.lag, clarity: Math.min(1, chosen.value) };
}

function refined(values: Float64Array, peak: number): { lag: number; value: number } {
  const [a, b, c] = [values[peak - 1]!, values[peak]!, values[peak + 1]!];
  const bend = a - 2 * b + c;
  if (!(bend < 0)) return { lag: peak, value: b };
  const offset = (0.5 * (a - c)) / bend;
  return { lag: peak + offset, value: b - 0.25 * (a - c) * offset };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
