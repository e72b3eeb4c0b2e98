/** Back and forward: addresses of searches, what is a step of its own, and the searches asked lately. */
import { expect, test } from 'vitest';
import { addressOf, placeOf, type Asked } from '../../src/renderer/query/address.ts';
import { continues, nameOfSearch, withRecent } from '../../src/renderer/query/recent.ts';

const BY_RELEVANCE = { by: 'relevance', descending: false } as const;

test.each<[string, Asked]>([
  ['#/search', { query: {}, order: BY_RELEVANCE }],
  ['#/search?q=heavy+door+dur%3A%3C4', { query: { text: 'heavy door dur:<4' }, order: BY_RELEVANCE }],
  ['#/search?like=C%3A%5CSounds%5CB%C3%A4r+%26+co.wav&from=1.5&sort=-duration', { query: { likePath: 'C:\\Sounds\\Bär & co.wav', likeStartSeconds: 1.5 }, order: { by: 'duration', descending: true } }], // prettier-ignore
  ['#/search?q=rain&like=%2Ftake.wav&from=12&to=14.5&also=%2Fb%23t.wav&also=%2Fc.wav%23t%3D1%2C2&unlike=%2Fd.wav%23t%3D3&balance=0.3', { query: { text: 'rain', likePath: '/take.wav', likeStartSeconds: 12, likeEndSeconds: 14.5, alsoLike: [{ path: '/b#t.wav' }, { path: '/c.wav', startSeconds: 1, endSeconds: 2 }], unlike: [{ path: '/d.wav', startSeconds: 3 }], balance: 0.3 }, order: BY_RELEVANCE }], // prettier-ignore
  ['#/search?like=%2Ftake.wav&from=12&in=file', { query: { likePath: '/take.wav', likeStartSeconds: 12, inSameFile: true }, order: BY_RELEVANCE }], // prettier-ignore
  ['#/search?q=%23%3F%26&collection=3', { query: { text: '#?&', filters: { collectionId: 3, includeOffline: true } }, order: BY_RELEVANCE }], // prettier-ignore
  ['#/search?favourites=&sort=name', { query: { filters: { favourite: true, includeOffline: true } }, order: { by: 'name', descending: false } }], // prettier-ignore
])('%s, there and back', (address, asked) => {
  expect(addressOf('search', asked)).toBe(address);
  const nothing = address === '#/search' ? null : asked;
  expect(placeOf(address)).toEqual({ screen: 'search', asked: nothing });
});

test('an address of another screen says nothing of the search', () => {
  expect(addressOf('map', { query: { text: 'door' }, order: BY_RELEVANCE })).toBe('#/map');
  expect(placeOf('#/map?q=door')).toEqual({ screen: 'map', asked: null });
});

test('what is no place is left alone: the key of a page that is opened anew, and what nobody knows', () => {
  for (const hash of ['', '#', '#q=door', '#Zk3_x-Aa0', '#Zk3/search?q=door', '#/nowhere'])
    expect(placeOf(hash)).toBeNull();
  const odd = placeOf('#/search?q=a&sort=-colour&from=x&collection=-1&like=&more=1');
  expect(odd?.asked).toEqual({ query: { text: 'a' }, order: BY_RELEVANCE });
});

test('extending or shortening the text is the same search; clearing it, or another reference file, is not', () => {
  expect(continues({ text: 'do' }, { text: 'door' })).toBe(true);
  expect(continues({ text: 'door slam' }, { text: 'door' })).toBe(true);
  expect(continues({ text: 'door' }, { text: 'rain' })).toBe(false);
  expect(continues({ text: 'a', likePath: '/a' }, { text: 'a', likePath: '/a', balance: 0.3 })).toBe(true);
  expect(continues({}, { text: 'd' })).toBe(false);
  expect(continues({ text: 'd' }, {})).toBe(false);
  expect(continues({ text: 'door' }, { text: 'doors', likePath: '/a.wav' })).toBe(false);
});

test('searches asked lately: newest first, each once, what was typed on instead of its beginning', () => {
  const after = (...texts: string[]) => texts.reduce<{ text: string }[]>((all, text) => withRecent(all, { text }, null) as { text: string }[], []); // prettier-ignore
  expect(after('a', 'b', 'a').map(({ text }) => text)).toEqual(['a', 'b']);
  expect(withRecent([{ text: 'do' }, { text: 'rain' }], { text: 'door' }, { text: 'do' })).toEqual([{ text: 'door' }, { text: 'rain' }]); // prettier-ignore
  expect(withRecent([{ text: 'rain' }], { text: 'door' }, { text: 'forgotten' })).toEqual([{ text: 'door' }, { text: 'rain' }]); // prettier-ignore
  expect(withRecent([{ text: 'rain' }], { filters: { favourite: true } }, null)).toEqual([{ text: 'rain' }]);
  expect(after(...Array.from({ length: 30 }, (_, at) => String(at)))).toHaveLength(20);
  expect(nameOfSearch({ text: 'wet', likePath: '/x/rain.wav' })).toBe('like rain.wav wet');
  const several = { likePath: '/a.wav', alsoLike: [{ path: '/b.wav' }], unlike: [{ path: '/c.wav' }] };
  expect(nameOfSearch(several)).toBe('like a.wav + b.wav unlike c.wav');
});
