/** The columns of the table: one for each figure, text of each, and how they are chosen and moved. */
import { expect, test } from 'vitest';
import { CHOSEN_AT_FIRST, chosenColumns, COLUMNS, moved, stepped, titleOf, toggled } from '../../src/renderer/list/columns.ts'; // prettier-ignore
import { ORDERS } from '../../src/renderer/query/order.ts';
import { inTwo } from '../../src/renderer/words/paths.ts';
import { FIGURES } from '../../src/shared/analysis.ts';
import { fakeLibrary, rowOf } from './fake-library.ts';

const row = { ...rowOf(fakeLibrary(1).get(1)!), bpm: 120.25, key: 9, loudnessLufs: -21.04, bitDepth: null };
const shown = (id: string) => chosenColumns([id])[0]!.text!(row);

test('every figure of a file is a column, under its own name, and every order has one', () => {
  for (const { field, name } of FIGURES) expect(COLUMNS.find(({ id }) => id === field)?.name).toBe(name);
  expect(new Set(COLUMNS.map(({ id }) => id)).size).toBe(COLUMNS.length);
  const orders = new Set(COLUMNS.map(({ order }) => order));
  for (const { by } of ORDERS) expect(orders.has(by), by).toBe(true);
  expect(chosenColumns(CHOSEN_AT_FIRST)).toHaveLength(CHOSEN_AT_FIRST.length);
});

test('figures with their units, words where a number stands for one, nothing where there is none', () => {
  expect(shown('loudnessLufs')).toBe('−21.0 LUFS');
  expect(shown('bpm')).toBe('120.3 BPM');
  expect(shown('key')).toBe('A');
  expect([shown('depth'), shown('peakDb') === '', shown('correlation')]).toEqual(['', false, '']);
  expect([shown('rate'), shown('channels'), shown('duration'), shown('format')]).toEqual(['96 kHz', 'mono', '1.8 s', 'wav']); // prettier-ignore
  expect([shown('folder'), shown('path')]).toEqual(['…/Doors/Wood', '/Volumes/SFX/Doors/Wood/DOORWood_slam heavy oak_03.wav']); // prettier-ignore
  expect(titleOf(chosenColumns(['folder'])[0]!, row)).toBe('/Volumes/SFX/Doors/Wood');
});

test('chosen and moved; the name stays, and what another version knew is left out', () => {
  expect(toggled(['name', 'tags'], 'tags')).toEqual(['name']);
  expect(toggled(['name'], 'tags')).toEqual(['name', 'tags']);
  expect(toggled(['name'], 'name')).toEqual(['name']);
  expect(moved(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b']);
  expect(moved(['a', 'b', 'c'], 'a', null)).toEqual(['b', 'c', 'a']);
  expect(moved(['a', 'b'], 'a', 'a')).toEqual(['a', 'b']);
  expect(stepped(['a', 'b', 'c'], 'a', 1)).toEqual(['b', 'a', 'c']);
  expect(stepped(['a', 'b'], 'a', -1)).toEqual(['a', 'b']);
  expect(chosenColumns(['tags', 'colour of it', 'tags', 'name']).map(({ id }) => id)).toEqual(['tags', 'name']);
});

test('long names are shortened in their middle: the end is what they differ by', () => {
  expect(inTwo('castle gate')).toEqual(['castle gate', '']);
  expect(inTwo('DOORWood_slam heavy oak_03')).toEqual(['DOORWood_slam heav', 'y oak_03']);
  expect(inTwo('DOORWood_slam heavy oak 3 take 1')).toEqual(['DOORWood_slam heavy oak ', '3 take 1']);
  expect(inTwo('DOORWood_slam heavy oak  take 1')).toEqual(['DOORWood_slam heavy oak  ', 'take 1']);
  const accented = `${'x'.repeat(20)}e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301`;
  expect(inTwo(accented)).toEqual(['x'.repeat(20), 'e\u0301'.repeat(8)]);
});
