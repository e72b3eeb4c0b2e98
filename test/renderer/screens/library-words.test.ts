import { expect, test } from 'vitest';
import type { LibraryRoot } from '../../../src/shared/calls/library.ts';
import { FILE_ERROR_CODES } from '../../../src/shared/errors.ts';
import type { FailureRow, LibraryJobProgress } from '../../../src/shared/types.ts';
import { failureGroups } from '../../../src/renderer/screens/library/failure-groups.ts';
import { jobFigures, jobSteps, pauseSentence, speed } from '../../../src/renderer/screens/library/job-words.ts';
import { nearNote } from '../../../src/renderer/screens/library/near-words.ts';
import { jobEnding, jobSentence } from '../../../src/renderer/words/job-sentence.ts';
import {
  driveName,
  analysedShare,
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
const JOB: LibraryJobProgress = {
  id: 1,
  kind: 'index',
  state: 'running',
  stage: 'analysing',
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
  expect(offlineSentence(ROOT)).toBe('The drive SFX-2 is not connected; its 41,000 files stay in the catalogue.');
  expect(offlineSentence({ path: '/home/ann/Sounds', files: 1 })).toBe(
    'The folder Sounds is not available; its file stays in the catalogue.',
  );
  expect(offlineSentence({ path: '/home/ann/Sounds', files: 0 })).toBe(
    'The folder Sounds is not available; it is scanned when it is available again.',
  );
});

test('facts of a folder say what is missing, and nothing that is not so', () => {
  expect(rootFacts(ROOT)).toBe('41,000 files · all analysed · scanned 22 Nov 2026');
  expect(rootFacts({ ...ROOT, files: 12_480, ready: 12_300, failed: 3, offline: 2 })).toBe(
    '12,480 files · 12,300 analysed · 3 could not be analysed · 2 offline · scanned 22 Nov 2026',
  );
  expect(rootFacts({ ...ROOT, files: 0, ready: 0, scannedMs: null })).toBe('Not scanned yet');
  expect(rootFacts({ ...ROOT, files: 0, ready: 0 })).toBe('No audio files · scanned 22 Nov 2026');
  expect(rootFacts({ ...ROOT, online: false, offline: 41_000, scannedMs: null })).toBe('41,000 files · all analysed');
});

test('what cannot be read is not waited for', () => {
  expect(analysedShare({ ...ROOT, files: 30, ready: 26, failed: 4 })).toBeNull();
  expect(analysedShare({ ...ROOT, files: 30, ready: 13, failed: 4 })).toBe(0.5);
});

test('watching is only claimed while the engine watches', () => {
  expect(watchWords(ROOT, false)).toContain('Watching for changes');
  expect(watchWords({ ...ROOT, watching: false }, false)).toContain('not active right now');
  expect(watchWords({ ...ROOT, watching: false }, true)).toBe('Watching is on.');
  expect(watchWords({ ...ROOT, watching: false, watchProblem: 'Too many folders.' }, false)).toBe('Too many folders.');
  expect(watchWords({ ...ROOT, watching: false, scannedMs: null }, false)).toContain('after the first scan');
  expect(watchWords({ ...ROOT, watching: false, online: false }, false)).toContain('when it is available again');
  expect(watchWords({ ...ROOT, watching: false, online: false, watchProblem: 'Gone.' }, false)).not.toBe('Gone.');
  expect(watchWords({ ...ROOT, watch: false, watching: false }, false)).toContain('Scan for changes');
  expect(watchWords({ ...ROOT, watch: false, watching: false, drive: 'network' }, false)).toContain('Network drive');
  expect(watchWords({ ...ROOT, paused: true }, false)).toContain('Paused');
});

test('the line above adds the folders up', () => {
  expect(libraryLead(null)).toBe('');
  expect(libraryLead([])).toBe('No folders yet.');
  expect(libraryLead([ROOT])).toBe('41,000 files in 1 folder, all analysed');
  expect(libraryLead([ROOT, { ...ROOT, id: 2, files: 10, ready: 4 }])).toBe(
    '41,010 files in 2 folders, 41,004 analysed',
  );
  expect(libraryLead([{ ...ROOT, files: 0, ready: 0 }])).toBe('0 files in 1 folder');
});

test('a job has its steps, the present one with its figure', () => {
  expect(jobSteps(JOB).map(({ state, figure }) => [state, figure])).toEqual([
    ['done', ''],
    ['done', ''],
    ['now', '5,200 of 17,680'],
    ['next', ''],
    ['next', ''],
  ]);
  expect(jobSteps({ ...JOB, stage: 'walking', done: 900, total: null })[0]).toMatchObject({ figure: '900 found' });
  expect(jobSteps({ ...JOB, stage: 'indexing' })[3]).toMatchObject({ state: 'now', figure: '' });
});

test('figures that are not known are dashes', () => {
  const values = (job: LibraryJobProgress) => jobFigures(job).map(({ value }) => value);
  expect(values(JOB)).toEqual(['11 h 20 min', '455 × real time', '38 min', '2 min']);
  expect(values({ ...JOB, realTimeFactor: null, etaSeconds: null, audioSeconds: 0 })).toEqual(['–', '–', '–', '2 min']);
  // A paused job has no speed and no end in sight.
  expect(values({ ...JOB, state: 'paused' })).toEqual(['11 h 20 min', '–', '–', '2 min']);
  expect(speed(1.64)).toBe('1.6 × real time');
});

test('a pause says what ends it', () => {
  expect(pauseSentence({ ...JOB, state: 'paused', pausedFor: 'activity' })).toContain('Resumes after one minute');
  expect(pauseSentence({ ...JOB, state: 'paused', pausedFor: 'user' })).toContain('Results so far are kept');
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

test('near-duplicates: what was found, and what is still to be compared', () => {
  const near = { groups: [], total: 0, spareBytes: 0, waiting: 0, hasCompared: false };
  expect(nearNote(near)).toMatch(/^No files to compare yet/);
  expect(nearNote({ ...near, waiting: 9 })).toMatch(/^The same recording in another format/);
  expect(nearNote({ ...near, hasCompared: true, waiting: 1 })).toBe('No near-duplicates found. 1 file not compared yet.');
  expect(nearNote({ ...near, hasCompared: true, total: 2, spareBytes: 3000 })).toMatch(/^2 groups; 3.* besides the best copies\. Earmark never/);
}); // prettier-ignore

test('the job that finds near-duplicates, while it runs and at its end', () => {
  const job: LibraryJobProgress = { ...JOB, kind: 'duplicates', stage: 'matching', etaSeconds: null, failed: 0 };
  expect(jobSentence(job)).toBe('Looking for near-duplicates: 5,200 of 17,680');
  expect(jobEnding({ ...job, state: 'done' })).toBe('Compared 5,200 files for near-duplicates');
  expect(jobEnding({ ...job, state: 'done', failed: 2 })).toBe('Compared 5,200 files for near-duplicates · 2 could not be read');
  expect(jobEnding({ ...job, state: 'done', done: 0 })).toBeNull();
  expect(jobEnding({ ...job, state: 'cancelled' })).toMatch(/^Stopped after 5,200 files/);
}); // prettier-ignore
