import { expect, test } from 'vitest';
import { sharesOf, standing, wordSentence, workerSentence } from '../../../src/renderer/words/studio.ts';
import type { StudioStatus, StudioWord } from '../../../src/shared/calls/studio.ts';

test('who said what', () => {
  const say = (what: StudioWord['what'], stars: number | null = null) =>
    wordSentence({ what, name: 'rain', stars, author: 'ana', atMs: 1 });
  expect(say('accepted')).toBe('Accepted “rain”');
  expect(say('rejected')).toBe('Rejected “rain”');
  expect(say('undecided')).toBe('Removed the decision about “rain”');
  expect(say('stars', 4)).toBe('Rated 4 stars');
  expect(say('stars', 0)).toBe('Removed the stars');
  expect([say('collected'), say('uncollected')]).toEqual(['Added to “rain”', 'Removed from “rain”']);
});

test('how the library stands with its studio', () => {
  const studio: StudioStatus = {
    ...{
      name: 'S',
      server: 's',
      member: 'ana',
      role: 'editor',
      problem: null,
      shares: [],
      members: [],
      workers: [],
      failures: [],
    },
    ...{ files: { analysed: 12_480, pending: 3, inWork: 0, failed: 0 }, sharedFiles: 1, syncedMs: null },
  };
  expect(standing(studio)).toBe('ana, editor · 12,480 files analysed, 3 not yet analysed · never synced');
  const files = { analysed: 1, pending: 300, inWork: 8, failed: 2 };
  expect(standing({ ...studio, files })).toBe('ana, editor · 1 file analysed, 300 not yet analysed (8 in work), 2 could not be analysed · never synced'); // prettier-ignore
  expect(standing({ ...studio, syncedMs: Date.UTC(2026, 10, 29, 12) })).toMatch(/ · synced .*2026$/);
  expect(standing({ ...studio, problem: 'It is away.' })).toBe('It is away.');
});

test('how a worker stands', () => {
  const worker = { name: 'render-1', member: 'ben', beganMs: 0, lastSeenMs: 0, inWork: 2, analysed: 1204, failed: 1 };
  expect(workerSentence(worker)).toBe('ben · 1,204 files analysed, 2 in work, 1 failed');
  expect(workerSentence({ ...worker, inWork: 0, failed: 0 })).toBe('ben · 1,204 files analysed');
});

test('shares, one a line', () => {
  expect(sharesOf(' sfx = /mnt/sfx \n\nmusic=Z:\\music')).toEqual({
    shares: [
      { name: 'sfx', path: '/mnt/sfx' },
      { name: 'music', path: 'Z:\\music' },
    ],
    problem: null,
  });
  expect(sharesOf('sfx=/mnt/sfx\n/mnt').problem).toBe(
    '“/mnt” is not a share. Enter name and folder, such as sfx=/mnt/sfx.',
  );
  expect(sharesOf('sfx=').problem).toBe('“sfx=” is not a share. Enter name and folder, such as sfx=/mnt/sfx.');
});
