/** Two models that answer together: order, files that one of them has not analysed, places, timelines, reasons, refusals. */
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/shared/errors.ts';
import type { SearchQuery } from '../../src/shared/types.ts';
import { withCompany, withNotice, type SecondModelAccess } from '../../src/main/search/beside.ts';
import { combined, combinedWindows } from '../../src/main/search/combine.ts';
import { NO_REFERENCES } from '../../src/main/search/reference-windows.ts';
import type { Search } from '../../src/main/search/search.ts';
import { codeOf, library, libraryForEach, names } from './searching.ts';
import { backdrop, embeddingOf, type Mixture } from './sound-library.ts';

libraryForEach();

const DOG: Mixture[] = [{ dog: 1 }];
const ALL: SearchQuery = { text: 'dog', includeUnlikely: true };
const together = (second: Search, query: SearchQuery, like: Mixture[] = []) => {
  const references = { like: like.map((mixture) => [embeddingOf(mixture)]), unlike: [] };
  return library.search().run(query, references, undefined, { search: second, references });
};
const alone = (search: Search, query: SearchQuery) => search.run(query, NO_REFERENCES);
const scores = (hits: readonly { path: string; score: number }[]) =>
  new Map(hits.map(({ path, score }) => [path.replace('/sounds/', ''), score]));

describe('one opinion of two', () => {
  test('is their mean; who has none does not count', () => {
    expect(combined([0.9, 0.3])).toBeCloseTo(0.6, 12);
    expect(combined([null, 0.3])).toBe(0.3);
    expect(combined([0, 0.5])).toBe(0.25);
    expect(combined([null, null])).toBeNull();
  });

  test('of timelines keeps the windows of the model in use', () => {
    const part = (startSeconds: number, endSeconds: number, relevance: number) => ({ startSeconds, endSeconds, relevance, band: 'maybe' as const }); // prettier-ignore
    const own = [part(0, 5, 0.2), part(5, 10, 0.8), part(10, 12, 0.4)];
    // Short ones within a long one: the best of them. One that only touches a window is not about it.
    const short = [part(0, 2, 0.1), part(2, 4, 0.6), part(4, 6, 0.9), part(6, 8, 0)];
    expect(
      combinedWindows(own, short).map(({ startSeconds, relevance, band }) => [startSeconds, relevance, band]),
    ).toEqual([
      [0, expect.closeTo(0.55, 9), 'likely'],
      [5, expect.closeTo(0.85, 9), 'strong'],
      [10, 0.4, 'maybe'],
    ]);
    const long = [part(0, 10, 0.4), part(2, 12, 0.6)];
    expect(combinedWindows(own, long).map(({ relevance }) => relevance)).toEqual([
      expect.closeTo(0.4, 9),
      expect.closeTo(0.7, 9),
      expect.closeTo(0.5, 9),
    ]);
    expect(combinedWindows([], short)).toBe(short);
    expect(combinedWindows(own, [])).toBe(own);
  });
});

describe('results of two models', () => {
  test('what both find precedes what one of them finds', async () => {
    library.add(
      ...backdrop(20),
      { path: 'b.wav', windows: [{ dog: 1, rain: 0.6 }] },
      { path: 'first.wav', windows: DOG },
      { path: 'second.wav', windows: [{ wind: 1 }] },
    );
    const second = library.second({
      'b.wav': [{ dog: 1, rain: 0.6 }],
      'first.wav': [{ wind: 1 }],
      'second.wav': DOG,
    });
    const { hits, model, alsoModel } = await together(second, ALL);
    expect(names(hits)[0]).toBe('b.wav');
    expect(names(hits).slice(1, 3).sort()).toEqual(['first.wav', 'second.wav']);
    expect([model, alsoModel]).toEqual(['tiny', 'second']);
    const [one, other] = [await alone(library.search(), ALL), await alone(second, ALL)].map(({ hits: own }) =>
      scores(own),
    );
    for (const name of ['b.wav', 'first.wav', 'second.wav']) {
      expect(scores(hits).get(name)).toBeCloseTo((one!.get(name)! + other!.get(name)!) / 2, 9);
    }
    expect((await alone(library.search(), ALL)).alsoModel).toBeUndefined();
  });

  test('a file that one model has not analysed counts by the other alone; equals by path', async () => {
    library.add(
      ...backdrop(20),
      { path: 'only first.wav', windows: DOG },
      { path: 'only second.wav', windows: [] },
      { path: 'dog, silent b.wav', windows: [] },
      { path: 'dog, silent a.wav', windows: [] },
    );
    const second = library.second({ 'only second.wav': DOG });
    const { hits, notices } = await together(second, { text: 'dog' });
    expect(names(hits).slice(0, 2).sort()).toEqual(['only first.wav', 'only second.wav']);
    expect(names(hits).slice(2)).toEqual(['dog, silent a.wav', 'dog, silent b.wav']);
    expect(scores(hits).get('only first.wav')).toBeCloseTo(
      scores((await alone(library.search(), ALL)).hits).get('only first.wav')!,
      9,
    );
    expect(scores(hits).get('only second.wav')).toBeCloseTo(
      scores((await alone(second, ALL)).hits).get('only second.wav')!,
      9,
    );
    const { why } = hits.find(({ path }) => path.endsWith('only second.wav'))!;
    const cosine = expect.closeTo(1, 3) as number;
    expect(why).toEqual([
      { kind: 'sound', cosine, byModel: [{ model: 'second', cosine }], text: 'sounds like it (second 1.00)' },
    ]);
    expect(notices).toEqual([
      '23 of 24 files have not been analysed with “second”, so “tiny” alone ranks them. Analyse them: earmark --model second index.',
    ]);
  });

  test('the first of many are those of few, and filters hold for both', async () => {
    const more = Array.from({ length: 30 }, (_, at) => ({
      path: `dogs/${String(at).padStart(2, '0')}.${at % 2 ? 'wav' : 'flac'}`,
      format: at % 2 ? ('wav' as const) : ('flac' as const),
      windows: [{ dog: 1, rain: at / 20 }],
    }));
    library.add(...backdrop(20), ...more);
    // In the opposite order.
    const second = library.second(
      Object.fromEntries(more.map(({ path }, at) => [path, [{ dog: 1, rain: (30 - at) / 20 }]])),
    );
    const whole = names((await together(second, { ...ALL, limit: 100 })).hits);
    expect(whole).toHaveLength(50);
    for (const limit of [1, 7, 29]) {
      expect(names((await together(second, { ...ALL, limit })).hits)).toEqual(whole.slice(0, limit));
    }
    const flac = names((await together(second, { ...ALL, filters: { formats: ['flac'] } })).hits);
    expect(flac).toEqual(whole.filter((name) => name.endsWith('.flac')));
    const byFilter = await together(second, { text: 'fmt:flac', limit: 5 });
    expect(byFilter.hits.map(({ score }) => score)).toEqual([1, 1, 1, 1, 1]);
  });

  test('minus terms, the place of the surer one, and a sound as the query', async () => {
    library.add(
      ...backdrop(20),
      { path: 'take.wav', windows: [{ dog: 1, rain: 1.2 }, { wind: 1 }, { wind: 1 }] },
      { path: 'wet dog.wav', windows: DOG },
    );
    const second = library.second({
      'take.wav': [{ wind: 1 }, { wind: 1 }, { dog: 1 }],
      'wet dog.wav': [{ dog: 1, rain: 1 }],
    });
    const { hits } = await together(second, ALL);
    expect(hits.find(({ path }) => path.endsWith('take.wav'))).toMatchObject({ startSeconds: 10, endSeconds: 15 });
    expect(hits[0]!.why[0]!.text).toMatch(/^sounds like it \(tiny \d\.\d\d, second \d\.\d\d\)$/u);

    // Only the second model has found rain in it, half of which counts.
    const scoreOf = async (query: SearchQuery, beside: Search) => scores((await together(beside, query)).hits).get('wet dog.wav')!; // prettier-ignore
    const minus = { ...ALL, text: 'dog -rain' };
    expect(await scoreOf(minus, second)).toBeLessThan(await scoreOf(ALL, second));
    expect(await scoreOf(minus, second)).toBeGreaterThan(scores((await alone(second, minus)).hits).get('wet dog.wav')!);

    const like = await together(second, { likePath: '/elsewhere/dog.wav', includeUnlikely: true }, [{ dog: 1 }]);
    expect(names(like.hits).slice(0, 2).sort()).toEqual(['take.wav', 'wet dog.wav']);
  });

  test('variants are one row where only the second model has analysed them', async () => {
    library.add(...backdrop(5), { path: 'bark 1.wav', windows: [] }, { path: 'bark 2.wav', windows: [] });
    const second = library.second({ 'bark 1.wav': DOG, 'bark 2.wav': DOG });
    const { hits } = await together(second, { text: 'dog', grouped: true });
    expect(hits.map(({ group }) => group?.variants)).toEqual([1]);
  });

  test('words that one model does not know are left to the other', async () => {
    library.add(...backdrop(20), { path: 'a.wav', windows: [{ wind: 1 }] });
    const second = library.second({ 'a.wav': DOG });
    const first = library.search({ isKnown: () => false });
    const beside = { search: second, references: NO_REFERENCES };
    const { hits, notices } = await first.run({ text: 'dog' }, NO_REFERENCES, undefined, beside);
    expect(names(hits)).toEqual(['a.wav']);
    expect(notices[0]).toBe('The model “tiny” does not know “dog”, so only “second” searches by sound.');
    const neither = library.second({}, { isKnown: () => false });
    const none = await first.run({ text: 'dog' }, NO_REFERENCES, undefined, { ...beside, search: neither });
    expect(none.notices[0]).toContain('The models “tiny” and “second” do not know “dog”');
  });

  test('timeline and matches are of both', async () => {
    library.add(
      ...backdrop(20),
      { path: 'take.wav', windows: [{ dog: 1 }, { wind: 1 }] },
      { path: 'new.wav', windows: [] },
    );
    const second = library.second({ 'take.wav': [{ wind: 1 }, { wind: 1 }], 'new.wav': DOG });
    const beside = { search: second, references: NO_REFERENCES };
    const id = library.id('take.wav');
    const own = await library.search().windows(id, ALL);
    const others = await second.windows(id, ALL);
    const both = await library.search().windows(id, ALL, NO_REFERENCES, beside);
    expect(both.map(({ relevance }) => relevance)).toEqual(
      own.map(({ relevance }, at) => expect.closeTo((relevance + others[at]!.relevance) / 2, 9) as number),
    );
    const ids = [id, library.id('new.wav')];
    const matches = await library.search().matches(ids, ALL, NO_REFERENCES, undefined, beside);
    expect(matches.map(({ matches: found }) => found.map(({ startSeconds }) => startSeconds))).toEqual([[0], [0]]);
  });
});

describe('the second model of a query', () => {
  const access = (search: Search | UserError, alsoModel: string | null): SecondModelAccess => ({
    alsoModel,
    withSecondModel: (wanted, work) => {
      if (search instanceof UserError) return Promise.reject(search);
      const model = { pack: () => Promise.resolve({ id: wanted }), search: () => Promise.resolve(search) };
      return work({ model } as never);
    },
  });
  const company = (query: SearchQuery, second: Search | UserError, setting: string | null = null) =>
    withCompany(query, library.search(), library.catalogue, access(second, setting), (found) => Promise.resolve(found));
  const missing = new UserError('model-missing', 'There is no model “gone”.');

  test('is the one it names, else that of the settings; null is none', async () => {
    library.add({ path: 'a.wav', windows: DOG });
    const second = library.second({ 'a.wav': DOG });
    expect((await company({ alsoModel: 'second' }, second)).beside?.search).toBe(second);
    expect((await company({}, second, 'second')).beside?.search).toBe(second);
    expect(await company({ alsoModel: null }, second, 'second')).toEqual({ beside: null, notice: null });
    expect(await company({}, second)).toEqual({ beside: null, notice: null });
  });

  test('is refused by name, and left out with a notice where the settings name it', async () => {
    library.add({ path: 'a.wav', windows: DOG });
    const empty = library.second({});
    expect(await codeOf(company({ alsoModel: 'gone' }, missing))).toBe('model-missing');
    expect(await codeOf(company({ alsoModel: 'second' }, empty))).toBe('nothing-indexed');
    expect(await codeOf(company({ alsoModel: 'tiny' }, empty))).toBe('bad-input');
    expect(await company({}, missing, 'gone')).toEqual({
      beside: null,
      notice: 'Searched with “tiny” alone. There is no model “gone”.',
    });
    const left = await company({}, empty, 'second');
    expect(left.notice).toBe(
      'Searched with “tiny” alone. “second” has not analysed any file of this library. Analyse it first (earmark --model second index), or search with one model.',
    );
    expect(await company({}, empty, 'tiny')).toEqual({ beside: null, notice: null });
    expect(withNotice(await alone(library.search(), ALL), left).notices[0]).toBe(left.notice);
  });

  test('an error of the search itself is no reason to search again', async () => {
    library.add({ path: 'a.wav', windows: DOG });
    const second = library.second({ 'a.wav': DOG });
    let asked = 0;
    const work = () => {
      asked++;
      return Promise.reject(new UserError('nothing-indexed', 'Nothing.'));
    };
    const failed = withCompany({}, library.search(), library.catalogue, access(second, 'second'), work);
    expect(await codeOf(failed)).toBe('nothing-indexed');
    expect(asked).toBe(1);
  });
});
