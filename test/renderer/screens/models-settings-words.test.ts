import { expect, test } from 'vitest';
import { ACTIONS } from '../../../src/renderer/actions/actions.ts';
import { collectionQuery } from '../../../src/renderer/screens/collections/collection-query.ts';
import { heardWords, hourIn, providerWords, speedWords } from '../../../src/renderer/screens/models/model-words.ts';
import { shortcutGroups } from '../../../src/renderer/screens/settings/shortcut-groups.ts';
import { parseQuery } from '../../../src/main/search/parse-query.ts';
import type { Status } from '../../../src/shared/types.ts';

test('what a model runs on, in plain words', () => {
  expect(providerWords('CPU, 4 threads')).toBe('It runs on the processor (CPU, 4 threads).');
  expect(providerWords('NVIDIA GPU (CUDA)')).toBe('It runs on the graphics processor: NVIDIA GPU (CUDA).');
  expect(providerWords('')).toBe('');
});

test('speed as an hour of sound', () => {
  expect(hourIn(450)).toBe('an hour of sound in 8 s');
  expect(hourIn(100_000)).toBe('an hour of sound in 1 s');
  expect(hourIn(20)).toBe('an hour of sound in 3 min');
  expect(hourIn(0.5)).toBe('an hour of sound in 2 h, slower than it plays');
  const check = { id: 'starter', provider: 'CPU, 1 thread', problem: null };
  expect(speedWords({ ...check, realTimeFactor: 450, textMs: 8.24 })).toBe(
    'an hour of sound in 8 s, 8.2 ms for the words of a search',
  );
  expect(speedWords({ ...check, realTimeFactor: null, textMs: null })).toBe('');
});

test('how much the model in use has heard', () => {
  const status = { files: 12_480, ready: 12_300 } as Status;
  expect(heardWords(null)).toBe('');
  expect(heardWords({ ...status, files: 0, ready: 0 })).toBe('');
  expect(heardWords(status)).toBe('It has heard 12,300 of the 12,480 sounds in the library.');
  expect(heardWords({ ...status, ready: 12_480 })).toBe('It has heard all 12,480 sounds of the library.');
});

test('every action with a key stands in the table once; the stars share a line', () => {
  const shown = shortcutGroups().flatMap(({ shortcuts }) => shortcuts);
  const keys = shown.flatMap((shortcut) => shortcut.keys);
  expect(keys.toSorted()).toEqual(ACTIONS.flatMap((action) => action.keys).toSorted());
  expect(shown.filter(({ name }) => name === 'Stars')).toHaveLength(1);
});

test.each(['Night train', 'Take “two”', 'a:b -c', 'Ünïcode'])(
  'the collection %s is a search that the engine reads',
  (name) => {
    const query = parseQuery(collectionQuery(name));
    expect(query.collection).toBe(name.replace(/[“”]/g, ''));
    expect(query.text).toBe('');
    expect(query.minus).toEqual([]);
  },
);
