import { expect, test } from 'vitest';
import {
  byReason,
  columns,
  formatBytes,
  formatDuration,
  formatTime,
  plural,
  printable,
} from '../../../src/main/host/cli/format.ts';

test.each([
  [0, '0:00.0'],
  [3.44, '0:03.4'],
  [59.96, '1:00.0'],
  [75.25, '1:15.3'],
  [727, '12:07.0'],
  [3723, '1:02:03'],
  [-1, '0:00.0'],
])('%f s is the place %s', (seconds, shown) => {
  expect(formatTime(seconds)).toBe(shown);
});

test.each([
  [42.4, '42 s'],
  [120, '2 min'],
  [7500, '2 h 05 min'],
  [220_000, '61 h'],
])('%f s is the duration %s', (seconds, shown) => {
  expect(formatDuration(seconds)).toBe(shown);
});

test('bytes, counts and columns', () => {
  expect([812, 3_400_000, 1.25e12].map(formatBytes)).toEqual(['812 B', '3.4 MB', '1.3 TB']);
  expect([plural(1, 'file'), plural(12_480, 'file')]).toEqual(['1 file', '12,480 files']);
  expect(columns([['1', 'a'], ['23', 'bc']], [0])).toEqual([' 1  a', '23  bc']); // prettier-ignore
});

test('a file name cannot steer the terminal', () => {
  expect(printable('two\nlines\u001b[31m.wav')).toBe('two\\x0alines\\x1b[31m.wav');
  expect(printable('🐕 größer.wav')).toBe('🐕 größer.wav');
});

test('files with the same reason are listed together, the first few of them', () => {
  const away = Array.from({ length: 300 }, (_, at) => ({ path: `/s/${at}.wav`, reason: `“${at}.wav” is offline.` }));
  const files = [...away, { path: '/s/odd.wav', reason: '“odd.wav” is damaged.' }];
  expect(byReason('skipped', files, '--all shows them')).toEqual([
    'skipped: 300 files. “…” is offline.',
    ...['  /s/0.wav', '  /s/1.wav', '  /s/2.wav', '  … and 297 files more (--all shows them)'],
    ...['skipped: 1 file. “odd.wav” is damaged.', '  /s/odd.wav'],
  ]);
  expect(byReason('skipped', files, null)).toHaveLength(303);
  expect(byReason('skipped', [], null)).toEqual([]);
});
