import { describe, expect, test } from 'vitest';
import { folderKeyPrefix, folderSortKey, nameSortKey, sortKeys } from '../../src/main/catalogue/sort-key.ts';

/** SQLite compares text by its UTF-8 bytes. */
const bytewise = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('names', () => {
  test.each([
    [['kick 1.wav', 'kick 2.wav', 'kick 10.wav', 'kick 100.wav']],
    [['take 007.wav', 'take 8.wav', 'take 0009.wav']],
    [['a.wav', 'B.wav', 'c.wav']],
    [['Ähre.wav', 'alt.wav', 'Über.wav', 'ufer.wav', 'Vogel.wav']],
    [['e\u0301tude 1.wav', '\u00e9tude 2.wav', 'etude 3.wav']], // decomposed, composed, plain
    [['kick.aif', 'kick.wav', 'kick 2.wav', 'kick_2.wav', 'kicks.wav']],
    [['1 - intro.mp3', '2 - verse.mp3', '10 - outro.mp3', 'a.mp3']],
    [['48000 Hz.wav', '96000 Hz.wav', '192000 Hz.wav']],
    [[`${'9'.repeat(69)}.wav`, `1${'0'.repeat(69)}.wav`]],
    [['дождь 2.wav', 'дождь 10.wav', 'дом.wav']],
    [['.hidden', 'visible']],
  ])('%j is in order', (names) => {
    expect(names.toReversed().toSorted((a, b) => bytewise(nameSortKey(a), nameSortKey(b)))).toEqual(names);
  });

  test('a control character does not pass for a separator', () => {
    expect(nameSortKey('a\u0001b.wav')).toBe(nameSortKey('a b.wav'));
  });
});

describe('folders', () => {
  test('what lies in a folder comes before its neighbours, its own files first', () => {
    const paths = ['z.wav', 'Doors/a.wav', 'Doors/z.wav', 'Doors/Wood/b.wav', 'Doors 2/a.wav', 'Doors 10/a.wav', 'doorstep/a.wav']; // prettier-ignore
    const key = (path: string) => Object.values(sortKeys(path)).toReversed().join('\u0000');
    expect(paths.toReversed().toSorted((a, b) => bytewise(key(a), key(b)))).toEqual(paths);
  });

  test('keys of a folder that comes to lie in another one begin with that one', () => {
    expect(folderKeyPrefix(folderSortKey('SFX/2024')) + folderSortKey('Doors')).toBe(folderSortKey('SFX/2024/Doors'));
    expect(folderKeyPrefix(folderSortKey('')) + folderSortKey('Doors')).toBe(folderSortKey('Doors'));
  });
});
