/** A throat: a buzzing source, breath, and moving resonances (Fant's source-filter model, 1960). */
import { drift, line } from './envelopes.ts';
import { formants, highPass, lowPass, type Formant } from './filters.ts';
import { whiteNoise } from './noise.ts';
import { oscillator } from './oscillators.ts';
import { contourAt, mix, shape, type Contour, type RenderContext } from './signal.ts';

export interface VoiceOptions {
  /** Fundamental, Hz. */
  pitch: Contour;
  formants: readonly Formant[];
  /** Loudness over time. */
  level: Contour;
  /** Share of breath noise, 0..1. */
  breath?: Contour;
  /** Irregularity of the pitch, as a share of it: 0.01 a healthy singer, 0.1 a growl. */
  roughness?: number;
  /** Where the source loses its treble, Hz. */
  sourceCornerHz?: number;
}

/** @returns mono, not levelled */
export function voice(context: RenderContext, seconds: number, options: VoiceOptions): Float32Array {
  const { pitch, breath = 0.05, roughness = 0.01, sourceCornerHz = 2500 } = options;
  const wobble = drift(context, seconds, 60, -roughness, roughness);
  const slow = drift(context, seconds, 7, -roughness / 2, roughness / 2);
  const hz = (t: number) => contourAt(pitch, t) * (1 + wobble(t) + slow(t));
  const buzz = lowPass(context, oscillator(context, seconds, hz, 'saw'), sourceCornerHz, 0.6);
  // Air is let through once a period, so breath flutters with the pitch.
  const flutter = oscillator(context, seconds, hz, 'triangle').map((value) => 0.5 + 0.5 * value);
  const air = whiteNoise(context, seconds).map((value, n) => value * flutter[n]!);
  const source = mix(
    shape(context, buzz, (t) => 1 - contourAt(breath, t)),
    shape(context, air, (t) => 0.7 * contourAt(breath, t)),
  );
  return shape(context, highPass(context, formants(context, source, options.formants), 60), options.level);
}

/** First three resonances of vowels of an adult man, Hz; smaller throats scale them up (Peterson and Barney 1952). */
export const VOWELS = {
  a: [730, 1090, 2440],
  e: [530, 1840, 2480],
  i: [270, 2290, 3010],
  o: [570, 840, 2410],
  u: [300, 870, 2240],
  schwa: [500, 1500, 2500],
} as const;

export type Vowel = keyof typeof VOWELS;

/**
 * Resonances that move from vowel to vowel.
 * @param path [seconds, vowel] in time order
 * @param size 1 a man, 1.17 a woman, 1.5 a small child or a cat
 */
export function vowelFormants(path: readonly (readonly [number, Vowel])[], size = 1): Formant[] {
  const bandwidths = [90, 120, 180];
  const gains = [1, 0.55, 0.25];
  return [0, 1, 2].map((k) => ({
    frequency: line(...path.map(([t, vowel]) => [t, size * VOWELS[vowel][k]!] as const)),
    bandwidth: bandwidths[k]! * size,
    gain: gains[k]!,
  }));
}
