/**
 * Mono signals and what is done with whole ones: make, shape, mix, level.
 * A signal is a Float32Array at the context's sample rate; functions return new arrays unless their name says "into".
 */
import type { Random } from './random.ts';

/** What every sound is rendered with. */
export interface RenderContext {
  /** Hz */
  readonly sampleRate: number;
  readonly random: Random;
}

/** A number that may change over time: a constant, or a function of seconds since the start of the signal. */
export type Contour = number | ((seconds: number) => number);

export function contourAt(contour: Contour, seconds: number): number {
  return typeof contour === 'number' ? contour : contour(seconds);
}

/** Evaluates `sample(secondsSinceStart)` for every sample. */
export function generate(context: RenderContext, seconds: number, sample: (t: number) => number): Float32Array {
  const out = silence(context, seconds);
  for (let n = 0; n < out.length; n++) out[n] = sample(n / context.sampleRate);
  return out;
}

export function silence(context: RenderContext, seconds: number): Float32Array<ArrayBuffer> {
  return new Float32Array(Math.max(1, Math.round(seconds * context.sampleRate)));
}

/** Contours are evaluated this often, in samples, with straight lines between: 0.2 ms is finer than any of ours moves. */
const CONTOUR_STRIDE = 8;

/** A moving contour as one value a sample. */
export function sampleContour(context: RenderContext, contour: Contour, length: number): Float32Array {
  const out = new Float32Array(length);
  if (typeof contour === 'number') return out.fill(contour);
  let from = contour(0);
  for (let start = 0; start < length; start += CONTOUR_STRIDE) {
    const to = contour((start + CONTOUR_STRIDE) / context.sampleRate);
    const step = (to - from) / CONTOUR_STRIDE;
    const end = Math.min(length, start + CONTOUR_STRIDE);
    for (let n = start; n < end; n++) out[n] = from + step * (n - start);
    from = to;
  }
  return out;
}

/** The signal times a gain that may change over time (an envelope, a tremolo). */
export function shape(context: RenderContext, signal: Float32Array, gain: Contour): Float32Array {
  const gains = sampleContour(context, gain, signal.length);
  for (let n = 0; n < gains.length; n++) gains[n]! *= signal[n]!;
  return gains;
}

/** Adds `signal` to `target` from `atSeconds` on; what would lie outside the target is dropped. */
export function mixInto(
  context: RenderContext,
  target: Float32Array,
  signal: Float32Array,
  atSeconds: number,
  gain = 1,
): void {
  const start = Math.round(atSeconds * context.sampleRate);
  const end = Math.min(signal.length, target.length - start);
  for (let n = Math.max(0, -start); n < end; n++) target[start + n]! += gain * signal[n]!;
}

/** Sum of signals; as long as the longest. */
export function mix(...parts: readonly (Float32Array | readonly [Float32Array, number])[]): Float32Array {
  const weighted = parts.map((part) => (part instanceof Float32Array ? ([part, 1] as const) : part));
  const out = new Float32Array(Math.max(...weighted.map(([signal]) => signal.length)));
  for (const [signal, gain] of weighted) {
    for (let n = 0; n < signal.length; n++) out[n]! += gain * signal[n]!;
  }
  return out;
}

/** Soft saturation; `drive` 1 leaves quiet signals almost as they are, 10 squares them off. */
export function saturate(signal: Float32Array, drive: number): Float32Array {
  const scale = 1 / Math.tanh(drive);
  return signal.map((value) => scale * Math.tanh(drive * value));
}

export function peakOf(signal: Float32Array): number {
  let peak = 0;
  for (let n = 0; n < signal.length; n++) peak = Math.max(peak, Math.abs(signal[n]!));
  return peak;
}

/** Every sample times `gain`. */
export function scale(signal: Float32Array, gain: number): Float32Array {
  const out = new Float32Array(signal.length);
  for (let n = 0; n < out.length; n++) out[n] = gain * signal[n]!;
  return out;
}

/** Scales so that the largest absolute sample is `peak`; silence stays silence. */
export function normalise(signal: Float32Array, peak = 1): Float32Array {
  const now = peakOf(signal);
  return scale(signal, now === 0 ? 1 : peak / now);
}

/** Raised-cosine ramps at both ends, so that nothing clicks. */
export function fade(
  context: RenderContext,
  signal: Float32Array,
  inSeconds: number,
  outSeconds: number,
): Float32Array {
  const out = signal.slice();
  const ramp = (x: number) => 0.5 - 0.5 * Math.cos(Math.PI * x);
  const rise = Math.min(out.length, inSeconds * context.sampleRate);
  const fall = Math.min(out.length, outSeconds * context.sampleRate);
  for (let n = 0; n < rise; n++) out[n]! *= ramp(n / rise);
  for (let n = 0; n < fall; n++) out[out.length - 1 - n]! *= ramp(n / fall);
  return out;
}

/** Cut to, or filled up with silence to, exactly `seconds`. */
export function fit(context: RenderContext, signal: Float32Array, seconds: number): Float32Array {
  const out = silence(context, seconds);
  out.set(signal.subarray(0, out.length));
  return out;
}

/** Without what follows the last sample above `floor` (a fraction of the peak): reverb tails end where they are inaudible. */
export function trimTail(signal: Float32Array, floor = 0.001): Float32Array {
  const limit = peakOf(signal) * floor;
  let end = signal.length;
  while (end > 1 && Math.abs(signal[end - 1]!) <= limit) end--;
  return signal.slice(0, end);
}
