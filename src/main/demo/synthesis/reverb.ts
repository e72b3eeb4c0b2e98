/** Rooms, halls, caves and open air: a feedback delay network (Jot and Chaigne 1991). */
import { LN60 } from './envelopes.ts';
import type { RenderContext } from './signal.ts';

export interface ReverbOptions {
  /** Seconds until 60 dB down. */
  t60: number;
  /** Level of the room against the dry sound. */
  wet: number;
  /** Above this the walls swallow, Hz. */
  brightnessHz?: number;
  /** How much longer the paths are than in a living room: 1 room, 3 hall, 8 valley. */
  size?: number;
}

/** Delay lengths of a small room, seconds, without common factors. */
const DELAYS = [0.0113, 0.0139, 0.0167, 0.0199, 0.0233, 0.0263, 0.0307, 0.0359];

/**
 * @param dry mono
 * @returns left and right: the dry sound in the middle, the room around it, with the tail added to the length
 */
export function stereoReverb(
  context: RenderContext,
  dry: Float32Array,
  options: ReverbOptions,
): [Float32Array, Float32Array] {
  const { t60, wet, brightnessHz = 5000, size = 1 } = options;
  const length = dry.length + Math.round(0.9 * t60 * context.sampleRate);
  const lines = DELAYS.map((seconds) => new Float32Array(Math.max(2, Math.round(seconds * size * context.sampleRate))));
  const losses = lines.map((line) => Math.exp((-LN60 * line.length) / (t60 * context.sampleRate)));
  const damp = Math.exp((-2 * Math.PI * brightnessHz) / context.sampleRate);
  const lows = lines.map(() => 0);
  const taps = lines.map(() => 0);
  const left = new Float32Array(length);
  const right = new Float32Array(length);
  for (let n = 0; n < length; n++) {
    const input = n < dry.length ? dry[n]! : 0;
    let sum = 0;
    for (let k = 0; k < lines.length; k++) {
      const line = lines[k]!;
      lows[k] = (1 - damp) * line[n % line.length]! * losses[k]! + damp * lows[k]!;
      taps[k] = lows[k]!;
      sum += taps[k]!;
    }
    const shared = (2 / lines.length) * sum; // Householder mixing: every line feeds every other, energy is kept
    let l = 0;
    let r = 0;
    for (let k = 0; k < lines.length; k++) {
      const line = lines[k]!;
      line[n % line.length] = input * (k % 2 === 0 ? 1 : -1) + taps[k]! - shared;
      if (k % 4 < 2) l += taps[k]!;
      else r += taps[k]!;
    }
    left[n] = input + wet * l;
    right[n] = input + wet * r;
  }
  return [left, right];
}

/** The same, heard with one ear. */
export function reverb(context: RenderContext, dry: Float32Array, options: ReverbOptions): Float32Array {
  return stereoReverb(context, dry, options)[0];
}
