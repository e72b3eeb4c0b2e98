/**
 * Long takes. The best of thousands of windows is high for nearly any query: by chance, not because the sound is there.
 * What a file would reach by chance is read off its own other windows for the very query, so that nothing here belongs to
 * one model.
 */
import { UPPER_SHARE, type OwnLevels } from '../index/own-levels.ts';
import { soundProbability, type SoundScale } from './relevance.ts';

/**
 * The chance that a file holds a sound at one place at all grows with the square root of its windows: an hour holds more
 * than a minute, but not sixty times as much. What remains of their number is taken off the odds. (bench/takes.ts: with
 * 1, three in a hundred queries have a wrong take among their first three rows instead of eight, but a fifth more of the
 * takes that hold the sound fall out of the first twenty.)
 */
const ODDS_EXPONENT = 0.5;

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
 * continues through the take, for then a tenth of the windows is as good.
 * @returns 0..1, never above that of the window alone
 */
export function takeProbability(cosine: number, scale: SoundScale, own: OwnLevels): number {
  const alone = soundProbability(cosine, scale);
  const odds = alone / Math.max(1 - alone, 1e-9) / own.windows ** (ODDS_EXPONENT * chanceOfBest(cosine, own));
  return Math.min(alone, Math.max(odds / (1 + odds), soundProbability(own.level, scale)));
}
