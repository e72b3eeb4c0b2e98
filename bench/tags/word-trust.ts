/** How far names are believed: judged on the known clips under their own names and under those of others. */
import type { WordTrust } from '../../src/main/tag/calibration.ts';
import type { Vocabulary } from '../../src/main/tag/vocabulary.ts';
import type { WordWeights } from '../../src/main/tag/word-evidence.ts';
import type { KnownClip } from './corpus-clips.ts';
import { reliabilityOf, type Calibrating } from './cross-validate.ts';

const BASES = [2, 3, 4, 5, 6];
const SLOPES = [0.3, 0.5, 0.8, 1.2, 1.6];

/** @returns by clip: another one of which no label fits it, nor could be argued about; the same every time */
export function wrongNames(clips: readonly KnownClip[]): number[] {
  let seed = 7;
  const random = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  return clips.map(({ truth }) => {
    for (;;) {
      const other = Math.floor(random() * clips.length);
      if (clips[other]!.truth.every((value, label) => value === 0 || truth[label] === 0)) return other;
    }
  });
}

/**
 * Of a grid, the trust under which probabilities are furthest from lying whichever way the clips are named: the mean of
 * the expected calibration errors under honest and under wrong names is smallest. A likelihood would not do: what
 * honest names win in it outweighs that a wrong one makes a suggestion sure.
 * @param sound by clip: log-odds by a curve that was fitted on other sources
 */
export function fitTrust(
  calibrating: Calibrating,
  sound: readonly Float32Array[],
  words: WordWeights,
  labels: Vocabulary,
): { trust: WordTrust; error: number } {
  const { clips } = calibrating;
  const named = wrongNames(clips);
  const errorUnder = (trust: WordTrust, names?: readonly number[]): number =>
    reliabilityOf(clips, calibrating.probabilities(sound, words, labels, { trust, ...(names && { named: names }) }))
      .expectedError;
  const tried = BASES.flatMap((base) => SLOPES.map((agreement) => ({ base, agreement }))).map((trust) => ({
    trust,
    error: (errorUnder(trust) + errorUnder(trust, named)) / 2,
  }));
  return tried.reduce((best, one) => (one.error < best.error ? one : best));
}
