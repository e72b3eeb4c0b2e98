import { expect, test } from 'vitest';
import { rivalsOf } from '../../src/main/tag/rivals.ts';
import { Scorer, type LabelSet } from '../../src/main/tag/scorer.ts';

const DIM = 4;
const axis = (i: number): number[] => Array.from({ length: DIM }, (_, at) => (at === i ? 1 : 0));

/** One label, along the first axis. */
function setOf(rivals: LabelSet['rivals']): LabelSet {
  return {
    labels: 1,
    dim: DIM,
    embeddings: Float32Array.from(axis(0)),
    centres: Float32Array.of(0.3),
    groupOf: Int32Array.of(0),
    exclusive: [false],
    temperature: 20,
    heads: [],
    rivals,
  };
}

/** Log-odds of the label for a window along an axis. */
function bySound(set: LabelSet, along: number): number {
  const rows = [...set.embeddings, ...set.rivals.embeddings];
  const products = Float32Array.from({ length: rows.length / DIM }, (_, row) => rows[row * DIM + along]!);
  const scorer = new Scorer(set);
  scorer.add(products, 0);
  return scorer.score.sound[0]!;
}

test('what means nearly the same is no rival', () => {
  const near = [0.98, 0.2, 0, 0];
  const reference = {
    embeddings: Float32Array.from([...near, ...axis(1), ...axis(2), ...axis(3)]),
    centres: Float32Array.of(0.1, 0.2, 0.3, 0.4),
  };
  const { embeddings, centres } = rivalsOf(Float32Array.from(axis(0)), reference, DIM);
  expect([...embeddings]).toEqual([...axis(1), ...axis(2), ...axis(3)]);
  expect([...centres]).toEqual([...Float32Array.of(0.2, 0.3, 0.4)]);
});

test('a vocabulary of one label does not find it in everything', () => {
  const alone = setOf({ embeddings: new Float32Array(0), centres: new Float32Array(0) });
  const held = setOf({ embeddings: Float32Array.from([...axis(1), ...axis(2)]), centres: Float32Array.of(0.3, 0.3) });
  expect(bySound(alone, 1)).toBeGreaterThan(1); // the only thing it could be
  expect(bySound(held, 1)).toBeLessThan(-3);
  expect(bySound(held, 0)).toBeGreaterThan(1);
});
