/** What is where in one file: each of its windows against the sides of a query, as rank.ts weighs a hit's place. */
import type { WindowRelevance } from '../../shared/types.ts';
import type { WindowRow } from '../catalogue/windows.ts';
import type { Sides } from './gather.ts';
import { bandOf, BELOW_CUT, both, minusProbability } from './relevance.ts';

/**
 * @param windows of one file, by their start
 * @param sides their backgrounds need not have been measured yet
 * @returns one for each window, in their order; empty when the query has no side to compare with
 */
export async function windowRelevance(
  windows: readonly WindowRow[],
  { text, like, minus }: Sides,
  durationSeconds: number,
): Promise<WindowRelevance[]> {
  if (text === null && like === null) return [];
  await Promise.all([text, like, ...minus].filter((side) => side !== null).map((side) => side.measure()));
  return windows.map(({ startSeconds, seconds, embedding }) => {
    const byText = text?.probabilityOf(embedding) ?? 1;
    const byLike = like?.probabilityOf(embedding) ?? 1;
    const plus = text !== null && like !== null ? both(byText, byLike) : Math.min(byText, byLike);
    let relevance = plus;
    for (const side of minus) {
      const probability = side.probabilityOf(embedding);
      relevance *= 1 - minusProbability(probability, plus);
      if (probability > plus) relevance = Math.min(relevance, BELOW_CUT);
    }
    const endSeconds = Math.min(startSeconds + seconds, durationSeconds);
    return { startSeconds, endSeconds, relevance, band: bandOf(relevance) };
  });
}
