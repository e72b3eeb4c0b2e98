import { beforeEach, describe, expect, test } from 'vitest';
import { codeOf, library, libraryForEach, names, run } from './searching.ts';
import { backdrop, embeddingOf } from './sound-library.ts';

libraryForEach();

describe('minus terms', () => {
  beforeEach(() => {
    library.add(
      ...backdrop(60),
      { path: 's/plain.wav', windows: [{ rain: 1 }] },
      { path: 's/storm.wav', windows: [{ rain: 1, thunder: 1.2 }] },
      { path: 's/rolling.wav', windows: [{ thunder: 1, rain: 0.2 }] },
      { path: 's/hour.wav', windows: [{ rain: 1 }, { thunder: 1, rain: 0.3 }, { rain: 0.9, wind: 0.2 }] },
      { path: 's/rain with thunder.wav', windows: [{ rain: 1 }] },
      { path: 's/tagged.wav', tags: ['distant thunders'], windows: [{ rain: 1 }] },
    );
  });

  test('keep what is asked for, drop what sounds or is called like the term', async () => {
    const { hits, query } = await run('rain -thunder');
    expect(query.text).toBe('rain');
    expect(names(hits).toSorted()).toEqual(['s/hour.wav', 's/plain.wav']);
    expect(hits.every(({ band }) => band === 'strong')).toBe(true);
    // An hour of rain in which it thunders once is judged at the place of the hit.
    expect(hits.find(({ path }) => path.endsWith('hour.wav'))!.startSeconds).not.toBe(5);
  });

  test('say so', async () => {
    const { hits } = await run({ text: 'rain -thunder', includeUnlikely: true, limit: 200 });
    const why = (name: string) => hits.find(({ path }) => path.endsWith(name))!.why.map(({ text }) => text);
    expect(why('rain with thunder.wav')).toContain('name or tag says "thunder"');
    expect(why('tagged.wav')).toContain('name or tag says "thunder"');
    expect(why('storm.wav')).toContain('also sounds like "thunder"');
    expect(why('plain.wav')).toHaveLength(1);
    for (const name of ['rain with thunder.wav', 'tagged.wav', 'storm.wav', 'rolling.wav']) {
      expect(hits.find(({ path }) => path.endsWith(name))!.band).toBe('unlikely');
    }
  });

  test('a quoted term is a phrase', async () => {
    library.add({ path: 's/thunder distant.wav', windows: [{ rain: 1 }] });
    const { hits } = await run('rain -"distant thunder"');
    expect(names(hits)).not.toContain('s/tagged.wav');
    expect(names(hits)).toContain('s/thunder distant.wav');
  });

  test('go with filters alone and with a sound; alone they are refused', async () => {
    const filtered = await run({ text: 'in:/sounds/s -thunder' });
    expect(names(filtered.hits)).toEqual(['s/plain.wav']);
    const like = await run({ text: '-thunder', likePath: '/other/rain.wav' }, [embeddingOf({ rain: 1 })]);
    expect(names(like.hits).toSorted()).toEqual(['s/hour.wav', 's/plain.wav']);
    expect(await codeOf(run('-thunder'))).toBe('bad-input');
  });
});

describe('what words leave out', () => {
  test('is left out, reported, and a field of the result', async () => {
    library.add(
      ...backdrop(20),
      { path: 'dog.wav', windows: [{ dog: 1 }] },
      { path: 'dog in rain.wav', windows: [{ dog: 1, rain: 0.9 }] },
    );
    const { hits, minus, notices, query } = await run('dog without rain');
    expect(names(hits)).toEqual(['dog.wav']);
    expect([minus, query.text]).toEqual([['rain'], 'dog']);
    expect(notices).toEqual([expect.stringContaining('Excluded: “rain”.')]);
    expect((await run('dog')).notices).toEqual([]);
    expect(await codeOf(run('no traffic'))).toBe('bad-input');
  });

  test('a word in the form of a filter that is none is searched for as text, with a notice', async () => {
    library.add(...backdrop(20), { path: 'dog.wav', windows: [{ dog: 1 }] });
    expect((await run('dog format:wav')).notices).toEqual([
      '“format:” is not a filter: “format:wav” is searched as words. The filter is fmt:wav.',
    ]);
  });

  test('quoted words stand together in a name, or the name says nothing', async () => {
    library.add(...backdrop(20), { path: 'glass door slam.wav', windows: [{ wind: 1 }] }, { path: 'slam the door.wav', windows: [{ wind: 1 }] }); // prettier-ignore
    expect(names((await run('"door slam"')).hits)).toEqual(['glass door slam.wav']);
    expect(names((await run('door slam')).hits).sort()).toEqual(['glass door slam.wav', 'slam the door.wav']);
  });

  test('a very long description is truncated, with a notice', async () => {
    library.add(...backdrop(20), { path: 'dog.wav', windows: [{ dog: 1 }] });
    const { notices, query } = await run(`dog ${'barks loudly '.repeat(400)}`);
    expect(query.text!.split(' ').length).toBeLessThanOrEqual(40);
    expect(notices).toEqual([expect.stringMatching(/Only the first \d+ words are used/)]);
    expect((await run('水'.repeat(2000))).notices[0]).toMatch(/Only the first 300 characters are used/);
  });
});
