import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seriesKey } from '../../src/main/search/series.ts';
import type { SearchHit, SearchQuery } from '../../src/shared/types.ts';
import { backdrop, SoundLibrary } from './sound-library.ts';

describe('names of one series', () => {
  test.each([
    ['/a/Door slam 01.wav', '/a/door slam 12.flac'],
    ['/a/Door slam.wav', '/a/Door slam (2).wav'],
    ['/a/step_take 3.wav', '/a/step_take 4.wav'],
    ['/a/step_v2.wav', '/a/step.wav'],
    ['/a/hit_A.wav', '/a/hit_B.wav'],
    ['/a/rain - Copy (2).wav', '/a/rain.wav'],
    ['/a/rain 01 (2).wav', '/a/rain 02.wav'],
    ['/a/DOORWood_Slam 03_EM_Lib.wav', '/a/DOORWood_Slam 14_EM_Lib.wav'],
    ['/a/雨_1.wav', '/a/雨_2.wav'],
    ['C:\\a\\hit1.wav', 'C:\\a\\hit2.wav'],
    ['/a/ドア_０１.wav', '/a/ドア_02.wav'],
  ])('%s and %s', (one, other) => {
    expect(seriesKey(one)).toBe(seriesKey(other));
  });

  test.each([
    ['/a/door slam 01.wav', '/b/door slam 02.wav'],
    ['/a/door slam.wav', '/a/door creak.wav'],
    ['/a/loop_120_01.wav', '/a/loop_140_01.wav'],
    ['/a/cat.wav', '/a/car.wav'],
    ['/a/1.wav', '/a/one.wav'],
    ['/a/001.wav', '/a/002.wav'],
    ['/a/c0168.wav', '/a/c0169.wav'],
    ['/a/version.wav', '/a/part.wav'],
    ['/a/hit1.wav', '/a/hi1.wav'],
  ])('not %s and %s', (one, other) => {
    expect(seriesKey(one)).not.toBe(seriesKey(other));
  });
});

describe('rows', () => {
  const library = new SoundLibrary();
  beforeAll(() => {
    library.add(
      ...backdrop(300),
      ...Array.from({ length: 12 }, (_, at) => ({ path: `copies/x${String(at)}/bark.wav`, windows: [{ dog: 1 }], contentId: 'bark' })), // prettier-ignore
      ...Array.from({ length: 30 }, (_, at) => ({ path: `pack/dog_${String(at).padStart(2, '0')}.wav`, windows: [{ dog: 1, wind: 0.1 }] })), // prettier-ignore
      { path: 'pack/dog_99.wav', windows: [{ rain: 1 }] }, // of the series by its name, but another sound
      { path: 'elsewhere/dog_03.wav', windows: [{ dog: 1, engine: 0.2 }], contentId: 'content of pack/dog_03.wav' },
      { path: 'single/yap.wav', windows: [{ dog: 1, piano: 0.3 }] },
    );
  });
  afterAll(() => {
    library.close();
  });
  const run = async (query: SearchQuery) => (await library.search().run({ text: 'dog', ...query })).hits;
  const size = ({ group }: SearchHit) => [group?.copies ?? 0, group?.variants ?? 0];

  test('copies and variants that sound alike are one row each, in the place of the best; others stay', async () => {
    const hits = await run({ grouped: true });
    const folders = hits.map(({ path }) => path.split('/')[2]!);
    expect(new Set(folders)).toEqual(new Set(['copies', 'pack', 'single']));
    expect(hits).toHaveLength(4);
    const [copies] = hits.filter(({ path }) => path.includes('/copies/'));
    expect(size(copies!)).toEqual([11, 0]);
    const series = hits.find(({ path, group }) => path.includes('/pack/') && group !== undefined)!;
    expect(size(series)).toEqual([1, 29]); // the copy lies elsewhere
    expect(series.group!.others.map(({ path }) => path)).not.toContain('/sounds/pack/dog_99.wav');
    for (const { group, score } of hits) {
      const scores = [score, ...(group?.others.map((other) => other.score) ?? [])];
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      expect(group?.others.some((other) => 'group' in other) ?? false).toBe(false);
    }
  });

  test('every file is a row of its own unless asked otherwise, and the same files are found', async () => {
    const flat = await run({ limit: 100 });
    const rows = await run({ limit: 100, grouped: true });
    expect(flat).toHaveLength(45);
    const all = rows.flatMap((hit) => [hit, ...(hit.group?.others ?? [])]);
    expect(new Set(all.map(({ fileId }) => fileId))).toEqual(new Set(flat.map(({ fileId }) => fileId)));
  });

  test('the limit counts rows', async () => {
    expect(await run({ limit: 3, grouped: true })).toHaveLength(3);
    expect((await run({ limit: 4, grouped: true })).map(({ path }) => path)).toContain('/sounds/single/yap.wav');
  });

  test('so do filters alone, by path', async () => {
    const { hits } = await library.search().run({ text: 'in:pack', limit: 2, grouped: true });
    expect(hits.map(({ path, group }) => [path, group?.variants ?? 0])).toEqual([
      ['/sounds/pack/dog_00.wav', 29],
      ['/sounds/pack/dog_99.wav', 0],
    ]);
  });

  test('who asks for duplicates gets each copy as a row', async () => {
    for (const text of ['dup:exact', 'dup:yes', 'issue:duplicates']) {
      const { hits } = await library.search().run({ text, limit: 100, grouped: true });
      expect(hits).toHaveLength(14);
    }
    const { hits } = await library.search().run({ text: 'dog dup:no', limit: 100, grouped: true });
    expect(hits.some(({ group }) => group !== undefined)).toBe(true);
  });

  test('without a calibration the library is the measure of what sounds alike', async () => {
    const { hits } = await library.search({ relevance: null }).run({ text: 'dog', grouped: true });
    expect(hits.find(({ path, group }) => path.includes('/pack/') && group)!.group!.variants).toBeGreaterThan(20);
  });
});
