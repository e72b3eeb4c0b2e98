import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownLevels } from '../../src/main/index/own-levels.ts';
import { chanceOfBest, takeProbability } from '../../src/main/search/take-relevance.ts';
import { soundProbability } from '../../src/main/search/relevance.ts';
import { uniform } from '../kit/uniform.ts';
import { backdrop, CURVE, SoundLibrary } from './sound-library.ts';

describe('the best of many windows', () => {
  const scale = { curve: CURVE.text, background: { mean: 0.1, sd: 0.12 }, windows: 25_000 };
  const draw = uniform(3);
  /** About normal, 0.1 ± 0.12, as a query's cosines to unrelated windows. */
  const unrelated = (count: number) =>
    Float32Array.from({ length: count }, () => 0.1 + 0.12 * (Array.from({ length: 12 }, draw).reduce((a, b) => a + b) - 6)); // prettier-ignore

  test('is worth less where the other windows come near it, and less the more there are', () => {
    for (const windows of [240, 2400]) {
      const cosines = unrelated(windows);
      const best = Math.max(...cosines);
      const own = ownLevels(cosines);
      expect(own.windows).toBe(windows);
      expect(chanceOfBest(best, own)).toBeGreaterThan(0.1);
      expect(takeProbability(best, scale, own)).toBeLessThan(soundProbability(best, scale));
    }
    const [few, many] = [ownLevels(unrelated(240)), ownLevels(unrelated(2400))];
    expect(takeProbability(0.5, scale, many)).toBeLessThan(takeProbability(0.5, scale, few));
  });

  test('is worth what it is where it stands out, and where the whole take is like it', () => {
    const once = ownLevels(Float32Array.of(...unrelated(2400), 0.9));
    expect(chanceOfBest(0.9, once)).toBeLessThan(0.05);
    expect(takeProbability(0.9, scale, once)).toBeGreaterThan(0.95);
    const everywhere = ownLevels(Float32Array.from(unrelated(700), (cosine) => 0.8 + 0.1 * cosine));
    expect(takeProbability(0.85, scale, everywhere)).toBeGreaterThan(0.95);
  });

  test('never rises above the window alone and rises with it', () => {
    const own = ownLevels(unrelated(700));
    const values = Array.from({ length: 100 }, (_, at) => takeProbability(at / 100, scale, own));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    values.forEach((value, at) => expect(value).toBeLessThanOrEqual(soundProbability(at / 100, scale)));
  });
});

describe('long takes among short files', () => {
  const library = new SoundLibrary();
  const draw = uniform(7);
  beforeAll(() => {
    const others = ['engine', 'bell', 'wind', 'birds', 'piano', 'footsteps'];
    const mixed = (dog: number) => ({ [others[Math.floor(draw() * others.length)]!]: 1, dog });
    library.add(
      ...backdrop(60),
      { path: 'short/a.wav', windows: [{ dog: 1, wind: 1.2 }] },
      { path: 'short/b.wav', windows: [{ dog: 1, bell: 1.25 }] },
      // A little of everything everywhere, the best of it a little nearer to a dog than the short ones.
      { path: 'takes/session.wav', windows: Array.from({ length: 600 }, (_, at) => mixed(at === 77 ? 0.9 : 0.7 * draw() ** 2)) },
      { path: 'takes/one bark.wav', windows: Array.from({ length: 600 }, (_, at) => (at === 321 ? { dog: 1 } : mixed(0.1 * draw()))) },
      { path: 'takes/kennel.wav', windows: Array.from({ length: 600 }, () => ({ dog: 1, wind: 0.4 * draw() })) },
    ); // prettier-ignore
  });
  afterAll(() => {
    library.close();
  });

  test('a take that is similar by chance ranks lower; one that contains the sound once is found with its range', async () => {
    const { hits } = await library.search().run({ text: 'dog', includeUnlikely: true });
    const names = hits.map(({ path }) => path.replace('/sounds/', ''));
    expect(names.slice(0, 2).sort()).toEqual(['takes/kennel.wav', 'takes/one bark.wav']);
    expect(names.indexOf('takes/session.wav')).toBeGreaterThan(names.indexOf('short/b.wav'));
    expect(hits.find(({ path }) => path.endsWith('one bark.wav'))).toMatchObject({ startSeconds: 321 * 5, band: 'strong' }); // prettier-ignore
    expect(hits.find(({ path }) => path.endsWith('kennel.wav'))!.band).toBe('strong');
  });
});
