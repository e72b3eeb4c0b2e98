import { describe, expect, test } from 'vitest';
import type { SearchQuery } from '../../src/shared/types.ts';
import { codeOf, library, libraryForEach } from './searching.ts';
import { backdrop, embeddingOf } from './sound-library.ts';

libraryForEach();

describe('timeline of one file', () => {
  const add = () => {
    library.add(...backdrop(30), {
      path: 'long.wav',
      windows: [{ wind: 1 }, { dog: 1, wind: 0.3 }, { dog: 1, rain: 1.5 }, { rain: 1 }],
      durationSeconds: 17.5,
    });
    const path = 'long.wav';
    return library.db.prepare<[string], number>('SELECT id FROM file WHERE relative_path = ?').pluck().get(path)!;
  };
  const bands = async (query: SearchQuery, like?: Float32Array[]) =>
    (await library.search().windows(add(), query, { like: like === undefined ? [] : [like], unlike: [] })).map(
      ({ band }) => band,
    );

  test('every window, in order, up to the end of the file; the best has the score of the result', async () => {
    const fileId = add();
    const search = library.search();
    const windows = await search.windows(fileId, { text: 'dog' });
    expect(windows.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([[0, 5], [5, 10], [10, 15], [15, 17.5]]); // prettier-ignore
    expect(windows.map(({ band }) => band)).toEqual([
      'unlikely',
      'strong',
      expect.stringMatching(/^(likely|maybe)$/),
      'unlikely',
    ]);
    const { hits } = await search.run({ text: 'dog' });
    expect(hits[0]!.score).toBeCloseTo(windows[1]!.relevance, 6);
    expect(hits[0]!.startSeconds).toBe(windows[1]!.startSeconds);
  });

  test('words and a sound both count; a minus term lowers its windows; filters are ignored', async () => {
    const rain = [embeddingOf({ rain: 1 })];
    expect(await bands({}, rain)).toEqual(['unlikely', 'unlikely', 'strong', 'strong']);
    expect(await bands({ text: 'dog' }, rain)).toEqual([
      'unlikely',
      'unlikely',
      expect.stringMatching(/^(likely|maybe)$/),
      'unlikely',
    ]);
    expect((await bands({ text: 'dog -rain' }))[2]).toBe('unlikely');
    expect((await bands({ text: 'dog fmt:mp3 dur:<1' }))[1]).toBe('strong');
  });

  test('the matches of files are those of their windows that a search lists; files that are not there are left out', async () => {
    const fileId = add();
    const search = library.search();
    const windows = await search.windows(fileId, { text: 'dog' });
    const [found, ...others] = await search.matches([fileId, 99_999], { text: 'dog' });
    expect(others).toEqual([]);
    expect(found).toEqual({ fileId, matches: windows.filter(({ band }) => band !== 'unlikely') });
    expect(await search.matches([fileId], {})).toEqual([{ fileId, matches: [] }]);
  });

  test('without words or a sound it is empty; a missing file is reported', async () => {
    const fileId = add();
    const search = library.search();
    for (const text of ['', 'dur:<30', '-rain']) expect(await search.windows(fileId, { text })).toEqual([]);
    expect(await codeOf(search.windows(99_999, { text: 'dog' }))).toBe('file-missing');
    expect(await codeOf(search.windows(fileId, { text: 'dog dur:x' }))).toBe('bad-input');
  });
});
