/**
 * Key: how much of each pitch class sounds, above and in the bass, weighed for each of the 24 keys. The weights begin as
 * Krumhansl and Kessler's profiles (1982) and are fitted to rendered music (docs/adr/0015-facts-from-the-sound.md).
 */
import { LOWEST_PITCH, PITCH_BINS_A_SEMITONE, type Trace } from './trace.ts';

export interface FoundKey {
  /** 0 C major .. 11 B major, 12 C minor .. 23 B minor. */
  key: number;
  /** That it is this one of the 24, 0..1. */
  confidence: number;
}

/** Below it a pitch is in the bass: E3. */
const BASS_BINS = (52 - LOWEST_PITCH) * PITCH_BINS_A_SEMITONE;

/** The profiles were fitted with a pull to zero, which makes their shares too even: so much steeper they are right. */
const SURENESS = 1.75;

/** Of major and minor, tonic first: all pitches, then those of the bass. */
const PROFILES: readonly (readonly [all: readonly number[], bass: readonly number[]])[] = [
  [
    [5.69, -2.37, -0.09, -2.75, 2.15, 0.87, -2.15, 4.04, -2.08, -0.17, -3.4, 0.26],
    [2.2, -0.32, -0.25, -0.28, -0.06, 0.14, -0.28, 0.36, -0.49, -0.26, -0.65, -0.1],
  ],
  [
    [6.0, -3.2, 0.34, 3.66, -2.61, -0.38, -2.69, 2.85, 0.5, -3.15, 0.14, -1.47],
    [2.5, -0.54, -0.92, -0.45, 0.03, -0.4, -0.33, 0.28, 0.12, -0.06, -0.09, -0.16],
  ],
];

/** @returns null where nothing with a pitch sounds */
export function keyOf({ pitches }: Pick<Trace, 'pitches'>): FoundKey | null {
  const tuning = tuningOf(pitches);
  const all = classesOf(pitches, tuning);
  if (!all) return null;
  const bass = classesOf(pitches.subarray(0, BASS_BINS), tuning) ?? new Float64Array(12);
  const scores = PROFILES.flatMap(([ofAll, ofBass]) =>
    Array.from({ length: 12 }, (_, tonic) => agreement(all, ofAll, tonic) + agreement(bass, ofBass, tonic)),
  );
  const highest = Math.max(...scores);
  const shares = scores.reduce((sum, score) => sum + Math.exp(SURENESS * (score - highest)), 0);
  return { key: scores.indexOf(highest), confidence: 1 / shares };
}

/** How far the sound is tuned from 440 Hz, semitones −0.5..0.5. */
function tuningOf(pitches: Float64Array): number {
  let [x, y] = [0, 0];
  for (let bin = 0; bin < pitches.length; bin++) {
    const angle = (2 * Math.PI * bin) / PITCH_BINS_A_SEMITONE;
    x += pitches[bin]! * Math.cos(angle);
    y += pitches[bin]! * Math.sin(angle);
  }
  return Math.atan2(y, x) / (2 * Math.PI);
}

/** @returns roots of the weights of C .. B, of norm 1; null for none */
function classesOf(pitches: Float64Array, tuning: number): Float64Array | null {
  const classes = new Float64Array(12);
  for (let bin = 0; bin < pitches.length; bin++) {
    const pitch = bin / PITCH_BINS_A_SEMITONE - tuning;
    const nearest = Math.round(pitch);
    const share = Math.max(0, 1 - 2 * Math.abs(pitch - nearest));
    classes[(((nearest + LOWEST_PITCH) % 12) + 12) % 12]! += pitches[bin]! * share;
  }
  const whole = classes.reduce((sum, value) => sum + value, 0);
  return whole > 0 ? classes.map((value) => Math.sqrt(value / whole)) : null;
}

function agreement(classes: Float64Array, profile: readonly number[], tonic: number): number {
  return profile.reduce((sum, weight, i) => sum + weight * classes[(i + tonic) % 12]!, 0);
}
