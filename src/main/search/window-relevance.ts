/** Timeline of one file: each of its windows against the parts of a query, weighed as rank.ts weighs a match. */
import type { WindowRelevance } from '../../shared/types.ts';
import type { WindowRow } from '../catalogue/stores/windows.ts';
import type { Sides } from './gather.ts';
import { bandOf, BELOW_CUT, both, minusProbability, unlikeFactor } from './relevance.ts';

/**
 * Of several sounds to search by, one in a window is enough: a take may have them at different places.
 * @param windows of one file, by their start
 * @param sides their backgrounds are measured
 * @param balance share of the words, 0..1
 * @returns one for each window, in their order; empty when the query has no side to compare with
 */
export function windowRelevance(
  windows: readonly WindowRow[],
  { text, like, minus, unlike }: Sides,
  durationSeconds: number,
  balance: number,
): WindowRelevance[] {
  if (text === null && like.length === 0) return [];
  return windows.map(({ startSeconds, seconds, embedding }) => {
    const byText = text?.probabilityOf(embedding) ?? 1;
    const byLike = like.length === 0 ? 1 : Math.max(...like.map((side) => side.probabilityOf(embedding)));
    const plus = text !== null && like.length > 0 ? both(byText, byLike, balance) : Math.min(byText, byLike);
    let relevance = plus;
    for (const side of minus) {
      const probability = side.probabilityOf(embedding);
      relevance *= 1 - minusProbability(probability, plus);
      if (probability > plus) relevance = Math.min(relevance, BELOW_CUT);
    }
    for (const side of unlike) relevance *= unlikeFactor(side.probabilityOf(embedding));
    const endSeconds = Math.min(startSeconds + seconds, durationSeconds);
    return { startSeconds, endSeconds, relevance, band: bandOf(relevance) };
  });
}
