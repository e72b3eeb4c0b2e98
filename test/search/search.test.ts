import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/shared/errors.ts';
import type { SearchHit, SearchQuery } from '../../src/shared/types.ts';
import { backdrop, embeddingOf, SoundLibrary } from './sound-library.ts';

let library: SoundLibrary;
beforeEach(() => {
  library = new SoundLibrary();
});
afterEach(() => {
  library.close();
});

const names = (hits: SearchHit[]) => hits.map(({ path }) => path.replace('/sounds/', ''));
const run = async (query: SearchQuery | string, like?: Float32Array[]) =>
  library.search().run(typeof query === 'string' ? { text: query } : query, like);
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).code;
};

describe('by words', () => {
  test('finds what sounds like them, at its place, and cuts what does not', async () => {
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
    const { db } = library.catalogue;
    db.exec('UPDATE window SET embedding = (SELECT embedding FROM window LIMIT 1)');
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
    expect(hits.at(-1)!.why[0]!.text).toMatch(/^sounds little like it/);
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
  test('a name that holds the query makes a file likely although the model hears nothing', async () => {
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

  test('a clear sound is not pushed away by a weak name, and both together are surest', async () => {
    library.add(
      ...backdrop(60),
      { path: 'a/heard.wav', windows: [{ door: 1, wind: 0.5 }] },
      { path: 'a/old car.wav', windows: [{ engine: 1 }] },
      { path: 'a/old door creaks.wav', windows: [{ door: 1, wind: 0.5 }] },
    );
    const { hits } = await run('an old door creaks open');
    expect(names(hits).slice(0, 2)).toEqual(['a/old door creaks.wav', 'a/heard.wav']);
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

  test('a long sound is all that it holds: each of its parts may be met', async () => {
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
      ['sound', 'sounds like the words (n)'],
      ['sound', 'sounds like the sound (n)'],
      ['name', 'name matches "rain"'],
    ]);
    expect(names(hits)).not.toContain('only dog.wav');
    const onlyRain = hits.find(({ path }) => path.endsWith('only rain.wav'));
    expect(onlyRain?.score ?? 0).toBeLessThan(hits[0]!.score / 2);
  });

  test('that cannot be heard is refused', async () => {
    expect(await codeOf(run({ likePath: '/sounds/silence.wav' }, []))).toBe('bad-input');
  });
});

describe('the state of the library', () => {
  test('nothing indexed: three causes, three sentences', async () => {
    expect(await codeOf(run('dog'))).toBe('nothing-indexed');
    await expect(run('dog')).rejects.toThrow('Index a folder first');
    const { files, roots, windows } = library.catalogue;
    const pending = files.insertPending({
      rootId: roots.add('/sounds').id,
      relativePath: 'new.wav',
      size: 1,
      mtimeMs: 1,
    });
    await expect(run('dog')).rejects.toThrow('None of the 1 sounds found');
    const other = windows.ensureSpace({ modelId: 'other', weightHash: 'b', preprocessing: 1, dim: 64 });
    library.catalogue.db.prepare('INSERT INTO listening VALUES (?, ?, 1)').run(pending, other);
    await expect(run('dog')).rejects.toThrow('this model');
  });

  test('nothing to look for is refused', async () => {
    library.add({ path: 'dog.wav', windows: [{ dog: 1 }] });
    expect(await codeOf(run({}))).toBe('bad-input');
    expect(await codeOf(run('  '))).toBe('bad-input');
    expect(await codeOf(run({ filters: { includeOffline: true } }))).toBe('bad-input');
  });

  test('says how much has not been listened to', async () => {
    library.add(...backdrop(3), { path: 'dog.wav', windows: [{ dog: 1 }] });
    const rootId = library.catalogue.roots.add('/sounds').id;
    library.catalogue.files.insertPending({ rootId, relativePath: 'new.wav', size: 1, mtimeMs: 1 });
    const { notices } = await run('dog');
    expect(notices).toEqual(['20 % of the library (1 of 5 sounds) has not been listened to yet.']);
  });

  test('files that are not there are left out unless asked for', async () => {
    library.add(
      ...backdrop(3),
      { path: 'gone.wav', windows: [{ dog: 1 }] },
      { path: 'here.wav', windows: [{ dog: 1 }] },
    );
    library.add({ root: '/drive', path: 'unplugged.wav', windows: [{ dog: 1 }] });
    library.catalogue.files.setOffline([library.id('gone.wav')]);
    library.catalogue.roots.setOnline(library.catalogue.roots.byPath('/drive')!.id, false);
    expect(names((await run('dog')).hits)).toEqual(['here.wav']);
    const { hits } = await run({ text: 'dog', filters: { includeOffline: true } });
    expect(hits.map(({ path, offline }) => [path, offline]).toSorted()).toEqual([
      ['/drive/unplugged.wav', true],
      ['/sounds/gone.wav', true],
      ['/sounds/here.wav', false],
    ]);
  });

  test('a large unplugged drive does not hide what is here', async () => {
    const dogs = (root: string, count: number) =>
      Array.from({ length: count }, (_, at) => ({
        root,
        path: `${root}${at}.wav`,
        windows: [{ dog: 1, rain: root === '/a' ? 0 : 0.5 }],
      }));
    library.add(...dogs('/a', 300), ...dogs('/b', 5));
    library.catalogue.roots.setOnline(library.catalogue.roots.byPath('/a')!.id, false);
    const { hits } = await run({ text: 'dog', limit: 5 });
    expect(hits.map(({ path }) => path.slice(0, 3))).toEqual(['/b/', '/b/', '/b/', '/b/', '/b/']);
  });

  test('failed files and files never read are no hits', async () => {
    library.add(...backdrop(3), { path: 'dog bark.wav', windows: [{ dog: 1 }] });
    library.catalogue.files.setFailed(library.id('dog bark.wav'), {
      code: 'undecodable-audio',
      message: 'x',
      size: 1,
      mtimeMs: 1,
    });
    expect((await run('dog bark')).hits).toEqual([]);
  });

  test('a cancelled search ends', async () => {
    library.add(...backdrop(3));
    await expect(library.search().run({ text: 'dog' }, [], AbortSignal.abort())).rejects.toThrow('aborted');
  });
});

describe('what is where in one file', () => {
  const add = () => {
    library.add(...backdrop(30), {
      path: 'long.wav',
      windows: [{ wind: 1 }, { dog: 1, wind: 0.3 }, { dog: 1, rain: 1.5 }, { rain: 1 }],
      durationSeconds: 17.5,
    });
    const path = 'long.wav';
    return library.catalogue.db
      .prepare<[string], number>('SELECT id FROM file WHERE relative_path = ?')
      .pluck()
      .get(path)!;
  };
  const bands = async (query: SearchQuery, like?: Float32Array[]) =>
    (await library.search().windows(add(), query, like)).map(({ band }) => band);

  test('every window, in order, up to the end of the file; the best is as sure as the hit', async () => {
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

  test('words and a sound are both met; a minus term takes its windows away; filters count for nothing', async () => {
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

  test('without words or a sound there is none; a file that is not there is said', async () => {
    const fileId = add();
    const search = library.search();
    for (const text of ['', 'dur:<30', '-rain']) expect(await search.windows(fileId, { text })).toEqual([]);
    expect(await codeOf(search.windows(99_999, { text: 'dog' }))).toBe('file-missing');
    expect(await codeOf(search.windows(fileId, { text: 'dog dur:x' }))).toBe('bad-input');
  });
});

describe('what words leave out', () => {
  test('is left out, said, and a field of the answer', async () => {
    library.add(
      ...backdrop(20),
      { path: 'dog.wav', windows: [{ dog: 1 }] },
      { path: 'dog in rain.wav', windows: [{ dog: 1, rain: 0.9 }] },
    );
    const { hits, minus, notices, query } = await run('dog without rain');
    expect(names(hits)).toEqual(['dog.wav']);
    expect([minus, query.text]).toEqual([['rain'], 'dog']);
    expect(notices).toEqual([expect.stringContaining('Left out: “rain”.')]);
    expect((await run('dog')).notices).toEqual([]);
    expect(await codeOf(run('no traffic'))).toBe('bad-input');
  });

  test('quoted words stand together in a name, or the name says nothing', async () => {
    library.add(...backdrop(20), { path: 'glass door slam.wav', windows: [{ wind: 1 }] }, { path: 'slam the door.wav', windows: [{ wind: 1 }] }); // prettier-ignore
    expect(names((await run('"door slam"')).hits)).toEqual(['glass door slam.wav']);
    expect(names((await run('door slam')).hits).sort()).toEqual(['glass door slam.wav', 'slam the door.wav']);
  });

  test('a very long description is cut, which is said', async () => {
    library.add(...backdrop(20), { path: 'dog.wav', windows: [{ dog: 1 }] });
    const { notices, query } = await run(`dog ${'barks loudly '.repeat(400)}`);
    expect(query.text!.split(' ').length).toBeLessThanOrEqual(40);
    expect(notices).toEqual([expect.stringMatching(/only its first \d+ words count/)]);
    expect((await run('水'.repeat(2000))).notices[0]).toMatch(/only its first 300 characters count/);
  });
});
