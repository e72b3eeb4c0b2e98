import { describe, expect, it } from 'vitest';
import { fitHead, type Example } from '../../../src/main/tag/teach/fit-head.ts';
import { learnTag, logOddsOf, type DecidedFile, type SeenWindow } from '../../../src/main/tag/teach/learn-tag.ts';

const DIM = 8;
const NOWHERE = new Float32Array(DIM);

/** Repeatable numbers, −1..1. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Of norm 1, near the axis. */
function near(axis: number, next: () => number, spread = 0.4): Float32Array {
  const values = Float32Array.from({ length: DIM }, (_, i) => (i === axis ? 1 : 0) + spread * next());
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}

const window = (embedding: Float32Array, zeroShot: number): SeenWindow => ({ embedding, zeroShot });
const file = (fileId: number, accepted: boolean, windows: SeenWindow[], bulk = false): DecidedFile => ({ fileId, accepted, bulk, windows }); // prettier-ignore

describe('the regression', () => {
  it('finds the lowest point: the gradient there is zero', () => {
    const next = numbers(1);
    const examples: Example[] = Array.from({ length: 40 }, (_, at) => ({
      embedding: near(at % 3, next),
      offset: next(),
      target: at % 3 === 0 ? 1 : 0,
      weight: 0.5 + (at % 2),
    }));
    const penalties = { direction: 0.2, bias: 0.1 };
    const centre = near(5, next);
    const { direction, bias } = fitHead(examples, centre, penalties);
    // In the parameters that are penalised the bias is that of centred embeddings.
    const centredBias = bias + direction.reduce((sum, value, i) => sum + value * centre[i]!, 0);
    const gradient = Float64Array.from(direction, (value) => penalties.direction * value);
    let biasGradient = penalties.bias * centredBias;
    for (const { embedding, offset, target, weight } of examples) {
      const eta = offset + bias + embedding.reduce((sum, value, i) => sum + value * direction[i]!, 0);
      const error = weight * (1 / (1 + Math.exp(-eta)) - target);
      for (let i = 0; i < DIM; i++) gradient[i]! += error * (embedding[i]! - centre[i]!);
      biasGradient += error;
    }
    expect(Math.hypot(...gradient, biasGradient)).toBeLessThan(0.01);
  });

  it('learns nothing from examples that agree with the current scores', () => {
    const next = numbers(2);
    const examples = Array.from({ length: 20 }, (): Example => {
      const offset = 3 * next();
      return { embedding: near(0, next), offset, target: 1 / (1 + Math.exp(-offset)), weight: 1 };
    });
    const { direction, bias } = fitHead(examples, NOWHERE, { direction: 0.1, bias: 0.1 });
    expect(Math.hypot(...direction)).toBeLessThan(1e-3);
    expect(Math.abs(bias)).toBeLessThan(1e-3);
  });

  it('gives the same from the same', () => {
    const next = numbers(3);
    const examples = Array.from({ length: 10 }, (_, at): Example => ({ embedding: near(at % 2, next), offset: 0, target: at % 2, weight: 1 })); // prettier-ignore
    const [one, two] = [1, 2].map(() => fitHead(examples, NOWHERE, { direction: 0.1, bias: 0.1 }));
    expect(one).toEqual(two);
  });
});

describe('a tag', () => {
  const next = numbers(4);
  const background = Array.from({ length: 60 }, (_, at) => window(near(at % DIM, next), -4));
  /** The prompts think nothing of axis 0, where the sounds are that the user means, and like axis 1, where they are not. */
  const meant = (fileId: number) => file(fileId, true, [window(near(0, next), -3)]);
  const mistaken = (fileId: number) => file(fileId, false, [window(near(1, next), 1)]);
  const lesson = (decided: DecidedFile[], examplesOnly = false) => ({ decided, background, centre: NOWHERE, examplesOnly }); // prettier-ignore

  it('learns from three decisions on, not from fewer, nor from those made in bulk', () => {
    expect(learnTag(lesson([meant(1), mistaken(2)]))).toBeNull();
    expect(learnTag(lesson([1, 2, 3, 4].map((id) => file(id, true, [window(near(0, next), 2)], true))))).toBeNull();
    const taught = learnTag(lesson([meant(1), meant(2), mistaken(3)]))!;
    expect(taught).toMatchObject({ zeroShot: 1, accepted: 2, rejected: 1, before: null, after: null });
    const right = logOddsOf({ windows: [window(near(0, next), -3)] }, taught, false);
    const wrong = logOddsOf({ windows: [window(near(1, next), 1)] }, taught, false);
    expect(right).toBeGreaterThan(-3);
    expect(wrong).toBeLessThan(1);
  });

  it('says how much it gained, each decision judged by the others', () => {
    const decided = [...Array(6).keys()].flatMap((at) => [meant(2 * at + 1), mistaken(2 * at + 2)]);
    const { before, after } = learnTag(lesson(decided))!;
    expect(before).toBeCloseTo(0.5, 5); // all mistaken ones stand before all that are meant, in one tie each
    expect(after).toBeGreaterThan(0.95);
  });

  it('finds the window of a long file that an accepted tag is about', () => {
    const decided = [1, 2, 3].map((id) =>
      file(id, true, [window(near(2, next), -4), window(near(0, next), -2), window(near(3, next), -4)]),
    );
    const taught = learnTag(lesson([...decided, mistaken(4), mistaken(5)]))!;
    const gain = (axis: number) => logOddsOf({ windows: [window(near(axis, next, 0), 0)] }, taught, false);
    expect(gain(0)).toBeGreaterThan(gain(2) + 0.5);
    expect(gain(0)).toBeGreaterThan(gain(3) + 0.5);
  });

  it('is made from examples alone, without what prompts say', () => {
    const examples = [1, 2, 3, 4].map((id) => file(id, true, [window(near(0, next), 9)], true));
    const taught = learnTag(lesson(examples, true))!;
    expect(taught.zeroShot).toBe(0);
    const odds = (axis: number) => logOddsOf({ windows: [window(near(axis, next), 99)] }, taught, true);
    expect(odds(0)).toBeGreaterThan(0);
    expect(odds(4)).toBeLessThan(-1);
    expect(learnTag(lesson(examples.slice(2), true))).toBeNull();
  });
});
