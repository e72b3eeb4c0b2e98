import { expect, test } from 'vitest';
import type { LibraryRoot } from '../../../src/shared/calls/library.ts';
import { FILE_ERROR_CODES } from '../../../src/shared/errors.ts';
import type { FailureRow, JobProgress } from '../../../src/shared/types.ts';
import { failureGroups } from '../../../src/renderer/screens/library/failure-groups.ts';
import { jobFigures, jobSteps, pauseSentence, speed } from '../../../src/renderer/screens/library/job-words.ts';
import {
  driveName,
  heardShare,
  libraryLead,
  offlineSentence,
  rootFacts,
  rootName,
  watchWords,
} from '../../../src/renderer/screens/library/root-words.ts';

const ROOT: LibraryRoot = {
  id: 1,
  path: '/Volumes/SFX-2/Doors',
  online: true,
  files: 41_000,
  ready: 41_000,
  failed: 0,
  offline: 0,
  scannedMs: Date.UTC(2026, 10, 22, 12),
  watch: true,
  paused: false,
  drive: 'removable',
  watching: true,
  watchProblem: null,
};
const JOB: JobProgress = {
  id: 1,
  kind: 'index',
  state: 'running',
  stage: 'listening',
  done: 5_200,
  total: 17_680,
  failed: 3,
  audioSeconds: 41_000,
  elapsedSeconds: 90,
  realTimeFactor: 455.4,
  etaSeconds: 2280,
  currentPath: null,
};

test.each([
  ['/Volumes/SFX-2/Doors', 'SFX-2', 'Doors'],
  ['/media/ann/USB STICK', 'USB STICK', 'USB STICK'],
  ['/run/media/ann/T7/Foley/', 'T7', 'Foley'],
  ['/mnt/nas/loops', 'nas', 'loops'],
  ['e:\\Sounds', 'E:', 'Sounds'],
  ['E:\\', 'E:', 'E:'],
  ['\\\\nas\\sounds\\Doors', '\\\\nas\\sounds', 'Doors'],
  ['/home/ann/Sounds', null, 'Sounds'],
  ['/', null, '/'],
])('%s lies on %s and is called %s', (path, drive, name) => {
  expect(driveName(path)).toBe(drive);
  expect(rootName(path)).toBe(name);
});

test('a drive that is away is named, and nothing is lost by it', () => {
  expect(offlineSentence(ROOT)).toBe('The drive SFX-2 is not connected; its 41,000 sounds stay in the catalogue.');
  expect(offlineSentence({ path: '/home/ann/Sounds', files: 1 })).toBe(
    'The folder Sounds is not there now; its one sound stays in the catalogue.',
  );
  expect(offlineSentence({ path: '/home/ann/Sounds', files: 0 })).toBe(
    'The folder Sounds is not there now; it is looked through when it is there again.',
  );
});

test('facts of a folder say what is missing, and nothing that is not so', () => {
  expect(rootFacts(ROOT)).toBe('41,000 sounds · all heard · looked through 22 Nov 2026');
  expect(rootFacts({ ...ROOT, files: 12_480, ready: 12_300, failed: 3, offline: 2 })).toBe(
    '12,480 sounds · 12,300 heard · 3 could not be read · 2 not there now · looked through 22 Nov 2026',
  );
  expect(rootFacts({ ...ROOT, files: 0, ready: 0, scannedMs: null })).toBe('Not looked through yet');
  expect(rootFacts({ ...ROOT, files: 0, ready: 0 })).toBe('No sounds in it · looked through 22 Nov 2026');
  expect(rootFacts({ ...ROOT, online: false, offline: 41_000, scannedMs: null })).toBe('41,000 sounds · all heard');
});

test('what cannot be read is not waited for', () => {
  expect(heardShare({ ...ROOT, files: 30, ready: 26, failed: 4 })).toBeNull();
  expect(heardShare({ ...ROOT, files: 30, ready: 13, failed: 4 })).toBe(0.5);
});

test('watching is only claimed while the engine watches', () => {
  expect(watchWords(ROOT, false)).toContain('noticed as they happen');
  expect(watchWords({ ...ROOT, watching: false }, false)).toContain('nothing watches it just now');
  expect(watchWords({ ...ROOT, watching: false }, true)).toBe('Watching is on.');
  expect(watchWords({ ...ROOT, watching: false, watchProblem: 'Too many folders.' }, false)).toBe('Too many folders.');
  expect(watchWords({ ...ROOT, watching: false, scannedMs: null }, false)).toContain('once it has been looked through');
  expect(watchWords({ ...ROOT, watching: false, online: false }, false)).toContain('once it is back');
  expect(watchWords({ ...ROOT, watching: false, online: false, watchProblem: 'Gone.' }, false)).not.toBe('Gone.');
  expect(watchWords({ ...ROOT, watch: false, watching: false }, false)).toContain('when you look for them');
  expect(watchWords({ ...ROOT, watch: false, watching: false, drive: 'network' }, false)).toContain('network drive');
  expect(watchWords({ ...ROOT, paused: true }, false)).toContain('Paused');
});

test('the line above adds the folders up', () => {
  expect(libraryLead(null)).toBe('');
  expect(libraryLead([])).toBe('No folders yet.');
  expect(libraryLead([ROOT])).toBe('41,000 sounds in 1 folder, all of them heard');
  expect(libraryLead([ROOT, { ...ROOT, id: 2, files: 10, ready: 4 }])).toBe(
    '41,010 sounds in 2 folders, 41,004 of them heard',
  );
  expect(libraryLead([{ ...ROOT, files: 0, ready: 0 }])).toBe('0 sounds in 1 folder');
});

test('a job has its steps, the present one with its figure', () => {
  expect(jobSteps(JOB).map(({ state, figure }) => [state, figure])).toEqual([
    ['done', ''],
    ['done', ''],
    ['now', '5,200 of 17,680'],
    ['next', ''],
  ]);
  expect(jobSteps({ ...JOB, stage: 'walking', done: 900, total: null })[0]).toMatchObject({ figure: '900 so far' });
  expect(jobSteps({ ...JOB, stage: 'indexing' })[3]).toMatchObject({ state: 'now', figure: '' });
});

test('figures that are not known are dashes', () => {
  const values = (job: JobProgress) => jobFigures(job).map(({ value }) => value);
  expect(values(JOB)).toEqual(['11 h 20 min', '455 × real time', '38 min', '2 min']);
  expect(values({ ...JOB, realTimeFactor: null, etaSeconds: null, audioSeconds: 0 })).toEqual(['–', '–', '–', '2 min']);
  // A paused job has no speed and no end in sight.
  expect(values({ ...JOB, state: 'paused' })).toEqual(['11 h 20 min', '–', '–', '2 min']);
  expect(speed(1.64)).toBe('1.6 × real time');
});

test('a pause says what ends it', () => {
  expect(pauseSentence({ ...JOB, state: 'paused', pausedFor: 'activity' })).toContain('goes on by itself');
  expect(pauseSentence({ ...JOB, state: 'paused', pausedFor: 'user' })).toContain(
    'nothing that has been heard is lost',
  );
});

test('failures are grouped by reason, most first, and every reason has a name', () => {
  const row = (path: string, code: FailureRow['code']): FailureRow => ({ path, code, message: '', attempts: 1, lastMs: 0 }); // prettier-ignore
  const groups = failureGroups([row('/a', 'timed-out'), row('/b', 'empty-file'), row('/c', 'empty-file')]);
  expect(groups.map(({ code, files }) => [code, files.length])).toEqual([
    ['empty-file', 2],
    ['timed-out', 1],
  ]);
  const names = failureGroups(FILE_ERROR_CODES.map((code) => row('/a', code))).map(({ name }) => name);
  expect(new Set(names).size).toBe(FILE_ERROR_CODES.length);
  expect(names.every((name) => name.length > 0)).toBe(true);
});
