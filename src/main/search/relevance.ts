/**
 * From a cosine to "how likely is this what was asked for", and from there to a band.
 *
 * Two opinions on a sound, of which the more favourable counts:
 * 1. Calibrated: the pack's logistic curve, fitted on held-out data at a prior of one right sound in a hundred.
 *    A pack without one gets {@link BACKGROUND_CURVE} over the z-score instead.
 * 2. Standing: how far the cosine lies above this very query's cosines all over the library, as a z-score. A sound
 *    far above is shown at least as "maybe", whatever the curve thinks: models are timid about unusual words.
 * Both rise with the cosine, so they never change the order of files.
 *
 * Names are evidence of another kind, joined by noisy-or: right by sound, or right by name, or both.
 */
import type { Band } from '../../shared/types.ts';
import type { Background } from './window-search.ts';

/** p = 1 / (1 + exp(−(slope · x + intercept))) */
export interface LogisticCurve {
  slope: number;
  intercept: number;
}
/** Over the cosine: `text` for words as query, `audio` for a sound as query. */
export interface Relevance {
  text: LogisticCurve;
  audio: LogisticCurve;
}

/**
 * Where bands begin. At the curve's prior of 1 in 100, 0.04 is four times likelier than a sound picked blindly:
 * the cut is lenient, since a missing hit annoys more than one "maybe" too many. "Likely" is where right begins to
 * outweigh wrong; "strong" takes either a very clear sound or sound and name together.
 */
export const BAND_FROM = { strong: 0.8, likely: 0.45, maybe: 0.04 } as const;
/** Called or tagged like a minus term, or more like it than like the query: just under the cut. */
export const BELOW_CUT = 0.9 * BAND_FROM.maybe;

/** Just under "strong". */
const MOST_LIKELY = BAND_FROM.strong - 0.01;

/**
 * Over the z-score, for packs without calibration: two normal distributions of equal width, unrelated sounds at
 * z = 0 and right ones at z = d, prior π: log-odds = d·z − d²/2 + ln(π / (1 − π)), with d = 2 (a middling model)
 * and π = 1/100. z = 2 gives 0.07, 3.3 gives 0.5, 4 gives 0.8.
 */
export const BACKGROUND_CURVE: LogisticCurve = { slope: 2, intercept: -2 - Math.log(99) };

/** Narrower than this no real background is: a few near-identical files must not make tiny differences count. */
const MIN_BACKGROUND_SD = 0.02;
/** From here on up a cosine stands out of any library. */
const STANDING_Z = 3;
const MIN_STANDING_Z = 0.7;
/** No name makes a hit surer than this by itself: within "likely". Kept below the strong band on purpose. */
const NAME_WEIGHT = 0.75;

export function logistic({ slope, intercept }: LogisticCurve, x: number): number {
  return 1 / (1 + Math.exp(-(slope * x + intercept)));
}

/** How many standard deviations a cosine lies above the query's background. */
export function zScore(cosine: number, background: Background): number {
  return (cosine - background.mean) / Math.max(background.sd, MIN_BACKGROUND_SD);
}

/**
 * The z-score from which a sound stands out among `windows`. In a small library the right sounds are themselves a
 * good part of the background, so 3 is out of reach (among n values no z exceeds (n − 1)/√n). √(2 ln n) is about
 * the highest z of n unrelated windows; one and a half below that, some ten pass by chance, as many as anybody
 * looks through. Reaches 3 at ~25 000 windows. Never below 0.7: a library of three files has no outstanding one.
 * (Measured with an early starter pack on 360 clips it was not trained on: of 123 queries with a right sound among the ten
 * best, 4 lost it at one below, 2 at one and a half.)
 */
export function standingZ(windows: number): number {
  return Math.min(STANDING_Z, Math.max(MIN_STANDING_Z, Math.sqrt(2 * Math.log(Math.max(1, windows))) - 1.5));
}

/** Everything that turns the cosines of one query embedding into probabilities. */
export interface SoundScale {
  /** Over the cosine; null: the pack has none. */
  curve: LogisticCurve | null;
  background: Background;
  /** Windows in the library. */
  windows: number;
}

/** @returns 0..1, rising with the cosine; 0 for NaN */
export function soundProbability(cosine: number, { curve, background, windows }: SoundScale): number {
  if (Number.isNaN(cosine)) return 0;
  const z = zScore(cosine, background);
  const calibrated = curve ? logistic(curve, cosine) : logistic(BACKGROUND_CURVE, z);
  return Math.max(calibrated, standingProbability(z, windows));
}

/**
 * What sound alone says to words that are hardly said of sounds (sound-words.ts): at most "likely". The order stays.
 * @param probability 0..1 @returns the same up to where "likely" begins, and below "strong" for all
 */
export function withoutStrong(probability: number): number {
  const { likely } = BAND_FROM;
  return probability <= likely
    ? probability
    : likely + ((probability - likely) / (1 - likely)) * (MOST_LIKELY - likely);
}

/** 0 below {@link standingZ}; from there on within the lower part of "maybe", slowly rising so that order is kept. */
export function standingProbability(z: number, windows: number): number {
  const above = z - standingZ(windows);
  if (above < 0) return 0;
  const span = (BAND_FROM.likely - BAND_FROM.maybe) / 4;
  return BAND_FROM.maybe + span * (1 - Math.exp(-above / 2));
}

/**
 * How much a name says, from the share of the query's words it holds. Squared: half of the words is far less than
 * half of the evidence (any door file holds one word of "old wooden door creaks").
 * @param share 0..1, see name-evidence.ts
 * @returns 0..{@link NAME_WEIGHT}
 */
export function nameProbability(share: number): number {
  return NAME_WEIGHT * share * share;
}

/** Noisy-or of independent evidence: 1 − (1 − a)(1 − b). */
export function either(a: number, b: number): number {
  return 1 - (1 - a) * (1 - b);
}

/**
 * Weighted geometric mean: words and sound given together must both be met, and a sound that misses one is far down.
 * @param share of `a`, 0..1; 0: `b` alone counts
 */
export function both(a: number, b: number, share = 0.5): number {
  return a ** share * b ** (1 - share);
}

/** Geometric mean of at least one: each must be met. */
export function each(probabilities: readonly number[]): number {
  return probabilities.reduce((product, one) => product * one, 1) ** (1 / probabilities.length);
}

/**
 * How much of a minus term counts against a hit. Its own probability, weighed by its odds against those of what
 * was asked for: rain sounds a little like thunder, yet far more like rain, and is kept.
 * @param minus probability that the sound is what must not be there, 0..1
 * @param plus probability that it is what was asked for, 0..1
 * @returns 0..minus; the score is multiplied by one minus this
 */
export function minusProbability(minus: number, plus: number): number {
  const oddsMinus = odds(minus);
  const total = oddsMinus + odds(plus);
  return total === 0 ? 0 : (minus * oddsMinus) / total;
}

/**
 * What is left of a score for a sound to be unlike: a wish, weaker than a minus term, but whatever was asked for.
 * @param likeness probability that a file is of the kind of that sound, 0..1
 * @returns 0..1; the score is multiplied by it: 0.95 where one in ten would take them for alike, 0.32 at nine in ten
 */
export function unlikeFactor(likeness: number): number {
  return Math.sqrt(1 - likeness);
}

function odds(p: number): number {
  return p / Math.max(1 - p, 1e-9);
}

export function bandOf(score: number): Band {
  if (score >= BAND_FROM.strong) return 'strong';
  if (score >= BAND_FROM.likely) return 'likely';
  return score >= BAND_FROM.maybe ? 'maybe' : 'unlikely';
}
