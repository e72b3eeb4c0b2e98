import { expect, test } from 'vitest';
import {
  heardWords,
  hourIn,
  importWords,
  providerWords,
  speedWords,
} from '../../../src/renderer/screens/models/model-words.ts';
import { shortcutGroups } from '../../../src/renderer/actions/shortcut-groups.ts';
import type { Status } from '../../../src/shared/types.ts';

test('what a model runs on, in plain words', () => {
  expect(providerWords('CPU, 4 threads')).toBe('It runs on the processor (CPU, 4 threads).');
  expect(providerWords('NVIDIA GPU (CUDA)')).toBe('It runs on the graphics processor: NVIDIA GPU (CUDA).');
  expect(providerWords('CPU, 1 thread', 'no graphics processor was found')).toBe(
    'It runs on the processor (CPU, 1 thread): no graphics processor was found.',
  );
  expect(providerWords('')).toBe('');
});

test('speed as an hour of sound', () => {
  expect(hourIn(450)).toBe('an hour of sound in 8 s');
  expect(hourIn(100_000)).toBe('an hour of sound in 1 s');
  expect(hourIn(20)).toBe('an hour of sound in 3 min');
  expect(hourIn(0.5)).toBe('an hour of sound in 2 h, slower than it plays');
  const check = { id: 'starter', provider: 'CPU, 1 thread', providerReason: 'it is quicker', problem: null };
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

test('how far an import is', () => {
  expect(importWords({ stage: 'reading', share: 0 })).toBe('Checking the file: 0 %');
  expect(importWords({ stage: 'building', share: 0.999 })).toBe('Building the model: 99 %');
  expect(importWords({ stage: 'checking', share: 0 })).toBe('Trying it out…');
});

test('every action with a key stands on the page once, in its group; the stars share a line', () => {
  const actions = [
    { id: 'find.focus', name: 'Search', group: 'Find', keys: ['/', 'Mod+F'] },
    { id: 'mark.stars-1', name: '1 star', group: 'Mark', keys: ['1'] },
    { id: 'mark.stars-2', name: '2 stars', group: 'Mark', keys: ['2'] },
    { id: 'find.clear', name: 'Show the whole library', group: 'Find', keys: [] },
  ] as const;
  const page = shortcutGroups(['Find', 'Mark'], actions).map(({ group, shortcuts }) => [
    group,
    shortcuts.map(({ name, keys }) => `${name}: ${keys.join(' ')}`),
  ]);
  expect(page).toEqual([
    ['Find', ['Search: / Mod+F']],
    ['Mark', ['Stars: 1 2']],
  ]);
});
