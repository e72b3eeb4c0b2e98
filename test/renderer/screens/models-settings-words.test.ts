import { expect, test } from 'vitest';
import {
  analysedWords,
  hourIn,
  importWords,
  providerWords,
  speedWords,
} from '../../../src/renderer/screens/models/model-words.ts';
import { shortcutGroups } from '../../../src/renderer/actions/shortcut-groups.ts';
import type { Status } from '../../../src/shared/types.ts';

test('what a model runs on, in plain words', () => {
  expect(providerWords('CPU, 4 threads')).toBe('Runs on CPU, 4 threads.');
  expect(providerWords('NVIDIA GPU (CUDA)')).toBe('Runs on NVIDIA GPU (CUDA).');
  expect(providerWords('CPU, 1 thread', 'no GPU was found')).toBe('Runs on CPU, 1 thread: no GPU was found.');
  expect(providerWords('')).toBe('');
});

test('speed as an hour of sound', () => {
  expect(hourIn(450)).toBe('one hour of audio in 8 s');
  expect(hourIn(100_000)).toBe('one hour of audio in 1 s');
  expect(hourIn(20)).toBe('one hour of audio in 3 min');
  expect(hourIn(0.5)).toBe('one hour of audio in 2 h, slower than real time');
  const check = { id: 'starter', provider: 'CPU, 1 thread', providerReason: 'it is quicker', problem: null };
  expect(speedWords({ ...check, realTimeFactor: 450, textMs: 8.24 })).toBe(
    'one hour of audio in 8 s, 8.2 ms to embed a query',
  );
  expect(speedWords({ ...check, realTimeFactor: null, textMs: null })).toBe('');
});

test('how much the model in use has analysed', () => {
  const status = { files: 12_480, ready: 12_300 } as Status;
  expect(analysedWords(null)).toBe('');
  expect(analysedWords({ ...status, files: 0, ready: 0 })).toBe('');
  expect(analysedWords(status)).toBe('12,300 of 12,480 files in the library analysed.');
  expect(analysedWords({ ...status, ready: 12_480 })).toBe('All 12,480 files in the library analysed.');
});

test('how far an import is', () => {
  expect(importWords({ stage: 'reading', share: 0 })).toBe('Reading the file: 0 %');
  expect(importWords({ stage: 'building', share: 0.999 })).toBe('Building the model: 99 %');
  expect(importWords({ stage: 'checking', share: 0 })).toBe('Testing the model…');
});

test('every action with a key stands on the page once, in its group; the stars share a line', () => {
  const actions = [
    { id: 'find.focus', name: 'Search', group: 'Find', keys: ['/', 'Mod+F'] },
    { id: 'mark.stars-1', name: '1 star', group: 'Mark', keys: ['1'] },
    { id: 'mark.stars-2', name: '2 stars', group: 'Mark', keys: ['2'] },
    { id: 'find.clear', name: 'Show all files', group: 'Find', keys: [] },
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
