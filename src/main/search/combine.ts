/**
 * What two models say of one file, as one opinion: the mean of their probabilities.
 *
 * Cosines of two models mean different things, and so do ranks where one model knows little about what is asked for.
 * Each model's cosines are turned into probabilities by its own calibration first (relevance.ts), and probabilities may be
 * averaged: a linear opinion pool (M. Stone, "The Opinion Pool", Annals of Mathematical Statistics 32, 1961), which is the
 * CombSUM of retrieval (E. Fox and J. Shaw, "Combination of Multiple Searches", TREC-2, 1994) over calibrated scores.
 *
 * Reciprocal rank fusion (G. Cormack, C. Clarke and S. Büttcher, SIGIR 2009, k = 60) needs no calibration, but says
 * nothing of how good a result is: the best of a library that holds nothing of the kind would look like any best. Bands,
 * the relevance cut, minus terms, timelines and matches all need a probability. And a file that one model has not analysed
 * has no rank there: it would lose half of its score for a reason that is not in its sound. Here it counts by the other
 * model alone, on the same scale. ADR 22 has the figures of both.
 */
import type { WindowRelevance } from '../../shared/types.ts';
import { bandOf } from './relevance.ts';

/** Two windows of two models are about the same part of a file when they share this much of the shorter one. */
const SHARED_PART = 0.5;

/**
 * @param opinions probabilities 0..1, one a model; null: the model has not analysed the file, or does not know the words
 * @returns their mean, 0..1; null when there is none
 */
export function combined(opinions: readonly (number | null)[]): number | null {
  const known = opinions.filter((opinion) => opinion !== null);
  return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0) / known.length;
}

/**
 * The timeline of one file by two models.
 * @param own of the model in use, in order of time
 * @param others of the second model, in order of time; their windows may be shorter or longer
 * @returns the windows of the model in use, each with the mean of its own relevance and that of the best of the others
 *   about the same part; where there are none, its own. Without windows of its own, those of the others.
 */
export function combinedWindows(
  own: readonly WindowRelevance[],
  others: readonly WindowRelevance[],
): readonly WindowRelevance[] {
  if (own.length === 0 || others.length === 0) return own.length === 0 ? others : own;
  let first = 0;
  return own.map((window) => {
    while (first < others.length && others[first]!.endSeconds <= window.startSeconds) first++;
    let best: number | null = null;
    for (let at = first; at < others.length && others[at]!.startSeconds < window.endSeconds; at++) {
      if (isAboutTheSame(window, others[at]!)) best = Math.max(best ?? 0, others[at]!.relevance);
    }
    const relevance = combined([window.relevance, best])!;
    return { ...window, relevance, band: bandOf(relevance) };
  });
}

function isAboutTheSame(one: WindowRelevance, other: WindowRelevance): boolean {
  const shared = Math.min(one.endSeconds, other.endSeconds) - Math.max(one.startSeconds, other.startSeconds);
  const shorter = Math.min(one.endSeconds - one.startSeconds, other.endSeconds - other.startSeconds);
  return shared > 0 && shared >= SHARED_PART * shorter;
}
