/** Probabilities, forecasts and what was learnt, in words. */
import type { BulkForecast, ScoreSummary, TaughtTag } from '../../../shared/calls/tags.ts';
import { count, counted } from '../../words/units.ts';

/**
 * How often something that probable is right: `8 in 10`, `97 in 100`. Never certain, never impossible.
 * @param probability 0..1
 */
export function oftenRight(probability: number): string {
  if (probability < 0.05) return 'under 1 in 10';
  if (probability < 0.95) return `${Math.max(1, Math.round(probability * 10))} in 10`;
  return `${Math.min(99, Math.round(probability * 100))} in 100`;
}

/** Three dots: how many are filled. @param probability 0..1 */
export function dotsOf(probability: number): 0 | 1 | 2 | 3 {
  if (probability >= 0.8) return 3;
  if (probability >= 0.5) return 2;
  return probability >= 0.25 ? 1 : 0;
}

/** `50 %` @param share 0..1 */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** A share of wrong ones that is hardly worth a word. */
const HARDLY_ANY = 0.1;

/** `214 suggestions, about 30 wrong`; of several files for one sound and tag no more is known than their number. */
export function forecastWords({ suggestions, expectedWrong }: BulkForecast): string {
  if (suggestions === 0) return 'no suggestions';
  return `${counted(suggestions, 'suggestion')}, ${wrongWords(expectedWrong, suggestions)}`;
}

/** `about 30 wrong`, `hardly any wrong`, `perhaps 1 wrong` @param expected ≥ 0, of `suggestions` */
export function wrongWords(expected: number, suggestions: number): string {
  if (expected < 0.5) return expected > HARDLY_ANY * suggestions ? 'perhaps 1 wrong' : 'hardly any wrong';
  return `about ${count(roughly(expected))} wrong`;
}

/** As exact as a forecast can be: two figures. */
function roughly(value: number): number {
  if (value < 20) return Math.round(value);
  const step = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.round(value / step) * step;
}

/** What a run of suggesting found. */
export function scoreEnding(summary: ScoreSummary): string {
  const { files, suggestions, unknown, cancelled } = summary;
  if (cancelled) return `Stopped after ${counted(files, 'file')}. Suggestions so far are kept.`;
  if (files === 0) return 'All suggestions are up to date.';
  const found = `${counted(suggestions, 'suggestion')} for ${counted(files, 'file')}`;
  return unknown === 0 ? `${found}.` : `${found}; no tag fits ${counted(unknown, 'file')}.`;
}

/** `learned from 7 accepted and 3 rejected` */
export function learntFrom({ accepted, rejected }: TaughtTag): string {
  return `learned from ${count(accepted)} accepted and ${count(rejected)} rejected`;
}

/** What the learning is worth, tried on the user's own decisions; '' while there are too few to say. */
export function gainWords({ before, after }: TaughtTag): string {
  if (before === null || after === null) return '';
  const points = Math.round((after - before) * 100);
  if (points === 0) return `accuracy ${percent(after)}, unchanged`;
  return `accuracy ${percent(after)}, before ${percent(before)}`;
}
