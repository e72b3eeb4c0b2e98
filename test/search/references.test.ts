/** Several sounds as one query, sounds to be unlike, and the balance between sounds and words. */
import { beforeEach, describe, expect, test } from 'vitest';
import { referencesOf, queryOf } from '../../src/shared/query/references.ts';
import type { SearchQuery } from '../../src/shared/types.ts';
import { codeOf, library, libraryForEach, names } from './searching.ts';
import { backdrop, embeddingOf, type Mixture } from './sound-library.ts';

libraryForEach();

/** @param like each a sound of one window */
async function search(query: SearchQuery, like: readonly Mixture[], unlike: readonly Mixture[] = []) {
  const windows = (sounds: readonly Mixture[]) => sounds.map((mixture) => [embeddingOf(mixture)]);
  return library.search().run(
    {
      ...queryOf({
        like: like.map((_, at) => ({ path: `/elsewhere/like ${at}.wav` })),
        unlike: unlike.map((_, at) => ({ path: `/elsewhere/unlike ${at}.wav` })),
      }),
      includeUnlikely: true,
      ...query,
    },
    { like: windows(like), unlike: windows(unlike) },
  );
}

describe('several sounds', () => {
  beforeEach(() => {
    library.add(
      ...backdrop(40),
      { path: 'dog.wav', windows: [{ dog: 1 }] },
      { path: 'rain.wav', windows: [{ rain: 1 }] },
      { path: 'dog in the rain.wav', windows: [{ dog: 1, rain: 1 }] },
      { path: 'rain, then a dog.wav', windows: [{ rain: 1 }, { wind: 1 }, { dog: 1 }] },
    );
  });

  test('a file that has both, mixed or one after the other, precedes files with one', async () => {
    const { hits, query } = await search({}, [{ dog: 1 }, { rain: 1 }]);
    expect(names(hits).slice(0, 2).sort()).toEqual(['dog in the rain.wav', 'rain, then a dog.wav']);
    expect(names(hits).slice(2, 4).sort()).toEqual(['dog.wav', 'rain.wav']);
    const scoreOf = (name: string) => hits.find(({ path }) => path.endsWith(name))!.score;
    expect(scoreOf('/dog.wav')).toBeLessThan(scoreOf('/dog in the rain.wav') / 2);
    expect(hits[0]!.why[0]!.text).toMatch(/^sounds like the files \(/);
    expect(query).toMatchObject({ likePath: '/elsewhere/like 0.wav', alsoLike: [{ path: '/elsewhere/like 1.wav' }] });
  });

  test('the same sound twice is that sound', async () => {
    const [once, twice] = [await search({}, [{ dog: 1 }]), await search({}, [{ dog: 1 }, { dog: 1 }])];
    expect(names(twice.hits)).toEqual(names(once.hits));
    twice.hits.forEach(({ score }, at) => expect(score).toBeCloseTo(once.hits[at]!.score, 9));
  });

  test('a mixture is found although no more than a hundredth of the library is nearer to each sound alone', async () => {
    const near = (mixture: Mixture) => (_: unknown, at: number) => ({ path: `${Object.keys(mixture).join()}/${at}.wav`, windows: [mixture] }); // prettier-ignore
    library.add(...Array.from({ length: 250 }, near({ dog: 1 })), ...Array.from({ length: 250 }, near({ rain: 1 })));
    const { hits } = await search({ limit: 3 }, [{ dog: 1 }, { rain: 1 }]);
    expect(names(hits)).toContain('dog in the rain.wav');
  });

  test('none of them, nor a copy, is a result; the one that is silent is named', async () => {
    library.add({ path: 'other dog.wav', contentId: 'content of dog.wav', windows: [{ dog: 1 }] });
    const query = { likePath: '/sounds/dog.wav', alsoLike: [{ path: '/sounds/rain.wav' }] };
    const { hits } = await search(query, [{ dog: 1 }, { rain: 1 }]);
    expect(names(hits)).not.toEqual(expect.arrayContaining(['dog.wav']));
    expect(names(hits)).not.toEqual(expect.arrayContaining(['rain.wav']));
    expect(names(hits)).not.toEqual(expect.arrayContaining(['other dog.wav']));
    const silent = library.search().run(query, { like: [[embeddingOf({ dog: 1 })], []], unlike: [] });
    await expect(silent).rejects.toThrow('“/sounds/rain.wav” is silent there.');
  });

  test('in a file, one of them is enough for a place', async () => {
    const like = [[embeddingOf({ dog: 1 })], [embeddingOf({ rain: 1 })]];
    const query = queryOf({ like: [{ path: '/a.wav' }, { path: '/b.wav' }], unlike: [] });
    const windows = await library.search().windows(library.id('rain, then a dog.wav'), query, { like, unlike: [] });
    expect(windows.map(({ band }) => band)).toEqual(['strong', 'unlikely', 'strong']);
  });
});

describe('less like this', () => {
  beforeEach(() => {
    library.add(
      ...backdrop(40),
      { path: 'dog.wav', windows: [{ dog: 1, bell: 0.4 }] },
      { path: 'dog and bell.wav', windows: [{ dog: 1, bell: 0.8 }] },
    );
  });
  const scores = async (like: Mixture[], unlike: Mixture[], query: SearchQuery = {}) => {
    const { hits } = await search(query, like, unlike);
    return (name: string) => hits.find(({ path }) => path === `/sounds/${name}`)?.score;
  };

  test('lowers what resembles it, and hardly what does not', async () => {
    const [without, with_] = [await scores([{ dog: 1 }], []), await scores([{ dog: 1 }], [{ bell: 1 }])];
    expect(with_('dog and bell.wav')).toBeLessThan(0.8 * without('dog and bell.wav')!);
    expect(with_('dog.wav')).toBeGreaterThan(0.95 * without('dog.wav')!);
  });

  test('also for words and for filters alone, says why, and takes the sound itself out', async () => {
    const words = await search({ text: 'dog' }, [], [{ bell: 1 }]);
    const bell = words.hits.find(({ path }) => path.endsWith('dog and bell.wav'))!;
    expect(bell.why).toContainEqual({ kind: 'minus', text: 'also sounds like "unlike 0.wav"' });
    const filtered = await search({ text: 'in:/sounds' }, [], [{ dog: 1, bell: 0.8 }]);
    expect(names(filtered.hits).at(-1)).toBe('dog and bell.wav');
    const itself = await search({ text: 'dog', unlike: [{ path: '/sounds/dog and bell.wav' }] }, [], [{ bell: 1 }]);
    expect(names(itself.hits)).not.toContain('dog and bell.wav');
  });

  test('alone it asks for nothing', async () => {
    expect(await codeOf(search({}, [], [{ bell: 1 }]))).toBe('bad-input');
  });
});

describe('balance between words and sounds', () => {
  beforeEach(() => {
    library.add(
      ...backdrop(40),
      { path: 'a.wav', windows: [{ dog: 1, rain: 0.5 }] },
      { path: 'b.wav', windows: [{ dog: 0.5, rain: 1 }] },
    );
  });
  const first = async (query: SearchQuery) => names((await search({ text: 'rain', ...query }, [{ dog: 1 }])).hits)[0];

  test('0 is the sound alone, 1 the words alone', async () => {
    expect(await first({ balance: 0 })).toBe('a.wav');
    expect(await first({ balance: 1 })).toBe('b.wav');
    expect(await first({ balance: 0.2 })).toBe('a.wav');
    expect(await first({ balance: 0.8 })).toBe('b.wav');
    const [sound, alone] = [await search({ text: 'rain', balance: 0 }, [{ dog: 1 }]), await search({}, [{ dog: 1 }])];
    expect(sound.hits[0]!.score).toBeCloseTo(alone.hits[0]!.score, 9);
  });

  test.each([-0.1, 1.1, NaN])('%d is refused', async (balance) => {
    expect(await codeOf(search({ text: 'rain', balance }, [{ dog: 1 }]))).toBe('bad-input');
  });
});

test('the sounds of a query, and back', () => {
  const query = { likePath: '/a.wav', likeStartSeconds: 1, likeEndSeconds: 2, alsoLike: [{ path: '/b.wav' }], unlike: [{ path: '/c.wav' }] }; // prettier-ignore
  expect(queryOf(referencesOf(query))).toEqual(query);
  expect(queryOf(referencesOf({ likePath: '/a.wav' }))).toEqual({ likePath: '/a.wav' });
  expect(referencesOf({ alsoLike: [{ path: '/b.wav' }] }).like).toEqual([{ path: '/b.wav' }]);
});
