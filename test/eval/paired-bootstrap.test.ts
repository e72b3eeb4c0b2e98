/** Differences between two models on the same clips, against what is known of them in closed form. */
import { expect, test } from 'vitest';
import { OutcomeLog } from '../../src/main/eval/compare/outcomes.ts';
import { pairedDifference } from '../../src/main/eval/compare/paired-bootstrap.ts';
import type { FigureDifference } from '../../src/shared/eval-report.ts';

const { signal } = new AbortController();

/** @param values of each clip @param clips their indexes */
function outcomes(values: number[][], clips = values.map((_, i) => i)) {
  const log = new OutcomeLog();
  const note = log.noting(clips);
  for (const [at, all] of values.entries()) for (const value of all) note('accuracy', 'clips', at, value);
  return log.figures.get('accuracy')!;
}

async function difference(first: number[][], second: number[][]): Promise<FigureDifference> {
  return (await pairedDifference(outcomes(first), outcomes(second), signal))!;
}

/** Of 400 clips the first model is right on 240; the second on 60 of the others, and wrong on 20 of these. */
const FIRST = Array.from({ length: 400 }, (_, i) => [Number(i < 240)]);
const SECOND = Array.from({ length: 400 }, (_, i) => [Number((i >= 20 && i < 240) || i >= 340)]);

test('the interval of a difference of shares is that of paired trials', async () => {
  const found = await difference(FIRST, SECOND);
  expect(found).toMatchObject({ figure: 'accuracy', units: 'clips', count: 400, first: 0.6 });
  expect(found.second).toBeCloseTo(0.7, 12);
  expect(found.difference).toBeCloseTo(0.1, 12);
  // Each clip adds −1, 0 or 1: variance (60 + 20) / 400 − 0.1², of the mean a 400th of it.
  const half = 1.96 * Math.sqrt((80 / 400 - 0.01) / 400);
  expect(Math.abs(found.low - (0.1 - half))).toBeLessThan(0.15 * half);
  expect(Math.abs(found.high - (0.1 + half))).toBeLessThan(0.15 * half);
  expect(await difference(FIRST, SECOND)).toEqual(found);
});

test('a model does not differ from itself', async () => {
  expect(await difference(FIRST, FIRST)).toMatchObject({ difference: 0, low: 0, high: 0 });
});

test('captions of one clip are drawn together: five alike say no more than one', async () => {
  const five = (values: number[][]) => values.map(([value]) => Array.from({ length: 5 }, () => value!));
  const one = await difference(FIRST, SECOND);
  const together = await difference(five(FIRST), five(SECOND));
  expect(together.count).toBe(400);
  expect([together.low, together.high]).toEqual([expect.closeTo(one.low, 12), expect.closeTo(one.high, 12)]);
});

test('clips with unequal numbers of values: figures are means over the values', async () => {
  const found = await difference([[1, 1, 1], [0]], [[0, 0, 0], [1]]);
  expect(found).toMatchObject({ first: 0.75, second: 0.25, difference: -0.5 });
});

test('a clip that one of the models could not analyse counts for neither', async () => {
  const first = outcomes([[1], [0], [1]], [4, 5, 6]);
  const second = outcomes([[1], [1]], [5, 6]);
  expect(await pairedDifference(first, second, signal)).toMatchObject({ count: 2, first: 0.5, second: 1 });
  expect(await pairedDifference(outcomes([[1]], [1]), outcomes([[1]], [2]), signal)).toBeNull();
});

test('stopped during the draws', async () => {
  const stopped = pairedDifference(outcomes(FIRST), outcomes(SECOND), AbortSignal.abort());
  await expect(stopped).rejects.toThrow(/abort/i);
});
