import { expect, test } from 'vitest';
import { camelot, KEY_NAMES, keyName, kindName, noteName, noteNumber, parseKey, parseKind, parseNote } from '../../src/shared/music.ts'; // prettier-ignore

test('keys are read as they are written, and on both wheels', () => {
  for (const [key, name] of KEY_NAMES.entries()) {
    expect(parseKey(name)).toBe(key);
    expect(parseKey(camelot(key))).toBe(key);
  }
  expect(['8A', '8B', '5A', '12B', '1A'].map((place) => keyName(parseKey(place)!))).toEqual(['Am', 'C', 'Cm', 'E', 'G#m']);
  expect(['1m', '1d', '6m'].map((place) => keyName(parseKey(place)!))).toEqual(['Am', 'C', 'G#m']); // Open Key
}); // prettier-ignore

test.each([
  ['A minor', 'Am'],
  ['amin', 'Am'],
  ['Gb major', 'F#'],
  ['d♯ min', 'Ebm'],
  ['H', null],
  ['13A', null],
  ['', null],
  ['Am7', null],
])('key %s', (text, name) => {
  const key = parseKey(text);
  expect(key === null ? null : keyName(key)).toBe(name);
});

test('notes', () => {
  expect([60, 69, 21, 0].map(noteName)).toEqual(['C4', 'A4', 'A0', 'C-1']);
  expect(noteName(60.12)).toBe('C4 +12 ct');
  expect(noteName(59.8)).toBe('C4 −20 ct');
  expect(['C4', 'F#2', 'Bb3', 'Cb4', 'c-1'].map((text) => noteNumber(parseNote(text)!))).toEqual([60, 42, 58, 59, 0]);
  expect(parseNote('F#')).toEqual({ class: 6, octave: null });
  expect(['H2', 'A44x', ''].map(parseNote)).toEqual([null, null, null]);
});

test('kinds', () => {
  expect(['loop', 'One shot', 'riser', 'bed'].map((word) => kindName(parseKind(word)!))).toEqual(['loop', 'one-shot', 'sweep', 'ambience']);
  expect(parseKind('noise')).toBeNull();
}); // prettier-ignore
