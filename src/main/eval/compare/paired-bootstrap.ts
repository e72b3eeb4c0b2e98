/**
 * The difference of a figure between two models on the same clips, and how far chance in the choice of the clips
 * reaches: percentile interval of the paired bootstrap (Efron & Tibshirani, "An Introduction to the Bootstrap", 1993,
 * sections 8.3 and 13.3). A unit is drawn with all its values and with those of both models.
 */
import type { FigureDifference } from '../../../shared/eval-report.ts';
import { EventLoopYielder } from '../../async/yield-to-event-loop.ts';
import { FastRandom } from '../../vectors/random.ts';
import type { FigureOutcomes } from './outcomes.ts';

export const RESAMPLES = 2000;
const CONFIDENCE = 0.95;
/** The same units give the same interval, on every machine. */
const SEED = 20_260_101;

/**
 * @param first, second the same figure of two models; units that only one of them has are left out
 * @returns null when they share no unit
 * @throws signal.reason
 */
export async function pairedDifference(
  first: FigureOutcomes,
  second: FigureOutcomes,
  signal: AbortSignal,
): Promise<FigureDifference | null> {
  const pairs = [...first.byUnit].flatMap(([unit, one]) => {
    const other = second.byUnit.get(unit);
    return other ? [{ one, other }] : [];
  });
  if (pairs.length === 0) return null;
  const columns = [
    pairs.map(({ one }) => one.sum),
    pairs.map(({ one }) => one.count),
    pairs.map(({ other }) => other.sum),
    pairs.map(({ other }) => other.count),
  ].map((column) => Float64Array.from(column)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const [a, b] = meansOf(columns, pairs.length, (i) => i);
  const random = new FastRandom(SEED);
  const yielder = new EventLoopYielder(signal);
  const differences = new Float64Array(RESAMPLES);
  for (let round = 0; round < RESAMPLES; round++) {
    const [x, y] = meansOf(columns, pairs.length, () => Math.floor((random.next() / 2 ** 32) * pairs.length));
    differences[round] = y - x;
    await yielder.yieldIfDue();
  }
  differences.sort();
  const tail = Math.round((RESAMPLES * (1 - CONFIDENCE)) / 2);
  return {
    figure: first.figure,
    units: first.units,
    count: pairs.length,
    first: a,
    second: b,
    difference: b - a,
    low: differences[tail]!,
    high: differences[RESAMPLES - 1 - tail]!,
  };
}

/** @param columns sums and counts of the first, sums and counts of the second @param choose which unit is the i-th */
function meansOf(
  [sumA, countA, sumB, countB]: [Float64Array, Float64Array, Float64Array, Float64Array],
  length: number,
  choose: (i: number) => number,
): [number, number] {
  let [sum, count, otherSum, otherCount] = [0, 0, 0, 0];
  for (let i = 0; i < length; i++) {
    const unit = choose(i);
    sum += sumA[unit]!;
    count += countA[unit]!;
    otherSum += sumB[unit]!;
    otherCount += countB[unit]!;
  }
  return [sum / count, otherSum / otherCount];
}
