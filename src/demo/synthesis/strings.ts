/** Plucked strings (Karplus and Strong 1983, with the tuning filter of Jaffe and Smith 1983). */
import { LN60 } from './envelopes.ts';
import { silence, type RenderContext } from './signal.ts';

export interface PluckOptions {
  /** Seconds until 60 dB down. */
  t60: number;
  /** 0..1: how much treble the loop keeps; nylon 0.3, steel 0.8. */
  brightness: number;
  /** Where the string is plucked, as a share of its length. */
  position?: number;
}

export function pluck(
  context: RenderContext,
  seconds: number,
  frequency: number,
  { t60, brightness, position = 0.2 }: PluckOptions,
): Float32Array {
  const out = silence(context, seconds);
  const period = context.sampleRate / frequency;
  // The averaging filter delays by (1 − s) samples, the all-pass makes up the rest of the fraction.
  const s = 0.5 + 0.5 * brightness;
  const length = Math.max(2, Math.floor(period - (1 - s) - 0.1));
  const fraction = period - (1 - s) - length;
  const allPass = (1 - fraction) / (1 + fraction);
  const loss = Math.exp((-LN60 * period) / (t60 * context.sampleRate));

  const burst = Float32Array.from({ length }, () => 2 * context.random.next() - 1);
  const offset = Math.max(1, Math.round(position * length));
  const line = burst.map((value, n) => 0.7 * (value - burst[(n + length - offset) % length]!));
  let previous = 0;
  let allPassIn = 0;
  let allPassOut = 0;
  for (let n = 0; n < out.length; n++) {
    const at = n % length;
    const now = line[at]!;
    out[n] = now;
    const averaged = loss * (s * now + (1 - s) * previous);
    previous = now;
    allPassOut = allPass * averaged + allPassIn - allPass * allPassOut;
    allPassIn = averaged;
    line[at] = allPassOut;
  }
  return out;
}
