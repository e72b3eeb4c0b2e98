import { expect, test } from 'vitest';
import { catIdsOf, checkNameParts, numbered, parseUcsName, ucsBase } from '../../src/main/export/ucs-name.ts';

const catIds = catIdsOf(['DOORWood', 'DOORMetl', 'WIND', 'AIRHiss']);
const name = (base: string, accepted = ['DOORWood'], given = {}) => ucsBase(base, accepted, catIds, given);

test.each([
  ['slam', 'DOORWood_slam'],
  ['door_wood__SLAM-03 ', 'DOORWood_door wood SLAM-03'],
  ['  take: 1/2 <loud> "x"?*|.', "DOORWood_take- 1-2 (loud) 'x' -"],
  ['tab\there', 'DOORWood_tab here'],
  ['._-. ', 'DOORWood_Untitled'],
  ['übung 東京', 'DOORWood_übung 東京'],
  ['door', 'DOORWood_door'],
  ['doorwood', 'DOORWood_doorwood'], // a word alone is a name, not a CatID
  ['DOORWood', 'DOORWood_Untitled'],
  ['WIND-howling', 'DOORWood_howling'], // its own CatID, which the accepted one takes the place of
  ['DOORWood slam heavy_03', 'DOORWood_slam heavy 03'],
  ['DOORWood-slam', 'DOORWood_slam'],
  ['slam_DOORWood_03', 'DOORWood_slam 03'],
  ['DOORWood DOORWood slam', 'DOORWood_slam'],
])('“%s” becomes “%s”', (base, expected) => expect(name(base)).toBe(expected));

test.each([
  ['DOORWood_Slam Heavy_ABC_NONE', 'DOORWood_Slam Heavy_ABC_NONE'], // as it should be
  ['doorwood_Slam_ABC', 'DOORWood_Slam_ABC'], // only the case is wrong
  ['DOORMetl_Slam_ABC_LIB_take 3_x', 'DOORWood_Slam_ABC_LIB_take 3_x'], // accepted says wood
  ['DOORWood-INTR_Slam', 'DOORWood-INTR_Slam'],
  ['DOORWood_Slam: loud', 'DOORWood_Slam- loud'],
  ['DOORMISC_Slam', 'DOORWood_Slam'], // known by its category
  ['WIND_07', 'DOORWood_07'], // a CatID in capitals
  ['wind_07', 'DOORWood_wind 07'], // called after the wind
  ['DOORWood_DOORWood slam', 'DOORWood_slam'], // doubled by somebody
  ['DOORWood_doorwood slam_ABC', 'DOORWood_slam_ABC'],
])('the UCS name “%s” becomes “%s”', (base, expected) => expect(name(base)).toBe(expected));

test('a name is kept when its CatID is accepted at all, else the most probable is used', () => {
  expect(name('DOORMetl_Slam', ['DOORWood', 'DOORMetl'])).toBe('DOORMetl_Slam');
  expect(name('AIRHiss_Slam', ['DOORWood', 'DOORMetl'])).toBe('DOORWood_Slam');
});

test('creator and source are added, never put over what is there', () => {
  expect(name('slam', ['DOORWood'], { creatorId: 'ABC', sourceId: 'LIB' })).toBe('DOORWood_slam_ABC_LIB');
  expect(name('DOORWood_slam', ['DOORWood'], { creatorId: 'ABC' })).toBe('DOORWood_slam_ABC');
  expect(name('DOORWood_slam_XYZ', ['DOORWood'], { creatorId: 'ABC' })).toBe('DOORWood_slam_XYZ');
  expect(name('DOORWood_slam_XYZ', ['DOORWood'], { creatorId: 'ABC', sourceId: 'LIB' })).toBe('DOORWood_slam_XYZ_LIB');
  expect(name('DOORWood_slam__OLD_x', ['DOORWood'], { creatorId: 'ABC', sourceId: 'LIB' })).toBe('DOORWood_slam_ABC_OLD_x'); // prettier-ignore
  expect(name('DOORWood slam', ['DOORWood'], { creatorId: 'ABC' })).toBe('DOORWood_slam_ABC');
});

test('a name with a CatID needs no accepted tag to get what is missing; another has none to get', () => {
  expect(name('DOORMetl_slam', [], { creatorId: 'ABC', sourceId: 'LIB' })).toBe('DOORMetl_slam_ABC_LIB');
  expect(name('DOORMetl slam', [])).toBe('DOORMetl_slam');
  expect(name('slam', [])).toBeNull();
});

test.each([[{ creatorId: 'a_b' }], [{ creatorId: '' }], [{ creatorId: 'a:b' }], [{ sourceId: 'LIB' }]])(
  '%j cannot be part of a name',
  (parts) => expect(() => checkNameParts(parts)).toThrow(/part of a file name|needs a CreatorID/),
);

test('doing it again changes nothing', () => {
  for (const base of ['door_wood', 'a: b?', 'DOORMetl_x', 'x'.repeat(300), '東'.repeat(100), 'wind_07', '._-.']) {
    const once = name(base)!;
    expect(name(once)).toBe(once);
    expect(Buffer.byteLength(once)).toBeLessThanOrEqual(200);
  }
});

test('numbers stand at the FXName', () => {
  expect(numbered('DOORWood_Slam_ABC', 2)).toBe('DOORWood_Slam 02_ABC');
  expect(Buffer.byteLength(numbered(name('x'.repeat(300))!, 12))).toBeLessThanOrEqual(204);
  expect(parseUcsName('nothing', catIds)).toBeNull();
});
