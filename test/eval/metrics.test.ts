/** Every formula against numbers worked out by hand, ties included. */
import { expect, test } from 'vitest';
import { chosenClass, rankOf, shareWithin } from '../../src/main/eval/metrics/accuracy.ts';
import { averagePrecision, mean } from '../../src/main/eval/metrics/average-precision.ts';
import { averagePrecisionAt, rightPlaces, RetrievalTally } from '../../src/main/eval/metrics/retrieval.ts';

const right =
  (...items: number[]) =>
  (item: number) =>
    items.includes(item);

test.each<[string, number[], number[], number]>([
  // Right at places 1 and 3 of 4: (1/1 + 2/3) / 2.
  ['two right of four', [0.9, 0.8, 0.7, 0.6], [0, 2], 5 / 6],
  ['all right ones first', [0.9, 0.8, 0.1, 0.2], [0, 1], 1],
  ['the right one last', [0.9, 0.8, 0.7, 0.1], [3], 1 / 4],
  // scikit-learn's own example: labels 0 0 1 1, scores .1 .4 .35 .8 → 0.8333.
  ['the example in the manual of scikit-learn', [0.1, 0.4, 0.35, 0.8], [2, 3], 5 / 6],
  // All the same: one threshold, precision 1/4, recall 1.
  ['all scores the same', [0.5, 0.5, 0.5, 0.5], [1], 1 / 4],
  // Threshold .9: 1 of 1 right. Threshold .5: 2 right of 3 → 1/2 · 1 + 1/2 · 2/3.
  ['a right and a wrong one tied', [0.9, 0.5, 0.5, 0.1], [0, 2], 5 / 6],
  // Threshold .5 holds both right ones and one wrong: 2/3.
  ['two right ones and a wrong one tied', [0.5, 0.5, 0.5, 0.1], [0, 1], 2 / 3],
  ['negative scores', [-0.1, -0.5, -0.3], [1], 1 / 3],
  ['everything right', [0.3, 0.1], [0, 1], 1],
])('average precision: %s', (_, scores, items, expected) => {
  expect(averagePrecision(scores, right(...items))).toBeCloseTo(expected, 12);
});

test('average precision does not depend on the order of the items', () => {
  const scores = [0.2, 0.7, 0.7, 0.4, 0.7, 0.1];
  const turned = [...scores].reverse();
  expect(averagePrecision(turned, right(0, 3))).toBe(averagePrecision(scores, right(5, 2)));
});

test('average precision of a class without clips is not defined, and a mean leaves it out', () => {
  expect(averagePrecision([0.1, 0.2], right())).toBeNull();
  expect(mean([0.5, null, 1])).toBe(0.75);
  expect(mean([null])).toBeNull();
  expect(mean([])).toBeNull();
});

test('average precision agrees with the definition, step by step, on many random lists with ties', () => {
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let trial = 0; trial < 200; trial++) {
    const scores = Array.from({ length: 1 + random(12) }, () => random(5) / 4);
    const items = scores.flatMap((_, i) => (random(3) === 0 ? [i] : []));
    expect(averagePrecision(scores, right(...items))).toEqual(byDefinition(scores, items));
  }
});

/** Σ (Rₙ − Rₙ₋₁) Pₙ, with precision and recall counted anew at every threshold. */
function byDefinition(scores: number[], items: number[]): unknown {
  if (items.length === 0) return null;
  let sum = 0;
  let before = 0;
  for (const threshold of [...new Set(scores)].sort((a, b) => b - a)) {
    const taken = scores.flatMap((score, i) => (score >= threshold ? [i] : []));
    const found = taken.filter((i) => items.includes(i)).length;
    sum += (found / items.length - before) * (found / taken.length);
    before = found / items.length;
  }
  return expect.closeTo(sum, 12);
}

test.each<[string, number[], number, number, number]>([
  ['the highest score', [0.1, 0.9, 0.5], 1, 1, 1],
  ['the second', [0.1, 0.9, 0.5], 2, 2, 1],
  ['the last', [0.1, 0.9, 0.5], 0, 3, 1],
  ['a tie for the first place counts against it', [0.9, 0.9, 0.5], 0, 2, 1],
  ['the same whichever comes first', [0.9, 0.9, 0.5], 1, 2, 0],
  ['all the same', [0.5, 0.5, 0.5], 1, 3, 0],
  ['a tie below does not matter', [0.9, 0.5, 0.5], 0, 1, 0],
])('rank and choice: %s', (_, scores, rightClass, rank, chosen) => {
  expect(rankOf(scores, rightClass)).toBe(rank);
  expect(chosenClass(scores, rightClass)).toBe(chosen);
});

test('a clip is chosen right exactly when its rank is 1', () => {
  const levels = [0, 0.5, 1];
  for (const a of levels)
    for (const b of levels)
      for (const c of levels)
        for (const own of [0, 1, 2]) expect(chosenClass([a, b, c], own) === own).toBe(rankOf([a, b, c], own) === 1);
});

test('accuracy and top 5', () => {
  expect(shareWithin([1, 2, 1, 6], 1)).toBe(0.5);
  expect(shareWithin([1, 2, 1, 6], 5)).toBe(0.75);
});

test.each<[string, number[], number[], number[]]>([
  ['in order', [0.9, 0.8, 0.7, 0.6], [1, 3], [2, 4]],
  ['the wrong one first where scores are equal', [0.9, 0.9, 0.5, 0.5], [0, 2], [2, 4]],
  ['right ones tied with each other take places one after another', [0.9, 0.9, 0.5], [0, 1], [1, 2]],
  ['all the same', [0.5, 0.5, 0.5], [0], [3]],
  ['nothing right', [0.5, 0.4], [], []],
])('places: %s', (_, scores, items, expected) => {
  expect(rightPlaces(scores, right(...items))).toEqual(expected);
});

test.each<[string, number[], number, number]>([
  ['one right item is 1 / place', [4], 10, 0.25],
  ['beyond the depth is nothing', [11], 10, 0],
  // 1/1 and 2/4 of two.
  ['two right items', [1, 4], 10, 0.75],
  // 1/2 within the depth; the other is missed but counts in the divisor.
  ['one within, one beyond', [2, 12], 10, 0.25],
  // Three right ones, depth 2: at most two can be there.
  ['more right items than places', [1, 2, 3], 2, 1],
  ['the whole list', [2, 12], Infinity, (1 / 2 + 2 / 12) / 2],
])('AP@K: %s', (_, places, depth, expected) => {
  expect(averagePrecisionAt(places, depth)).toBeCloseTo(expected, 12);
});

test('R@k and mAP over queries; a query without a right item is not counted', () => {
  const tally = new RetrievalTally();
  expect(tally.scores(20)).toBeNull();
  for (const places of [[1], [5, 20], [6], [11], []]) tally.add(places);
  const scores = tally.scores(20)!;
  expect(scores).toMatchObject({ queries: 4, items: 20, recallAt1: 0.25, recallAt5: 0.5, recallAt10: 0.75 });
  expect(scores.meanAveragePrecisionAt10).toBeCloseTo((1 + 1 / 5 / 2 + 1 / 6 + 0) / 4, 12);
  expect(scores.meanAveragePrecision).toBeCloseTo((1 + (1 / 5 + 2 / 20) / 2 + 1 / 6 + 1 / 11) / 4, 12);
});
