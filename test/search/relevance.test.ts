import { describe, expect, test } from 'vitest';
import { explain } from '../../src/main/search/explain.ts';
import { queryEncoder, representatives } from '../../src/main/search/query-embedding.ts';
import {
  BAND_FROM,
  bandOf,
  both,
  either,
  logistic,
  minusProbability,
  nameProbability,
  soundProbability,
  standingZ,
  zScore,
} from '../../src/main/search/relevance.ts';
import { cosineSimilarity } from '../../src/main/vectors/normalise.ts';
import { embeddingOf } from './sound-library.ts';

const background = { mean: 0.1, sd: 0.08 };
const curve = { slope: 12, intercept: -6 };

describe('probability of a match', () => {
  test('never falls as the cosine rises, with and without calibration', () => {
    for (const scale of [
      { curve, background, windows: 50 },
      { curve, background, windows: 1e6 },
      { curve: null, background, windows: 1e5 },
      { curve: { slope: 3, intercept: -9 }, background, windows: 1e5 },
    ]) {
      let before = -1;
      for (let cosine = -1; cosine <= 1; cosine += 0.01) {
        const p = soundProbability(cosine, scale);
        expect(p).toBeGreaterThanOrEqual(before);
        expect(p).toBeLessThanOrEqual(1);
        before = p;
      }
    }
  });

  test('is the pack’s where that is the higher', () => {
    expect(soundProbability(0.6, { curve, background, windows: 1e5 })).toBeCloseTo(logistic(curve, 0.6), 12);
  });

  test('three standard deviations above the library are at least "maybe", yet not "likely" by that alone', () => {
    const timid = { slope: 1, intercept: -20 };
    for (const z of [3, 4, 8, 40]) {
      const p = soundProbability(background.mean + z * background.sd + 1e-9, {
        curve: timid,
        background,
        windows: 1e6,
      });
      expect(bandOf(p)).toBe('maybe');
    }
    expect(
      bandOf(soundProbability(background.mean + 2.9 * background.sd, { curve: timid, background, windows: 1e6 })),
    ).toBe('unlikely');
  });

  test('in a small library less is enough: there the right sounds are the background', () => {
    expect(standingZ(0)).toBe(0.7);
    expect(standingZ(1)).toBe(0.7);
    expect(standingZ(10)).toBeLessThan((10 - 1) / Math.sqrt(10));
    expect(standingZ(1e6)).toBe(3);
    for (let n = 1; n < 30_000; n++) expect(standingZ(n + 1)).toBeGreaterThanOrEqual(standingZ(n));
  });

  test('without calibration: the documented figures', () => {
    const at = (z: number) => soundProbability(z * 0.08 + 0.1, { curve: null, background, windows: 1e6 });
    expect(at(3.3)).toBeCloseTo(0.5, 1);
    expect(at(4)).toBeCloseTo(0.8, 1);
    expect(at(2)).toBeCloseTo(0.07, 2);
    expect(at(0)).toBeLessThan(0.002);
  });

  test('a library of equal sounds and a NaN are no division by zero', () => {
    expect(zScore(0.5, { mean: 0.5, sd: 0 })).toBe(0);
    expect(soundProbability(NaN, { curve, background, windows: 10 })).toBe(0);
  });
});

describe('fusion', () => {
  test('a full name is likely whatever the audio, never strong on its own', () => {
    expect(bandOf(either(0, nameProbability(1)))).toBe('likely');
    expect(bandOf(either(0.5, nameProbability(1)))).toBe('strong');
  });
  test('one word of four is less than a clear sound', () => {
    expect(either(0.02, nameProbability(0.25))).toBeLessThan(0.1);
    expect(either(0.7, 0)).toBeGreaterThan(either(0.1, nameProbability(0.5)));
  });
  test('both sides must be met', () => {
    expect(both(0.9, 0)).toBe(0);
    expect(both(0.5, 0.5)).toBeCloseTo(0.5);
  });
  test('what must not be there is weighed against what was asked for', () => {
    expect(minusProbability(0.3, 0.9)).toBeLessThan(0.02);
    expect(minusProbability(0.9, 0.3)).toBeGreaterThan(0.8);
    expect(minusProbability(0, 0)).toBe(0);
    expect(minusProbability(1, 1)).toBeCloseTo(0.5);
  });
  test('bands begin where they say', () => {
    expect(bandOf(BAND_FROM.strong)).toBe('strong');
    expect(bandOf(BAND_FROM.likely)).toBe('likely');
    expect(bandOf(BAND_FROM.maybe)).toBe('maybe');
    expect(bandOf(BAND_FROM.maybe - 1e-9)).toBe('unlikely');
    expect(bandOf(1)).toBe('strong');
    expect(bandOf(0)).toBe('unlikely');
  });
});

describe('query embeddings', () => {
  test('up to three windows are one: their mean', () => {
    const [a, b] = [embeddingOf({ dog: 1 }), embeddingOf({ rain: 1 })];
    const [mean, ...more] = representatives([a, b]);
    expect(more).toEqual([]);
    expect(cosineSimilarity(mean!, a)).toBeCloseTo(cosineSimilarity(mean!, b));
    expect(Math.hypot(...mean!)).toBeCloseTo(1);
    expect(representatives([a])).toEqual([a]);
    expect(representatives([a, a.map((value) => -value)])).toHaveLength(2); // no mean
  });

  test('of many windows up to eight that differ speak, no kind is forgotten', () => {
    const kinds = ['dog', 'rain', 'bell', 'piano'].map((kind) => embeddingOf({ [kind]: 1 }));
    const windows = Array.from({ length: 400 }, (_, at) => (at < 397 ? kinds[0]! : kinds[at - 396]!));
    const spokesmen = representatives(windows);
    expect(spokesmen).toHaveLength(8);
    expect(spokesmen[0]).toBe(kinds[0]);
    for (const kind of kinds) expect(Math.max(...spokesmen.map((one) => cosineSimilarity(one, kind)))).toBeCloseTo(1);
    expect(representatives(windows.slice(0, 4))).toHaveLength(4);
  });

  test('wordings of a text are embedded in one call and averaged', async () => {
    const calls: string[][] = [];
    const encode = queryEncoder(
      (text) => (text === 'rain' ? ['rain', 'dog'] : [text]),
      (texts) => {
        calls.push(texts);
        return Promise.resolve(texts.map((text) => embeddingOf({ [text]: 1 })));
      },
    );
    const [rain, bell] = await encode(['rain', 'bell']);
    expect(calls).toEqual([['rain', 'dog', 'bell']]);
    expect(cosineSimilarity(rain!, embeddingOf({ rain: 1, dog: 1 }))).toBeCloseTo(1);
    expect(cosineSimilarity(bell!, embeddingOf({ bell: 1 }))).toBeCloseTo(1);
  });
});

test('why, in words', () => {
  const names = { share: 1, name: ['door'], folder: ['doors'], tags: ['wood', 'oak'] };
  const texts = (parts: Partial<Parameters<typeof explain>[0]>) =>
    explain({ text: null, like: null, sounds: 1, names: null, tags: [], minus: [], ...parts }).map(({ text }) => text);
  expect(texts({ text: { cosine: 0.412, probability: 0.8 }, names })).toEqual([
    'sounds like it (0.41)',
    'name matches "door"',
    'folder matches "doors"',
    'tag matches "wood", "oak"',
  ]);
  expect(texts({ text: { cosine: 0.01, probability: 0.001 }, names })).not.toContain('sounds like it (0.01)');
  expect(texts({ text: { cosine: 0.01, probability: 0.001 } })).toEqual(['barely sounds like it (0.01)']);
  expect(texts({ text: { cosine: 0.4, probability: 0.5 }, like: { cosine: 0.9, probability: 0.9 } })).toEqual([
    'sounds like the text (0.40)',
    'sounds like the file (0.90)',
  ]);
  expect(texts({ tags: ['sci fi'], minus: [{ term: 'wind', by: 'sound' }] })).toEqual([
    'tag matches "sci fi"',
    'also sounds like "wind"',
  ]);
});
