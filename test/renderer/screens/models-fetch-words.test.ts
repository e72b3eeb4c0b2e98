import { expect, test } from 'vitest';
import type { DownloadProgress } from '../../../src/shared/calls/models.ts';
import {
  bytesOf,
  downloadShare,
  downloadWords,
  partialWords,
  sourceWords,
  STAGE_WORDS,
} from '../../../src/renderer/screens/models/fetch-words.ts';
import { mirrorOf, mirrorProblem } from '../../../src/renderer/screens/settings/mirror-words.ts';

const FETCHING: DownloadProgress = {
  modelId: 'msclap-2023',
  stage: 'fetching',
  bytes: 123_000_000,
  total: 690_000_000,
  bytesPerSecond: 5_200_000,
};

test.each([
  [123_000_000, 690_000_000, '123 of 690 MB'],
  [980_000, 690_000_000, '980 kB of 690 MB'],
  [0, 690_000_000, '0 B of 690 MB'],
  [690_000_000, 690_000_000, '690 of 690 MB'],
])('%d of %d bytes', (done, total, words) => expect(bytesOf(done, total)).toBe(words));

test('how far a download is, with speed and time where they are known', () => {
  expect(downloadWords(FETCHING, null)).toBe('123 of 690 MB · 5.2 MB/s · about 2 min left');
  expect(downloadWords({ ...FETCHING, bytes: 689_000_000 }, null)).toBe(
    '689 of 690 MB · 5.2 MB/s · a few seconds left',
  );
  expect(downloadWords({ ...FETCHING, bytesPerSecond: null }, null)).toBe('123 of 690 MB');
  expect(downloadWords({ ...FETCHING, bytesPerSecond: 0 }, null)).toBe('123 of 690 MB');
  expect(downloadWords({ ...FETCHING, stage: 'connecting', bytes: 0 }, null)).toBe('Connecting…');
  expect(downloadWords({ ...FETCHING, stage: 'connecting' }, null)).toBe(
    'Connecting… 123 of 690 MB already downloaded',
  );
  expect(downloadWords({ ...FETCHING, stage: 'verifying' }, null)).toBe('Verifying…');
});

test('after the bytes the import shows its own progress', () => {
  const importing: DownloadProgress = { ...FETCHING, stage: 'importing' };
  expect(downloadWords(importing, null)).toBe('Installing…');
  expect(downloadWords(importing, { stage: 'building', share: 0.42 })).toBe('Building the model: 42 %');
  expect(downloadShare(importing, null)).toBeNull();
  expect(downloadShare(importing, { stage: 'building', share: 0.42 })).toBe(0.42);
  expect(downloadShare(importing, { stage: 'checking', share: 0 })).toBeNull();
});

test('a share is of the bytes, and none is made up', () => {
  expect(downloadShare(FETCHING, null)).toBeCloseTo(123 / 690);
  expect(downloadShare({ ...FETCHING, bytes: 700_000_000 }, null)).toBe(1); // a size is only about right without a hash
  expect(downloadShare({ ...FETCHING, total: 0 }, null)).toBeNull();
  expect(downloadShare({ ...FETCHING, stage: 'connecting' }, null)).toBeNull();
  expect(downloadShare({ ...FETCHING, stage: 'verifying' }, null)).toBeNull();
  expect(new Set(Object.values(STAGE_WORDS)).size).toBe(4);
});

test('what an earlier try left, and who is asked', () => {
  expect(partialWords({ partialBytes: 0, bytes: 690_000_000 })).toBe('');
  expect(partialWords({ partialBytes: 123_000_000, bytes: 690_000_000 })).toBe('123 of 690 MB already downloaded.');
  const page = 'https://models.example.org/one';
  expect(sourceWords(page, null)).toEqual({ who: 'Publisher', address: page });
  expect(sourceWords(page, 'http://mirror.lan')).toEqual({
    who: 'Mirror from Settings',
    address: 'http://mirror.lan',
  });
});

test('a mirror is an address over http or https, or nothing', () => {
  expect(mirrorOf('  ')).toBeNull();
  expect(mirrorOf(' https://mirror.lan/models ')).toBe('https://mirror.lan/models');
  for (const good of ['', ' ', 'https://mirror.lan/models', 'http://127.0.0.1:8080'])
    expect(mirrorProblem(good)).toBeNull();
  for (const bad of ['mirror', 'mirror.lan/models', 'ftp://mirror.lan', 'file:///models', 'https://'])
    expect(mirrorProblem(bad)).toContain(`“${bad}” is not a valid address.`);
});
