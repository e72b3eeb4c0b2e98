/**
 * From results that fit, those that differ: maximal marginal relevance (Carbonell and Goldstein, "The Use of MMR,
 * Diversity-Based Reranking for Reordering Documents and Producing Summaries", SIGIR 1998).
 */
import { cosineSimilarity } from '../vectors/normalise.ts';

export interface Fitting {
  /** Results are sorted by it. 0..1 */
  score: number;
  /** Direction of the whole file, L2 norm 1; null for one without windows, which resembles nothing. */
  embedding: Float32Array | null;
}

/**
 * @param items best first
 * @param diversity 0: the best ones, alike or not. 1: what differs most, starting with the best.
 * @returns at most `count` of them, in the order in which they were chosen; the first is always the best
 */
export function diverse<T extends Fitting>(items: readonly T[], count: number, diversity: number): T[] {
  const left = [...items];
  const chosen: T[] = [];
  /** Of each that is left, how much it resembles the chosen one that is nearest. */
  const nearest = new Map<T, number>(items.map((item) => [item, 0]));
  const worth = (item: T) => (1 - diversity) * item.score - diversity * nearest.get(item)!;
  while (chosen.length < count && left.length > 0) {
    let best = 0;
    for (let at = 1; at < left.length; at++) if (worth(left[at]!) > worth(left[best]!)) best = at;
    const [taken] = left.splice(best, 1);
    chosen.push(taken!);
    for (const item of left) nearest.set(item, Math.max(nearest.get(item)!, likeness(item, taken!)));
  }
  return chosen;
}

function likeness({ embedding: one }: Fitting, { embedding: other }: Fitting): number {
  return one && other ? cosineSimilarity(one, other) : 0;
}
