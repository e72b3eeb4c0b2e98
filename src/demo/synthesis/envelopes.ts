/** Contours: how a level, a pitch or a filter moves over time. All take seconds since the start. */
import type { RenderContext } from './signal.ts';

/** ln(1000): a level that falls by 60 dB in T seconds is exp(−LN60·t/T). */
export const LN60 = Math.log(1000);

/** Falls by 60 dB in `t60` seconds, after a linear attack. */
export function decay(t60: number, attackSeconds = 0): (t: number) => number {
  return (t) => (t < attackSeconds ? t / attackSeconds : Math.exp((-LN60 * (t - attackSeconds)) / t60));
}

/** Straight lines through [seconds, value] points in time order; constant before the first and after the last. */
export function line(...points: readonly (readonly [number, number])[]): (t: number) => number {
  return interpolate(points, (from, to, x) => from + (to - from) * x);
}

/** Like {@link line}, with equal ratios in equal times: for frequencies. All values positive. */
export function glide(...points: readonly (readonly [number, number])[]): (t: number) => number {
  return interpolate(points, (from, to, x) => from * Math.pow(to / from, x));
}

/** Like {@link line}, with smooth corners: for voices and swells. */
export function curve(...points: readonly (readonly [number, number])[]): (t: number) => number {
  return interpolate(points, (from, to, x) => from + (to - from) * x * x * (3 - 2 * x));
}

function interpolate(
  points: readonly (readonly [number, number])[],
  between: (from: number, to: number, x: number) => number,
): (t: number) => number {
  if (points.length === 0) throw new RangeError('a contour needs at least one point');
  let at = 0; // contours are read forwards, so the next point is nearly always where the last one was found
  return (t) => {
    if (at > 0 && t < points[at - 1]![0]) at = 0;
    while (at < points.length && t >= points[at]![0]) at++;
    if (at === 0) return points[0]![1];
    const [fromTime, from] = points[at - 1]!;
    const next = points[at];
    return next === undefined ? from : between(from, next[1], (t - fromTime) / (next[0] - fromTime));
  };
}

/** Attack, hold, release as raised cosines, 0 outside [0, seconds]. */
export function swell(seconds: number, attackSeconds: number, releaseSeconds: number): (t: number) => number {
  return (t) => {
    if (t <= 0 || t >= seconds) return 0;
    const up = Math.min(1, t / attackSeconds);
    const down = Math.min(1, (seconds - t) / releaseSeconds);
    return Math.sin((Math.PI / 2) * up) ** 2 * Math.sin((Math.PI / 2) * down) ** 2;
  };
}

/** Attack to 1, decay to `sustain`, hold until `seconds` − release, release to 0. */
export function adsr(
  seconds: number,
  attack: number,
  decaySeconds: number,
  sustain: number,
  release: number,
): (t: number) => number {
  return line(
    [0, 0],
    [attack, 1],
    [attack + decaySeconds, sustain],
    [Math.max(attack + decaySeconds, seconds - release), sustain],
    [seconds, 0],
  );
}

/**
 * A slow random walk between `low` and `high` that takes a new direction `ratePerSecond` times a second: gusts, drifting
 * pitch, uneven loudness. Good for `seconds` from the start, then it repeats.
 */
export function drift(
  context: RenderContext,
  seconds: number,
  ratePerSecond: number,
  low: number,
  high: number,
): (t: number) => number {
  const points = Array.from({ length: Math.ceil(seconds * ratePerSecond) + 2 }, () =>
    context.random.between(low, high),
  );
  return (t) => {
    const x = Math.max(0, t * ratePerSecond);
    const n = Math.floor(x);
    const from = points[n % points.length]!;
    const to = points[(n + 1) % points.length]!;
    return from + (to - from) * (0.5 - 0.5 * Math.cos(Math.PI * (x - n)));
  };
}

/** 2^(semitones/12) times `hz`. */
export function transpose(hz: number, semitones: number): number {
  return hz * Math.pow(2, semitones / 12);
}

/** Frequency of a MIDI note (69 = A4 = 440 Hz), Hz. */
export function noteHz(midi: number): number {
  return transpose(440, midi - 69);
}
