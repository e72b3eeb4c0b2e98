/** The arithmetic of scoring on vectors small enough to follow. */
import { expect, test } from 'vitest';
import { blendLevels, logistic, soundLogOdds, temperatureOf, trustInWords } from '../../src/main/tag/calibration.ts';
import { matrixProduct } from '../../src/main/tag/matrix-product.ts';
import { fuse, kept, matrixOf, MOST_KEPT, Scorer, type LabelSet } from '../../src/main/tag/scorer.ts';

/** Three labels along the axes; the first two are one group. */
function setOf(change: Partial<LabelSet> = {}): LabelSet {
  return {
    labels: 3,
    dim: 3,
    embeddings: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
    centres: Float32Array.of(0, 0, 0),
    groupOf: Int32Array.of(0, 0, 1),
    exclusive: [false, false],
    temperature: 20,
    heads: [],
    rivals: { embeddings: new Float32Array(0), centres: new Float32Array(0) },
    ...change,
  };
}

test('products of windows with labels come row by row, from any number of windows', async () => {
  const product = await matrixProduct(Float32Array.of(1, 0, 0, 0, 2, 0), 3, 2, 1);
  const windows = Float32Array.of(1, 2, 3, 4, 5, 6, 9, 9, 9);
  expect([...(await product.multiply(windows, 2))]).toEqual([1, 4, 4, 10]);
  expect([...(await product.multiply(windows, 1))]).toEqual([1, 4]);
});

test('the log-odds of a window are those of its softmax shares, by label and by group', () => {
  const scorer = new Scorer(setOf());
  scorer.add(Float32Array.of(0.3, 0.1, 0.1), 0);
  const parts = [Math.exp(6), Math.exp(2), Math.exp(2)];
  const total = parts.reduce((a, b) => a + b);
  const expected = soundLogOdds(Math.log(parts[0]! / total), Math.log((parts[0]! + parts[1]!) / total));
  expect(scorer.score.sound[0]).toBeCloseTo(expected, 4);
});

test('a label that is near everything gains nothing by that', () => {
  const everywhere = new Scorer(setOf({ centres: Float32Array.of(0.5, 0.1, 0.1) }));
  everywhere.add(Float32Array.of(0.5, 0.4, 0.1), 0);
  const { sound } = everywhere.score;
  expect(sound[1]).toBeGreaterThan(sound[0]!);
});

test('of several windows the best counts for each label, and says where', () => {
  const scorer = new Scorer(setOf());
  for (const window of [[0, 0.4, 0], [0.4, 0, 0], [0, 0, 0]]) scorer.add(Float32Array.from(window), 0); // prettier-ignore
  expect([...scorer.score.window].slice(0, 2)).toEqual([1, 0]);
  const before = scorer.score.sound[0];
  scorer.begin();
  scorer.add(Float32Array.of(0, 0, 0.4), 0);
  expect(scorer.score.sound[0]).toBeLessThan(before!);
});

test('a window that is not numbers says nothing', () => {
  const scorer = new Scorer(setOf());
  scorer.add(Float32Array.of(NaN, 0, 0), 0);
  expect(kept(fuse(scorer.score, null, setOf()).probabilities)).toEqual([]);
});

test('a head stands alone or corrects the prompts, for its own label', () => {
  const head = { label: 1, direction: Float32Array.of(0, 0, 4), bias: -1 };
  const alone = setOf({ heads: [{ ...head, zeroShot: 0 }] });
  const { rows, values } = matrixOf(alone);
  expect(rows).toBe(4);
  expect([...values.slice(9)]).toEqual([0, 0, 4]);
  const [untaught, taught, corrected] = [setOf(), alone, setOf({ heads: [{ ...head, zeroShot: 1 }] })].map((set) => {
    const scorer = new Scorer(set);
    scorer.add(Float32Array.of(0.3, 0.1, 0.2, 0.8), 0);
    return [...scorer.score.sound];
  });
  expect(taught![1]).toBeCloseTo(-0.2, 5);
  expect(corrected![1]).toBeCloseTo(untaught![1]! - 0.2, 5);
  expect(taught![0]).toBe(untaught![0]);
});

test('the evidence of words is added to that of the audio, weighted by their trust', () => {
  const { probabilities, logOdds } = fuse({ sound: Float32Array.of(-2, -2, 0) }, Float32Array.of(5, 0, -1), setOf());
  const believed = trustInWords(-2);
  const expected = believed * logistic(3) + (1 - believed) * logistic(-2);
  expect(believed).toBeGreaterThan(0.9);
  expect(probabilities[0]).toBeCloseTo(expected);
  expect(logOdds[0]).toBeCloseTo(Math.log(expected / (1 - expected)));
  expect(logOdds[1]).toBe(-2);
  expect(probabilities[2]).toBeCloseTo(believed * logistic(-1) + (1 - believed) * logistic(0));
});

test('in an exclusive group at most one label is likelier than not; elsewhere all can be', () => {
  const sound = Float32Array.of(3, 2.5, 3);
  const multi = fuse({ sound }, null, setOf()).probabilities;
  expect([...multi].filter((p) => p > 0.5)).toHaveLength(3);
  const exclusive = fuse({ sound }, null, setOf({ exclusive: [true, false] })).probabilities;
  expect([...exclusive].filter((p) => p > 0.5)).toHaveLength(2);
  expect(exclusive[0]! + exclusive[1]!).toBeLessThan(1);
  expect(exclusive[0]).toBeGreaterThan(exclusive[1]!);
  expect(exclusive[2]).toBe(multi[2]);
});

test('suggestions kept are most probable first and limited in number', () => {
  const many = Float64Array.from({ length: 40 }, (_, at) => 0.1 + at / 100);
  expect(kept(many)).toHaveLength(MOST_KEPT);
  expect(kept(Float64Array.of(0.01, 0.9, 0.3))).toEqual([1, 2]);
});

test('the library moves a label’s centre, within bounds; without figures of the pack it is all there is', () => {
  const library = { windows: 100_000, centres: Float32Array.of(0.9, 0.3), spreads: Float32Array.of(0.1, 0.1) };
  const pack = { centre: 0.3, spread: 0.1 };
  const [moved, same] = blendLevels([pack, pack], library);
  expect(moved!.centre).toBeGreaterThan(0.32);
  expect(moved!.centre).toBeLessThanOrEqual(0.35);
  expect(same!.centre).toBeCloseTo(0.3, 5);
  expect(blendLevels([null, null], library)[0]!.centre).toBeCloseTo(0.9, 2);
  expect(blendLevels([pack], null)[0]).toEqual(pack);
  const few = { windows: 2, centres: Float32Array.of(0.9, 0.1), spreads: Float32Array.of(0, 0) };
  expect(blendLevels([null, null], few)[0]!.centre).toBeLessThan(0.6);
});

test('the temperature follows the model’s logit scale, within reason', () => {
  expect(temperatureOf(23.4)).toBeCloseTo(19.9, 1);
  expect(temperatureOf(1)).toBe(10);
  expect(temperatureOf(100)).toBe(40);
});

test('names are evidence, not proof: a name that the audio disagrees with makes no suggestion certain', () => {
  const set = setOf();
  const words = Float32Array.of(8, -0.5, -0.5);
  const named = (sound: number) => fuse({ sound: Float32Array.of(sound, -3, -3) }, words, set).probabilities[0]!;
  expect(named(-1)).toBeGreaterThan(0.9); // the sound agrees
  expect(named(-3.4)).toBeLessThan(0.8); // "cymbal crash" was 99 in 100
  expect(named(-5)).toBeLessThan(0.35);
  expect(named(-8)).toBeLessThan(0.05);
  // Without a name that fits, words take off what they took off before.
  const { logOdds } = fuse({ sound: Float32Array.of(-1, -2, -2) }, Float32Array.of(-0.5, -0.5, -0.5), set);
  expect(logOdds[0]).toBeCloseTo(-1.5, 5);
});
