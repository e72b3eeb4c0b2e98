import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NameLookup } from '../../src/main/search/name-evidence.ts';
import { contentWords, phraseExpression } from '../../src/main/text/query-words.ts';
import { ucsCodes } from '../../src/main/text/ucs-codes.ts';
import { SoundLibrary } from './sound-library.ts';

let library: SoundLibrary;
let names: NameLookup;
beforeEach(() => {
  const windows = [{ dog: 1 }];
  library = new SoundLibrary().add(
    { path: 'Doors/DOORWood_slam_03.wav', windows, tags: ['heavy', 'oak'] },
    { path: 'Doors/gate.wav', windows, tags: ['metal door'] },
    { path: 'Cars/old car door.wav', windows },
    { path: 'Cars/engine.wav', windows, tags: ['wood'] },
    ...Array.from({ length: 20 }, (_, at) => ({ path: `Heavy/heavy ${at}.wav`, windows })),
  );
  names = new NameLookup(library.catalogue.wordMatches);
});
afterEach(() => {
  library.close();
});

test.each<[string, string[]]>([
  ['the sound of a dog', ['dog']],
  ['Dog DOG dog', ['Dog']],
  ['a', ['a']], // nothing else is there
  ['the the', ['the']],
  ['dog_bark-03.wav', ['dog', 'bark', '03']],
  ['x y dog', ['dog']],
  ["dog's", ['dog']],
  ['тишина ночь', ['тишина', 'ночь']],
  ['犬', ['犬']],
  ['u\u0308ber', ['\u00fcber']],
  ['', []],
  ['?! 🔥 --', []],
  ['"; DROP', ['DROP']],
  [
    'one two three four five six seven eight nine ten eleven twelve thirteen',
    'one two three four five six seven eight nine ten eleven twelve'.split(' '),
  ],
])('content words of %j', (text, words) => {
  expect(contentWords(text)).toEqual(words);
});

test.each<[string, string | null]>([
  ['heavy rain', '"heavy rain"'],
  ['lo-fi', '"lo fi"'],
  ['a"b', '"a b"'],
  ['🔥', null],
  ['', null],
])('phrase of %j', (text, phrase) => {
  expect(phraseExpression(text)).toBe(phrase);
});

describe('words in names, folders and tags', () => {
  const evidence = (text: string, path: string) =>
    names.evidence(names.words(text), [library.id(path)]).get(library.id(path));

  test('are found by stem and whatever the case, each where it is', () => {
    expect(evidence('wooden woods slamming DOORS', 'Doors/DOORWood_slam_03.wav')).toMatchObject({
      name: ['woods', 'slamming', 'DOORS'],
      folder: ['DOORS'],
      tags: [],
    });
  });

  test('all in the name is everything; a tag and a folder are less', () => {
    expect(evidence('wood door slam', 'Doors/DOORWood_slam_03.wav')!.share).toBe(1);
    expect(evidence('doorwood', 'Doors/DOORWood_slam_03.wav')!.share).toBe(1);
    expect(evidence('oak', 'Doors/DOORWood_slam_03.wav')!.share).toBeCloseTo(0.8);
    expect(evidence('doors', 'Doors/gate.wav')!.share).toBeCloseTo(0.8); // tag beats folder
    expect(evidence('cars', 'Cars/engine.wav')!.share).toBe(0.5);
    expect(evidence('zebra', 'Cars/engine.wav')).toBeUndefined();
  });

  test('a rare word counts more than a common one, a word that nothing has counts a little', () => {
    const rare = evidence('heavy gate', 'Doors/gate.wav')!.share;
    const common = evidence('heavy gate', 'Heavy/heavy 3.wav')!.share;
    expect(rare).toBeGreaterThan(2 * common);
    const half = evidence('gate xylophone', 'Doors/gate.wav')!.share;
    expect(half).toBeGreaterThan(0.5);
    expect(half).toBeLessThan(0.8);
  });

  test('candidates: the fullest matches first, never more than asked for', () => {
    const paths = (text: string, limit: number) =>
      names.candidates(names.words(text), limit).map((id) => library.catalogue.files.byId(id)!.relativePath);
    expect(paths('heavy wood door', 50)[0]).toBe('Doors/DOORWood_slam_03.wav');
    expect(paths('heavy', 5)).toHaveLength(5);
    expect(paths('car door', 1)).toEqual(['Cars/old car door.wav']);
    expect(paths('zebra', 5)).toEqual([]);
    expect(paths('', 5)).toEqual([]);
    expect(new Set(paths('heavy old car wood door', 100)).size).toBe(paths('heavy old car wood door', 100).length);
  });

  test('phrases for minus terms leave folders aside', () => {
    const ids = ['Doors/DOORWood_slam_03.wav', 'Doors/gate.wav', 'Cars/engine.wav'].map((path) => library.id(path));
    expect([...names.calledLike(['doors', 'wood'], ids)]).toEqual([
      [ids[0], 'doors'],
      [ids[1], 'doors'],
      [ids[2], 'wood'],
    ]);
    expect(names.calledLike(['door metal'], ids).size).toBe(0);
    expect(names.calledLike(['🔥'], ids).size).toBe(0);
    expect(names.calledLike([], ids).size).toBe(0);
  });
});

test('a catalogue without files has no evidence', () => {
  const empty = new SoundLibrary();
  const lookup = new NameLookup(empty.catalogue.wordMatches);
  const words = lookup.words('dog');
  expect(lookup.candidates(words, 10)).toEqual([]);
  expect(lookup.evidence(words, [1]).size).toBe(0);
  empty.close();
});

describe('names as people write them', () => {
  const PATHS = [
    'jp/ドアが閉まる_金属.wav',
    'jp/ﾄﾞｱ_ﾉｯｸ.wav', // half width, the voicing mark apart
    'zh/关门声01.wav',
    'th/ฝนตกหนัก.wav',
    'th/ฟ้าร้อง.wav',
    'kr/문닫힘_쾅.wav',
    'hi/बारिश.wav',
    'en/ＲＡＩＮ_ｒｏｏｆ.wav',
    'bells/doorbell.wav',
    'bells/door bell old.wav',
    'bells/door-bell_03.wav',
    'bells/DoorBellRing.wav',
    'drums/TR808_Kick.wav',
    'ucs/WHSHShrt_fast_EM.wav',
    'ucs/AEROHeli_pass_EM.wav',
    'plain/carton.wav',
  ];
  let own: SoundLibrary;
  let lookup: NameLookup;
  beforeAll(() => {
    own = new SoundLibrary().add(...PATHS.map((path) => ({ path, windows: [{ dog: 1 }], tags: [] })), {
      path: 'tags/x.wav',
      windows: [{ dog: 1 }],
      tags: ['足音', 'CERMBreak'],
    });
    const codes = ucsCodes([
      { catId: 'WHSHShrt', category: 'WHOOSHES', subCategory: 'SHORT' },
      { catId: 'AEROHeli', category: 'AIRCRAFT', subCategory: 'HELICOPTER' },
    ]);
    lookup = new NameLookup(own.catalogue.wordMatches, codes);
  });
  afterAll(() => {
    own.close();
  });
  /** Files that have all words in their name, their tags or a folder. */
  const whole = (text: string): string[] => {
    const words = lookup.words(text);
    const all = [...PATHS, 'tags/x.wav'];
    const found = lookup.evidence(
      words,
      all.map((path) => own.id(path)),
    );
    return all.filter((path) => {
      const { name, tags, folder } = found.get(own.id(path)) ?? { name: [], tags: [], folder: [] };
      return words.every(({ word }) => [...name, ...tags, ...folder].includes(word));
    });
  };
  const bells = PATHS.filter((path) => path.startsWith('bells/'));

  test.each<[string, string[]]>([
    ['ドア', ['jp/ドアが閉まる_金属.wav', 'jp/ﾄﾞｱ_ﾉｯｸ.wav']],
    ['ﾄﾞｱ', ['jp/ドアが閉まる_金属.wav', 'jp/ﾄﾞｱ_ﾉｯｸ.wav']],
    ['ト\u3099ア', ['jp/ドアが閉まる_金属.wav', 'jp/ﾄﾞｱ_ﾉｯｸ.wav']], // the mark as a combining character
    ['金属のドア', ['jp/ドアが閉まる_金属.wav']],
    ['金', ['jp/ドアが閉まる_金属.wav']],
    ['アド', []],
    ['门', ['zh/关门声01.wav']],
    ['关门的声音', ['zh/关门声01.wav']],
    ['ฝน', ['th/ฝนตกหนัก.wav']],
    ['หนัก', ['th/ฝนตกหนัก.wav']],
    ['ฟ้าร้อง', ['th/ฟ้าร้อง.wav']],
    ['문', ['kr/문닫힘_쾅.wav']],
    ['बारिश', ['hi/बारिश.wav']],
    ['बरश', []], // without its vowels it is another word
    ['rain', ['en/ＲＡＩＮ_ｒｏｏｆ.wav']],
    ['ｒｏｏｆ', ['en/ＲＡＩＮ_ｒｏｏｆ.wav']],
    ['足音', ['tags/x.wav']],
    ['doorbell', bells],
    ['door bell', bells],
    ['Door-Bell', bells],
    ['DoorBell', bells],
    ['door bell 3', ['bells/door-bell_03.wav']],
    ['tr 808 kick', ['drums/TR808_Kick.wav']],
    ['TR-808', ['drums/TR808_Kick.wav']],
    ['whooshes', ['ucs/WHSHShrt_fast_EM.wav']],
    ['short whoosh', ['ucs/WHSHShrt_fast_EM.wav']],
    ['helicopter', ['ucs/AEROHeli_pass_EM.wav']],
    ['cerm', ['tags/x.wav']],
    ['ton', []], // only whole words
  ])('%j', (text, expected) => {
    expect(whole(text)).toEqual(expected);
  });

  test('a filter for a tag and a minus term cut words in the same way', () => {
    const ids = [own.id('jp/ドアが閉まる_金属.wav')];
    expect([...lookup.calledLike(['ドア'], ids).keys()]).toEqual(ids);
    expect(phraseExpression('足音')).toBe('"足 音"');
  });
});
