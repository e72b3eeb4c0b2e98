import { expect, test } from 'vitest';
import { completions } from '../../src/renderer/query/completion.ts';
import { shownSearch } from '../../src/renderer/query/shown-search.ts';
import { arrange } from '../../src/renderer/query/order.ts';
import { chips, withoutUnfinishedFilters, withoutToken } from '../../src/renderer/query/chips.ts';
import { parseQuery } from '../../src/main/search/parse-query.ts';
import { tokens } from '../../src/shared/query/tokens.ts';
import type { SearchHit } from '../../src/shared/types.ts';

const NAMES = { folders: ['/Sounds/My doors', '/Sounds/rain'], collections: ['night shift'] };

test.each([
  ['heavy door -squeak dur:<4 fmt:wav,flac', ['not “squeak”', 'shorter than 4 s', 'WAV or FLAC']],
  ['dur:>=4 dur:<=9.5', ['4 s or longer', 'up to 9.5 s']],
  ['dur:>1.5 ch:2 sr:48k', ['longer than 1.5 s', 'stereo', '48 kHz']],
  ['dur:2-10 ch:mono sr:44100', ['2 to 10 s', 'mono', '44.1 kHz']],
  ['dur:3 in:"/Sounds/My doors" tag:"sci fi"', ['about 3 s', 'in /Sounds/My doors', 'tag “sci fi”']],
  ['fav: stars:>=3 col:"night shift"', ['favourites', '3 stars or more', 'collection “night shift”']],
  ['rain dur:soon', ['duration “soon”']],
  ['-"heavy rain" dur:1m30', ['not “heavy rain”', 'about 1:30']],
  ['lo-fi drum - 3:45 re:verb', []],
])('chips of %s', (text, labels) => {
  expect(chips(text).map(({ label }) => label)).toEqual(labels);
});

test('tokens stand where they say, also behind quotes that were never closed', () => {
  const text = '  rain in:"my do';
  expect(tokens(text).map(({ from, to }) => text.slice(from, to))).toEqual(['rain', 'in:"my do']);
  expect(tokens(text)[1]).toMatchObject({ kind: 'filter', key: 'in', value: 'my do' });
});

test('a chip taken out leaves the rest as it was typed', () => {
  const text = 'heavy  door dur:<4 slam';
  const [chip] = chips(text);
  expect(withoutToken(text, chip!.token)).toBe('heavy  door slam');
  expect(withoutToken('dur:<4 slam', chips('dur:<4 slam')[0]!.token)).toBe('slam');
  expect(withoutToken('slam dur:<4', chips('slam dur:<4')[0]!.token)).toBe('slam');
});

test('half a filter is not sent; fav: is whole without a value', () => {
  expect(withoutUnfinishedFilters('rain dur: fmt:')).toBe('rain');
  expect(withoutUnfinishedFilters('rain fav:')).toBe('rain fav:');
  expect(withoutUnfinishedFilters('tag:""')).toBe('');
});

// Whatever is typed key by key is searched without complaint at each key: what the engine would refuse is left out.
test.each([
  'dur:<3',
  'dur:>=1.5',
  'dur:2-9',
  'dur:1:30',
  'dur:1m30',
  'fmt:wav,flac',
  'fmt:aif',
  'ch:stereo',
  'ch:5.1',
  'ch:6',
  'sr:44.1khz',
  'sr:22050Hz',
  'added:>=2w',
  'clipped:no',
  'stars:>=3',
  'fav:no',
  'is:favourite',
])('no key of %s is refused on the way', (filter) => {
  for (let typed = 1; typed <= filter.length; typed++) {
    expect(() => parseQuery(withoutUnfinishedFilters(`rain ${filter.slice(0, typed)}`))).not.toThrow();
  }
  expect(withoutUnfinishedFilters(`rain ${filter}`)).toBe(`rain ${filter}`);
});

// The engine reads the same text: whatever is a filter or a minus there must be a chip here, and nothing else.
test.each([
  'rain -thunder dur:<3 fmt:wav ch:2 sr:48000 in:"My doors" tag:x',
  '-“heavy rain” is:favourite stars:4 col:night',
  'a:b 3:45 -- - lo-fi fmt:MP3',
])('the field and the engine agree on %s', (text) => {
  const { text: words, minus, filters, collection } = parseQuery(text);
  const found = tokens(text);
  expect(
    found
      .filter(({ kind }) => kind === 'word')
      .map(({ value }) => value)
      .join(' '),
  ).toBe(words);
  expect(found.filter(({ kind }) => kind === 'minus').map(({ value }) => value)).toEqual(minus);
  const named: unknown[] = [...(Object.values(filters) as unknown[]), collection].filter(
    (value) => value !== undefined,
  );
  expect(found.filter(({ kind }) => kind === 'filter')).toHaveLength(named.length);
});

test.each([
  ['ra', []],
  ['du', ['dur:', 'dup:']],
  ['rain st', ['stars:']],
  ['fmt:w', ['fmt:wav', 'fmt:w64', 'fmt:wma']],
  ['fmt:wav,fl', ['fmt:wav,flac']],
  ['fmt:wav', []],
  ['in:"/Sounds/M', ['in:"/Sounds/My doors"']],
  ['col:n', ['col:"night shift"']],
  ['-fm', []],
])('what is offered behind %s', (text, offered) => {
  expect(completions(text, text.length, NAMES).map((offer) => offer.text)).toEqual(offered);
});

test('a completion takes the place of its token, not of its neighbours', () => {
  const text = 'rain ch:st thunder';
  const [offer] = completions(text, 'rain ch:st'.length, NAMES);
  expect(text.slice(0, offer!.from) + offer!.text + text.slice(offer!.to)).toBe('rain ch:stereo thunder');
});

test('a saved search is shown as text, except for the list it searches in', () => {
  expect(shownSearch({ text: 'rain dur:<3' })).toEqual({ text: 'rain dur:<3', list: null });
  expect(shownSearch({ text: 'rain', filters: { collectionId: 3, includeOffline: true } })).toEqual({
    text: 'rain',
    list: { collectionId: 3 },
  });
  // What no file can pass is shown as it was kept, not as text that is refused.
  expect(shownSearch({ text: 'dog', filters: { minSeconds: 5, maxSeconds: 3 } }).text).toBe('dur:>=5 dur:<=3 dog');
  expect(shownSearch({ filters: { favourite: true } })).toEqual({ text: '', list: { favourite: true } });
  // As another program may have kept it.
  expect(
    shownSearch({ text: 'rain', filters: { favourite: false, minStars: 3, formats: ['wav'], tags: ['a b'] } }),
  ).toEqual({
    text: 'fmt:wav tag:"a b" fav:no stars:>=3 rain',
    list: null,
  });
});

const hit = (fileId: number, path: string, durationSeconds: number): SearchHit => ({
  fileId,
  path,
  durationSeconds,
  score: 1 / fileId,
  startSeconds: 0,
  endSeconds: 1,
  band: 'likely',
  why: [],
  format: 'wav',
  offline: false,
});

test('hits sorted by name as people count, by folder, by length', () => {
  const hits = [hit(1, '/b/door 10.wav', 3), hit(2, '/a/door 9.wav', 1), hit(3, '/b/Door 2.wav', 2)];
  const order = (by: 'name' | 'folder' | 'duration' | 'relevance', descending = false) =>
    arrange(hits, new Map(), { by, descending }).map(({ fileId }) => fileId);
  expect(order('relevance')).toEqual([1, 2, 3]);
  expect(order('name')).toEqual([3, 2, 1]);
  expect(order('name', true)).toEqual([1, 2, 3]);
  expect(order('folder')).toEqual([2, 3, 1]);
  expect(order('duration', true)).toEqual([1, 3, 2]);
  // Without their rows nobody knows their loudness: they keep their order.
  expect(arrange(hits, new Map(), { by: 'loudness', descending: true }).map(({ fileId }) => fileId)).toEqual([1, 2, 3]);
});
