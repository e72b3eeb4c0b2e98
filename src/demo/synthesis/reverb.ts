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
  const gains = losses.map((loss) => (1 - damp) * loss);
  const taps = new Float64Array(lines.length);
  const at = new Int32Array(lines.length);
  const left = new Float32Array(length);
  const right = new Float32Array(length);
  for (let n = 0; n < length; n++) {
    const input = n < dry.length ? dry[n]! : 0;
    let l = 0;
    let r = 0;
    for (let k = 0; k < lines.length; k++) {
      const tap = gains[k]! * lines[k]![at[k]!]! + damp * taps[k]!; // the walls' low-pass keeps its state in the tap
      taps[k] = tap;
      if (k % 4 < 2) l += tap;
      else r += tap;
    }
    const shared = (2 / lines.length) * (l + r); // Householder mixing: every line feeds every other, energy is kept
    for (let k = 0; k < lines.length; k++) {
      const line = lines[k]!;
      line[at[k]!] = (k % 2 === 0 ? input : -input) + taps[k]! - shared;
      at[k] = at[k]! + 1 === line.length ? 0 : at[k]! + 1;
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
