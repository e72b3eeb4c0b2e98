import { beforeEach, describe, expect, test } from 'vitest';
import { codeOf, library, libraryForEach, names, run } from './searching.ts';
import { backdrop, embeddingOf } from './sound-library.ts';

libraryForEach();

describe('by words', () => {
  test('finds similar files with the matching range, and cuts off the others', async () => {
    library.add(...backdrop(30), {
      path: 'a/x1.wav',
      windows: [{ wind: 1 }, { dog: 1, wind: 0.3 }, { wind: 1 }],
      durationSeconds: 12,
    });
    const { hits, model, notices } = await run('a dog barks');
    expect(names(hits)).toEqual(['a/x1.wav']);
    expect(hits[0]).toMatchObject({
      startSeconds: 5,
      endSeconds: 10,
      band: 'strong',
      format: 'wav',
      durationSeconds: 12,
      offline: false,
    });
    expect(hits[0]!.why).toEqual([
      {
        kind: 'sound',
        cosine: expect.closeTo(0.9, 0.1) as number,
        text: expect.stringMatching(/^sounds like it \(0\.\d\d\)$/) as string,
      },
    ]);
    expect(model).toBe('tiny');
    expect(notices).toEqual([]);
  });

  test('a last window that reaches beyond the end ends with the file', async () => {
    library.add({ path: 'short.wav', windows: [{ dog: 1 }], durationSeconds: 0.4 });
    expect((await run('dog')).hits[0]).toMatchObject({ startSeconds: 0, endSeconds: 0.4 });
  });

  test('a file is one hit however many of its windows fit; more windows are asked for until there are enough files', async () => {
    library.add(
      { path: 'long.wav', windows: Array.from({ length: 260 }, () => ({ dog: 1 })) },
      ...Array.from({ length: 8 }, (_, at) => ({ path: `d${at}.wav`, windows: [{ dog: 1, rain: 0.5 }] })),
      ...backdrop(20),
    );
    const { hits } = await run({ text: 'dog', limit: 6 });
    expect(names(hits)).toEqual(['long.wav', ...names(hits).slice(1)]);
    expect(new Set(names(hits)).size).toBe(6);
    expect(library.asked).toEqual([200, 800]);
  });

  test('equals come by path, always the same', async () => {
    const same = { windows: [{ dog: 1 }] };
    library.add({ path: 'c.wav', ...same }, { path: 'a.wav', ...same }, { path: 'b.wav', ...same });
    // The same embedding three times, so that scores are equal to the last bit.
    library.db.exec('UPDATE window SET embedding = (SELECT embedding FROM window LIMIT 1)');
    expect(names((await run('dog')).hits)).toEqual(['a.wav', 'b.wav', 'c.wav']);
    expect(await run('dog')).toEqual(await run('dog'));
  });

  test('what is asked for and there is never cut, however timid the calibration', async () => {
    library.add(...backdrop(200), { path: 'hidden.wav', windows: [{ dog: 0.45, engine: 1 }] });
    const timid = { text: { slope: 5, intercept: -12 }, audio: { slope: 5, intercept: -12 } };
    const { hits } = await library.search({ relevance: timid }).run({ text: 'dog' });
    expect(names(hits)).toEqual(['hidden.wav']);
    expect(hits[0]!.band).toBe('maybe');
  });

  test('a pack without calibration is judged by its background', async () => {
    library.add(
      ...backdrop(200),
      { path: 'dog.x.wav', windows: [{ dog: 1 }] },
      { path: 'q.wav', windows: [{ rain: 1, dog: 0.9 }] },
    );
    const { hits } = await library.search({ relevance: null }).run({ text: 'barking dog' });
    expect(names(hits).slice(0, 2)).toEqual(['dog.x.wav', 'q.wav']);
    expect(hits[0]!.band).toBe('strong');
    expect(hits.length).toBeLessThan(10);
  });

  test('includeUnlikely shows the rest as well, below', async () => {
    library.add(...backdrop(10), { path: 'w.wav', windows: [{ dog: 1 }] });
    const { hits } = await run({ text: 'dog', includeUnlikely: true });
    expect(hits).toHaveLength(11);
    expect(hits[0]!.path).toBe('/sounds/w.wav');
    expect(hits.at(-1)).toMatchObject({ band: 'unlikely' });
    expect(hits.at(-1)!.why[0]!.text).toMatch(/^barely sounds like it/);
    const scores = hits.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  test('limit', async () => {
    library.add(...Array.from({ length: 9 }, (_, at) => ({ path: `${at}.wav`, windows: [{ dog: 1 }] })));
    expect((await run({ text: 'dog', limit: 4 })).hits).toHaveLength(4);
    expect(await codeOf(run({ text: 'dog', limit: 0 }))).toBe('bad-input');
    expect(await codeOf(run({ text: 'dog', limit: 1.5 }))).toBe('bad-input');
  });
});

describe('names as evidence', () => {
  test('a name that holds the query makes a file likely although the embedding does not match', async () => {
    library.add(...backdrop(50), { path: 'fx/DOORWood_slam_03.wav', windows: [{ engine: 1 }, { piano: 1, wind: 1 }] });
    const { hits } = await run('wooden wood door slams');
    expect(names(hits)).toEqual(['fx/DOORWood_slam_03.wav']);
    const exact = await run('wood door slam');
    expect(exact.hits[0]).toMatchObject({ path: '/sounds/fx/DOORWood_slam_03.wav', band: 'likely' });
    expect(exact.hits[0]!.why).toEqual([
      { kind: 'name', words: ['wood', 'door', 'slam'], text: 'name matches "wood", "door", "slam"' },
    ]);
    expect((await run('doorwood slam')).hits[0]!.band).toBe('likely');
  });

  test('a clear sound is not outranked by a weak name, and both together rank highest', async () => {
    library.add(
      ...backdrop(60),
      { path: 'a/x2.wav', windows: [{ door: 1, wind: 0.5 }] },
      { path: 'a/old car.wav', windows: [{ engine: 1 }] },
      { path: 'a/old door creaks.wav', windows: [{ door: 1, wind: 0.5 }] },
    );
    const { hits } = await run('an old door creaks open');
    expect(names(hits).slice(0, 2)).toEqual(['a/old door creaks.wav', 'a/x2.wav']);
    expect(hits[0]!.band).toBe('strong');
    const weak = hits.find(({ path }) => path.endsWith('old car.wav'));
    expect(weak?.band ?? 'unlikely').not.toBe('likely');
  });

  test('a folder says less than a tag, a tag less than a name; each is named', async () => {
    library.add(
      ...backdrop(20),
      { path: 'theremin/a.wav', windows: [{ engine: 1 }] },
      { path: 'x/b.wav', tags: ['Theremins; odd'], windows: [{ engine: 1 }] },
      { path: 'x/theremin.wav', windows: [{ engine: 1 }] },
    );
    const { hits } = await run('theremin');
    expect(names(hits)).toEqual(['x/theremin.wav', 'x/b.wav', 'theremin/a.wav']);
    expect(hits.map(({ why }) => why[0]!.text)).toEqual([
      'name matches "theremin"',
      'tag matches "theremin"',
      'folder matches "theremin"',
    ]);
    expect(hits.map(({ band }) => band)).toEqual(['likely', 'likely', 'maybe']);
  });

  test('a silent file is found by its name, over its whole length', async () => {
    library.add(...backdrop(5), { path: 'room tone.wav', windows: [], durationSeconds: 9 });
    expect((await run('room tone')).hits[0]).toMatchObject({
      path: '/sounds/room tone.wav',
      startSeconds: 0,
      endSeconds: 9,
    });
  });

  test('a library of nothing but silence can still be searched by name', async () => {
    library.add({ path: 'room tone.wav', windows: [] }, { path: 'other.wav', windows: [] });
    expect(names((await run('room tone')).hits)).toEqual(['room tone.wav']);
    expect((await run({ text: 'room tone', likePath: '/x.wav' }, [embeddingOf({ dog: 1 })])).hits).toEqual([]);
    expect((await run({ likePath: '/x.wav' }, [embeddingOf({ dog: 1 })])).hits).toEqual([]);
  });

  test.each([
    '"',
    "'; DROP TABLE file; --",
    '* OR name:*',
    'NEAR(a b)',
    '🔥🔥',
    '???',
    '\u0000',
    'a"b',
    '{name}:x',
    '^door',
    '-',
    'ß ſ ı',
    '🏳️‍🌈',
  ])('any text is safe: %j', async (text) => {
    library.add(...backdrop(5), { path: 'dog.wav', windows: [{ dog: 1 }] });
    if (['"', '\u0000'].includes(text)) expect(await codeOf(run(text))).toBe('bad-input');
    else expect((await run(text)).hits).toBeInstanceOf(Array);
    expect(names((await run('dog')).hits)).toContain('dog.wav');
  });
});

describe('by a sound', () => {
  beforeEach(() => {
    library.add(
      ...backdrop(40),
      { path: 'q.wav', contentId: 'q', windows: [{ dog: 1, rain: 0.3 }] },
      { path: 'copy of q.wav', contentId: 'q', windows: [{ dog: 1, rain: 0.3 }] },
      { path: 'near.wav', windows: [{ dog: 1, rain: 0.4 }] },
      { path: 'nearer to rain.wav', windows: [{ dog: 0.6, rain: 1 }] },
    );
  });

  test('finds its like, but neither itself nor its copies', async () => {
    const like = [embeddingOf({ dog: 1, rain: 0.3 })];
    expect(names((await run({ likePath: '/sounds/q.wav' }, like)).hits)).toEqual(['near.wav', 'nearer to rain.wav']);
    expect(names((await run({ likePath: '/elsewhere/q.wav' }, like)).hits)).toContain('q.wav');
  });

  test('in the same file alone: it is the one hit, whatever its name, and has to be in the catalogue', async () => {
    const like = [embeddingOf({ dog: 1 })];
    library.add({ path: 'take.wav', windows: [{ wind: 1 }, { dog: 1, wind: 0.1 }, { wind: 1 }, { dog: 1 }] });
    const query = { likePath: '/sounds/take.wav', likeStartSeconds: 3, inSameFile: true };
    const { hits, query: asked } = await run(query, like);
    expect(names(hits)).toEqual(['take.wav']);
    expect(hits[0]!.band).not.toBe('unlikely');
    expect(asked).toMatchObject({ inSameFile: true });
    expect((await run({ ...query, filters: { folder: '/sounds/elsewhere' } }, like)).hits).toEqual([]);
    expect(await codeOf(run({ ...query, likePath: '/elsewhere/take.wav' }, like))).toBe('not-found');
    expect(await codeOf(run({ text: 'dog', inSameFile: true }))).toBe('bad-input');
  });

  test('every part of a long file can match', async () => {
    const parts = [{ dog: 1 }, { dog: 1, wind: 0.1 }, { footsteps: 1 }, { dog: 1, wind: 0.2 }, { bell: 1 }];
    library.add({ path: 'walk.wav', windows: [{ footsteps: 1 }] });
    const { hits } = await run(
      { likePath: '/elsewhere/walk.wav' },
      parts.map((mixture) => embeddingOf(mixture)),
    );
    expect(names(hits).slice(0, 10)).toContain('walk.wav');
    expect(names(hits)).toContain('near.wav');
  });

  test('with words both must be met', async () => {
    const like = [embeddingOf({ dog: 1, rain: 0.3 })];
    library.add({ path: 'only rain.wav', windows: [{ rain: 1 }] }, { path: 'only dog.wav', windows: [{ dog: 1 }] });
    const { hits } = await run({ text: 'rain', likePath: '/elsewhere/q.wav' }, like);
    expect(names(hits)[0]).toBe('nearer to rain.wav');
    expect(hits[0]!.why.map(({ kind, text }) => [kind, text.replace(/[\d.]+/, 'n')])).toEqual([
      ['sound', 'sounds like the text (n)'],
      ['sound', 'sounds like the file (n)'],
      ['name', 'name matches "rain"'],
    ]);
    expect(names(hits)).not.toContain('only dog.wav');
    const onlyRain = hits.find(({ path }) => path.endsWith('only rain.wav'));
    expect(onlyRain?.score ?? 0).toBeLessThan(hits[0]!.score / 2);
  });

  test('that cannot be embedded is refused', async () => {
    expect(await codeOf(run({ likePath: '/sounds/silence.wav' }, []))).toBe('bad-input');
  });
});
