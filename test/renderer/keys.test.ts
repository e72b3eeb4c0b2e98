import { expect, test } from 'vitest';
import { ACTIONS } from '../../src/renderer/actions/actions.ts';
import { fuzzyFilter, fuzzyScore } from '../../src/renderer/actions/fuzzy.ts';
import { keyLabel, keyName, type Press } from '../../src/renderer/actions/keys.ts';

const press = (key: string, held: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

test.each([
  [press('k', { ctrlKey: true }), false, 'Mod+K'],
  [press('k', { metaKey: true }), true, 'Mod+K'],
  [press('k', { ctrlKey: true }), true, 'K'], // on a Mac Ctrl is another key
  [press('S', { shiftKey: true }), false, 'Shift+S'],
  [press('s'), false, 'S'],
  [press('?', { shiftKey: true }), false, '?'],
  [press('/', { shiftKey: true }), false, '/'], // Shift+7 on a German keyboard
  [press(' '), false, 'Space'],
  [press('ArrowDown', { shiftKey: true }), false, 'Shift+ArrowDown'],
])('a press is named as the table writes it: %o', (event, mac, name) => expect(keyName(event, mac)).toBe(name));

test('keys for people', () => {
  expect(keyLabel('Mod+K', true)).toBe('⌘ K');
  expect(keyLabel('Mod+K', false)).toBe('Ctrl K');
  expect(keyLabel('Shift+S', false)).toBe('⇧ S');
  expect(keyLabel('ArrowUp', false)).toBe('↑');
});

test('a letter does one thing, whatever is on the screen', () => {
  const letters = ACTIONS.flatMap(({ id, keys }) => keys.filter((key) => /^(Shift\+)?[A-Z]$/.test(key)).map((key) => ({ key, id }))); // prettier-ignore
  const several = [...Map.groupBy(letters, ({ key }) => key)].filter(([, those]) => those.length > 1);
  expect(several).toEqual([]);
});

test('names are found by some of their letters; beginnings of words come first', () => {
  const names = ['Find files similar to this moment', 'Select all', 'Show in folder', 'Settings', 'Pants never fit'];
  expect(fuzzyFilter('set', names, String)[0]).toBe('Settings');
  expect(fuzzyFilter('fsl', names, String)[0]).toBe('Find files similar to this moment');
  expect(fuzzyFilter('', names, String)).toEqual(names);
  expect(fuzzyScore('xyz', 'Settings')).toBeNull();
  // The first n begins a word, but only the other one is followed by a t, an s.
  expect(fuzzyScore('nts', 'Pants never')).not.toBeNull();
});
