import { expect, test } from 'vitest';
import { parseQuery } from '../../src/main/search/parse-query.ts';
import { chips } from '../../src/renderer/query/chips.ts';
import { completions } from '../../src/renderer/query/completion.ts';
import { FILTER_KEYS, type FilterKey } from '../../src/shared/query/filters.ts';
import { filterToken, tokens } from '../../src/shared/query/tokens.ts';
import { accepts, describeValue, filterOf, filterText, unknownFilters } from '../../src/shared/query/values.ts';

const NAMES = {
  folders: ['/Sounds/My doors', '/Sounds/rain', '/12" mixes/B side'],
  collections: ['night shift', 'mixes of 12"'],
};
const SEED = 20261129;

/** Park and Miller's generator: the same numbers each time. @returns 0 ≤ x < 1 */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Every value that stands somewhere in the registry. */
function valuesOf(key: FilterKey): string[] {
  const { help, refusal, offers, words = [] } = filterOf(key);
  const written = [help.example, ...refusal.forms.map((form) => `${key}:${form}`)].map(
    (text) => tokens(text)[0]!.value,
  );
  return [...new Set([...written, ...words, ...(offers?.(NAMES) ?? []).map(([value]) => value)])];
}

test.each(FILTER_KEYS)('the example of %s is one filter to the engine and one chip', (key) => {
  const { example } = filterOf(key).help;
  const { text, filters, collection } = parseQuery(example);
  expect(text).toBe('');
  expect(Object.keys(filters).length > 0 || collection !== undefined).toBe(true);
  expect(chips(example).map(({ token }) => token.key)).toEqual([key]);
});

test.each(FILTER_KEYS)('what is shown, offered and advised of %s is understood', (key) => {
  for (const value of valuesOf(key)) expect(accepts(key, value), value).toBe(true);
});

test.each(FILTER_KEYS)('a value of %s that is written says what was read', (key) => {
  const random = numbers(SEED);
  const digits = () => String(Math.floor(random() * 10 ** Math.floor(1 + random() * 6)));
  const values = valuesOf(key);
  const varied = Array.from({ length: 500 }, (_, at) => values[at % values.length]!.replace(/\d+/g, digits));
  for (const value of [...values, ...varied].filter((one) => accepts(key, one))) {
    const { text, minus, ...read } = parseQuery(filterToken(key, value) ?? '');
    const written = filterText({
      ...read.filters,
      ...(read.collection !== undefined && { collection: read.collection }),
    });
    expect(parseQuery(written), `${value} → ${written}, seed ${SEED}`).toEqual({ text, minus, ...read });
    expect(describeValue(key, value)).not.toMatch(/undefined|NaN/);
  }
});

test.each(FILTER_KEYS)('what is offered behind %s: is one filter that is understood', (key) => {
  const offers = completions(`${key}:`, key.length + 1, NAMES);
  expect(offers).toHaveLength(
    filterOf(key)
      .offers?.(NAMES)
      .filter(([value]) => !value.includes('"')).length ?? 0,
  );
  for (const { text } of offers) {
    expect(tokens(text).map((token) => [token.key, accepts(key, token.value)])).toEqual([[key, true]]);
  }
});

test('all filters at once are written as they were read', () => {
  const { filters, collection } = parseQuery(
    'dur:1m30-2m fmt:wav,flac ch:6 sr:44.1k in:"/My Sounds" tag:"sci fi" tag:laser fav:no stars:4 col:"Night train"',
  );
  const written = filterText({ ...filters, collection: collection! });
  expect(written).toBe(
    'dur:90-120 fmt:wav,flac ch:6 sr:44100 in:"/My Sounds" tag:"sci fi" tag:laser fav:no stars:>=4 col:"Night train"',
  );
  expect(parseQuery(written)).toMatchObject({ filters, collection });
  expect(filterText({ folder: 'a "b" c', tags: ['x'] })).toBe('tag:x');
});

// A chip must not promise what the engine refuses.
test.each([
  ['fav:false', 'favourite “false”'],
  ['fmt:xyz', 'format “xyz”'],
  ['fmt:wav,xyz', 'format “wav,xyz”'],
  ['sr:fast', 'sample rate “fast”'],
  ['ch:0', 'channels “0”'],
  ['stars:>5', 'stars “>5”'],
  ['stars:0', 'stars “0”'],
  ['dur:<3x', 'duration “<3x”'],
  ['dur:10-2', 'duration “10-2”'],
  ['is:loud', 'is “loud”'],
])('the chip of %s, which is refused', (text, label) => {
  expect(() => parseQuery(text)).toThrow();
  expect(chips(text).map((chip) => chip.label)).toEqual([label]);
});

test.each([
  ['fmt:aif', 'AIFF'],
  ['dur:-10', 'up to 10 s'],
  ['dur:2-', '2 s or longer'],
  ['dur:<500ms', 'shorter than 0.5 s'],
  ['dur:>5m', 'longer than 5:00'],
  ['dur:50-90', '50 s to 1:30'],
  ['ch:Quad', 'quad'],
  ['ch:6', '6 channels'],
  ['is:fav', 'favourites'],
  ['stars:5', '5 stars'],
  ['clipped:', 'clipped'],
  ['clipped:no', 'not clipped'],
  ['dup:near', 'near-duplicates'],
  ['dup:yes', 'duplicates and near-duplicates'],
  ['issue:mono,silent', 'mono as stereo or silent'],
  ['added:<1d', 'added in the last day'],
  ['added:2w', 'added in the last 14 days'],
  ['added:>1', 'added more than 1 day ago'],
  ['-fmt:wav', 'not “fmt:wav”'],
])('the chip of %s', (text, label) => {
  expect(chips(text).map((chip) => chip.label)).toEqual([label]);
});

test('a word in the form of a filter that is none is reported, with the most similar filter', () => {
  const text = 'door foo:bar -format:wav Duration:3 rate:48k re:verb 3:45 http://x.y note: "a:b" C:\\x fmt:wav col:';
  expect(unknownFilters(text)).toEqual([
    { written: 'foo:bar', key: 'foo', meant: null },
    { written: 'format:wav', key: 'format', meant: 'fmt:wav' },
    { written: 'Duration:3', key: 'Duration', meant: 'dur:3' },
    { written: 'rate:48k', key: 'rate', meant: 'sr:48k' },
    { written: 're:verb', key: 're', meant: null },
  ]);
});
