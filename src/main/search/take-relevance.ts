/**
 * Long takes. The best of thousands of windows is high for nearly any query: by chance, not because the sound is there.
 * What a file would reach by chance is read off its own other windows for the very query, so that nothing here belongs to
 * one model.
 */
import { soundProbability, type SoundScale } from './relevance.ts';

/** How high the windows of one file lie for a query, the best one left out. */
export interface OwnLevels {
  /** Windows of the file, the best one included. */
  windows: number;
  /** The cosine that {@link UPPER_SHARE} of them exceed. */
  level: number;
  /** By how much those exceed it in the mean, > 0. */
  excess: number;
}

/** Files of fewer windows have no tail to speak of, and little comes by chance in them. */
export const TAKE_FROM_WINDOWS = 24;
export const UPPER_SHARE = 0.1;
/** Narrower than this no tail is: an even hum must not make the smallest differences count. */
const MIN_EXCESS = 0.005;
/**
 * The chance that a file holds a sound at one place at all grows with the square root of its windows: an hour holds more
 * than a minute, but not sixty times as much. What remains of their number is taken off the odds. (bench/takes.ts: with
 * 1, three in a hundred queries have a wrong take among their first three rows instead of eight, but a fifth more of the
 * takes that hold the sound fall out of the first twenty.)
 */
const ODDS_EXPONENT = 0.5;

/** @param cosines of all windows of one file to a query, at least {@link TAKE_FROM_WINDOWS} of them, in any order */
export function ownLevels(cosines: Float32Array): OwnLevels {
  const others = cosines.toSorted().subarray(0, cosines.length - 1);
  const first = Math.floor((1 - UPPER_SHARE) * others.length);
  const level = others[first]!;
  const above = others.subarray(first);
  const excess = above.reduce((sum, cosine) => sum + cosine - level, 0) / above.length;
  return { windows: cosines.length, level, excess: Math.max(MIN_EXCESS, excess) };
}

/**
 * How likely the best window of such a file reaches a cosine by chance: beyond the level the tail is taken as
 * exponential (Pickands 1975, with shape 0).
 */
export function chanceOfBest(cosine: number, { windows, level, excess }: OwnLevels): number {
  const above = UPPER_SHARE * Math.exp(-Math.max(0, cosine - level) / excess);
  return -Math.expm1(windows * Math.log1p(-above));
}

/**
 * The probability that a file is what is asked for, by its best window. Where chance explains that window, its odds are
 * divided by what the number of windows is worth; a sound that stands out of its take keeps them, and so does one that
 * goes on through the take, for then a tenth of the windows is as good.
 * @returns 0..1, never above that of the window alone
 */
export function takeProbability(cosine: number, scale: SoundScale, own: OwnLevels): number {
  const alone = soundProbability(cosine, scale);
  const odds = alone / Math.max(1 - alone, 1e-9) / own.windows ** (ODDS_EXPONENT * chanceOfBest(cosine, own));
  return Math.min(alone, Math.max(odds / (1 + odds), soundProbability(own.level, scale)));
}
