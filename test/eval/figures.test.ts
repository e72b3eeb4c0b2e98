/** Figures of a few made-up embeddings, worked out by hand. */
import { expect, test } from 'vitest';
import { multiLabelFigures, singleLabelFigures } from '../../src/main/eval/classify.ts';
import { cosines } from '../../src/main/vectors/cosines.ts';
import { retrievalFigures } from '../../src/main/eval/retrieve.ts';

const { signal } = new AbortController();
/** Classes are the axes, so that a clip's scores are its own coordinates. */
const axes = [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map((axis) => Float32Array.from(axis)); // prettier-ignore
const clip = (scores: number[], ...classes: number[]) => ({
  embedding: Float32Array.from(scores),
  classes,
  fold: null,
});

test('cosines of any length, the last few dimensions too', () => {
  const a = Float32Array.from({ length: 11 }, (_, d) => d);
  const b = Float32Array.from({ length: 11 }, (_, d) => 2 - d);
  // Σ d (2 − d), d = 0..10: 2 · 55 − 385.
  expect([...cosines(a, [b, a])]).toEqual([-275, 385]);
});

test('several classes a clip: per class, macro, micro; a class without clips is left out', async () => {
  const clips = [clip([0.5, 0.25, 0], 0), clip([0.75, 0.5, 0], 1), clip([0.25, 0.125, 0], 0, 1)];
  const found = await multiLabelFigures(clips, ['{label}'], ['a', 'b', 'none'], axes, signal);
  // a: right .5 and .25 behind .75 → (1/2 + 2/3) / 2. b: right .5 first, .125 behind .25 → (1 + 2/3) / 2.
  expect(found.classes).toEqual([
    { label: 'a', clips: 2, averagePrecision: expect.closeTo(7 / 12, 12) as number },
    { label: 'b', clips: 2, averagePrecision: expect.closeTo(5 / 6, 12) as number },
  ]);
  expect(found.macroAveragePrecision).toBeCloseTo((7 / 12 + 5 / 6) / 2, 12);
  // All nine pairs: wrong .75; right .5, .5 (one threshold: 2 of 3); right .25, wrong .25 (3 of 5); right .125 (4 of 6).
  expect(found.microAveragePrecision).toBeCloseTo((2 * (2 / 3) + 3 / 5 + 4 / 6) / 4, 12);
});

test('one class a clip: a tie is no hit, and shows as the class it was confused with', async () => {
  const clips = [clip([0.5, 0.5, 0], 0), clip([0.25, 0.5, 0], 1), clip([0.5, 0, 0.25], 2)];
  const found = await singleLabelFigures(clips, ['{label}'], ['a', 'b', 'c'], axes, signal);
  expect(found.accuracy).toBeCloseTo(1 / 3, 12);
  expect(found.top5).toBeNull();
  expect(found.classes.map(({ label, accuracy, mistakenFor }) => [label, accuracy, mistakenFor])).toEqual([
    ['a', 0, [{ label: 'b', clips: 1 }]],
    ['c', 0, [{ label: 'a', clips: 1 }]],
    ['b', 1, []],
  ]);
});

test('more than five classes have a top 5', async () => {
  const six = Array.from({ length: 6 }, (_, c) => Float32Array.from({ length: 6 }, (__, d) => (c === d ? 1 : 0)));
  const falling = [0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
  const clips = [clip(falling, 4), clip(falling, 5)];
  expect(await singleLabelFigures(clips, [], ['a', 'b', 'c', 'd', 'e', 'f'], six, signal)).toMatchObject({
    accuracy: 0,
    top5: 0.5,
  });
});

test('retrieval: own and by label, both ways; the same words for two clips are one item', async () => {
  const [x, y, z] = axes as [Float32Array, Float32Array, Float32Array];
  const clips = [
    { embedding: x, label: 'one' },
    { embedding: Float32Array.from([0.75, 0.5, 0]), label: 'one' },
    { embedding: z, label: 'two' },
  ];
  // Texts: x, y, z. The first is said of clips 0 and 1, y of clip 2, z of the label "one" only.
  const captions = [
    { text: 0, clip: 0, label: 'one' },
    { text: 0, clip: 1, label: 'one' },
    { text: 1, clip: 2, label: 'two' },
    { text: 2, clip: null, label: 'one' },
  ];
  const found = await retrievalFigures(
    { clips, captions, textEmbeddings: [x, y, z], curve: null },
    ['{label}'],
    signal,
  );
  // Text → own clip: x finds clip 0 first, clip 1 second; y (scores 0, .5, 0) finds clip 2 last, tied with clip 0.
  expect(found.own.textToAudio).toMatchObject({ queries: 3, items: 3, recallAt1: 1 / 3, recallAt5: 1 });
  expect(found.own.textToAudio!.meanAveragePrecision).toBeCloseTo((1 + 1 / 2 + 1 / 3) / 3, 12);
  // Clip → own text: clip 0 → x first; clip 1 (.75, .5, 0) → x first; clip 2 (0, 0, 1) → y behind z, tied with x: third.
  expect(found.own.audioToText!.meanAveragePrecision).toBeCloseTo((1 + 1 + 1 / 3) / 3, 12);
  // By label: x, x → clips 0 and 1 first: 1. y → clip 2 third: 1/3. z → clips 0 and 1 behind clip 2: (1/2 + 2/3) / 2.
  expect(found.byLabel!.textToAudio!.meanAveragePrecision).toBeCloseTo((1 + 1 + 1 / 3 + 7 / 12) / 4, 12);
  // Clips 0 and 1 want x and z: clip 0 (1, 0, 0) → places 1 and 3; clip 1 (.75, .5, 0) → 1 and 3; clip 2 wants y → 3.
  expect(found.byLabel!.audioToText!.meanAveragePrecision).toBeCloseTo((5 / 6 + 5 / 6 + 1 / 3) / 3, 12);
});

test('the cut: correct results above it, and none for a sound that the library lacks', async () => {
  const [x, y, z] = axes as [Float32Array, Float32Array, Float32Array];
  const clips = [
    { embedding: x, label: 'one' },
    { embedding: Float32Array.from([0, 0.5, 0]), label: 'two' },
  ];
  const captions = [
    { text: 0, clip: 0, label: 'one' }, // cosine 1 with its clip: above
    { text: 1, clip: 1, label: 'two' }, // .5: below
    { text: 2, clip: null, label: 'none' }, // 0 everywhere: rejected
    { text: 0, clip: null, label: 'none' }, // 1 with the clip of another: not rejected
    { text: 0, clip: null, label: null },
  ];
  // p(1) = .98, p(.5) = .27, p(0) = .002; the cut is .45.
  const task = { clips, captions, textEmbeddings: [x, y, z] };
  const found = await retrievalFigures({ ...task, curve: { slope: 10, intercept: -6 } }, ['{label}'], signal);
  expect(found.cut).toEqual({ cut: 0.45, present: 2, presentFound: 0.5, absent: 2, absentRejected: 0.5 });
  const without = await retrievalFigures({ ...task, curve: null }, ['{label}'], signal);
  expect(without.cut).toBeNull();
});

test('stopped during the arithmetic', async () => {
  const stopped = AbortSignal.abort();
  const clips = axes.map((embedding) => ({ embedding, label: null }));
  const task = { clips, captions: [{ text: 0, clip: 0, label: null }], textEmbeddings: axes, curve: null };
  await expect(singleLabelFigures([clip([1, 0, 0], 0)], [], ['a', 'b', 'c'], axes, stopped)).rejects.toThrow(/abort/i);
  await expect(retrievalFigures(task, [], stopped)).rejects.toThrow(/abort/i);
});
