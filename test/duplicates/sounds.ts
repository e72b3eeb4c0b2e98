/** Sounds to compare, made here: decaying hits over a bed of noise, so that no two moments are alike. */
import { uniform } from '../kit/uniform.ts';

export interface Hit {
  /** s */
  at: number;
  hertz: number;
  /** Share of noise in it, 0..1. */
  noise: number;
  gain: number;
}

/** As many hits as there are, each with its own pitch. */
export function hits(seed: number, seconds: number, many = Math.round(6 * seconds)): Hit[] {
  const random = uniform(seed);
  return Array.from({ length: many }, (_, i) => ({
    at: (i * seconds) / many + 0.02 * random(),
    hertz: 150 * 2 ** (4 * random()),
    noise: random(),
    gain: 0.2 + 0.3 * random(),
  }));
}

/** @returns mono, −1..1 */
export function soundOf(parts: readonly Hit[], seconds: number, sampleRate: number, seed = 1): Float32Array {
  const sound = new Float32Array(Math.round(seconds * sampleRate));
  const random = uniform(seed);
  for (const { at, hertz, noise, gain } of parts) {
    const from = Math.round(at * sampleRate);
    let smooth = 0;
    for (let i = 0; i < 0.3 * sampleRate && from + i < sound.length; i++) {
      const t = i / sampleRate;
      // One pole: noise of the same kind at any rate.
      smooth += 0.5 * (2 * random() - 1 - smooth);
      const tone = Math.sin(2 * Math.PI * hertz * t) + 0.4 * Math.sin(2 * Math.PI * 2.7 * hertz * t);
      sound[from + i]! += gain * Math.exp(-12 * t) * ((1 - noise) * tone + noise * smooth);
    }
  }
  return sound;
}

/** The same with silence before it; negative: with so much cut off. @param samples */
export function later(sound: Float32Array, samples: number): Float32Array {
  if (samples < 0) return sound.slice(-samples);
  const moved = new Float32Array(sound.length + samples);
  moved.set(sound, samples);
  return moved;
}
