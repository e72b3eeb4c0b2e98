import { expect, test } from 'vitest';
import type { LibraryJobProgress } from '../../src/shared/types.ts';
import { barHeights, decodePeaks, drawnHeights } from '../../src/renderer/waveform/peaks.ts';
import { jobEnding, jobSentence, jobShare } from '../../src/renderer/words/job-sentence.ts';
import { fileName, folderOf, shortFolder, title } from '../../src/renderer/words/paths.ts';
import { bytes, counted, duration, figure, place, timeLeft } from '../../src/renderer/words/units.ts';
import { sampleRate } from '../../src/shared/units.ts';

test.each([
  [0, '0.00 s'],
  [0.842, '0.84 s'],
  [0.9996, '1.0 s'],
  [6.24, '6.2 s'],
  [59.97, '1:00'],
  [62, '1:02'],
  [3723, '1:02:03'],
  [Number.NaN, '–'],
])('a length of %d s', (seconds, words) => expect(duration(seconds)).toBe(words));

test.each([
  [0, '0:00.0'],
  [0.4, '0:00.4'],
  [59.999, '0:59.9'],
  [727.9, '12:07.9'],
  [3600, '1:00:00.0'],
  [-1, '0:00.0'],
])('a place at %d s', (seconds, words) => expect(place(seconds)).toBe(words));

test.each([
  [3, 'a few seconds'],
  [47, '50 s'],
  [2280, '38 min'],
  [12_000, '3 h 20 min'],
  [7190, '2 h'],
])('%d s left', (seconds, words) => expect(timeLeft(seconds)).toBe(words));

test('other quantities', () => {
  expect(counted(1, 'file')).toBe('1 file');
  expect(counted(12_480, 'file')).toBe('12,480 files');
  expect(sampleRate(44_100)).toBe('44.1 kHz');
  expect(figure(-6.25, 'dB', 1)).toBe('−6.3 dB');
  expect(figure(-0.01, 'dB', 1)).toBe('0.0 dB');
  expect(figure(12_480, 'samples', 0)).toBe('12,480 samples');
  expect([640, 12_400_000, 999_600].map(bytes)).toEqual(['640 B', '12.4 MB', '1.0 MB']);
});

test('paths of any platform', () => {
  expect(title('C:\\Sounds\\Doors\\slam.heavy.wav')).toBe('slam.heavy');
  expect(fileName('/Sounds/.hidden')).toBe('.hidden');
  expect(title('/Sounds/.hidden')).toBe('.hidden');
  expect(folderOf('/Sounds/Doors/slam.wav')).toBe('/Sounds/Doors');
  expect(shortFolder('/Users/me/Sounds/Doors/Wood/slam.wav')).toBe('…/Doors/Wood');
  expect(shortFolder('/Sounds/slam.wav')).toBe('/Sounds');
});

const JOB: LibraryJobProgress = {
  id: 1,
  kind: 'index',
  state: 'running',
  stage: 'analysing',
  done: 520,
  total: 13_000,
  failed: 3,
  audioSeconds: 4000,
  elapsedSeconds: 40,
  realTimeFactor: 100,
  etaSeconds: 2280,
  currentPath: null,
};

test('the status line of a job', () => {
  expect(jobSentence(JOB)).toBe('Analysing 12,480 files · 38 min left · 3 could not be analysed');
  expect(jobSentence({ ...JOB, state: 'paused', failed: 0 })).toBe('Paused: 12,480 files to go');
  expect(jobSentence({ ...JOB, stage: 'walking', total: null, etaSeconds: null, failed: 0 })).toBe(
    'Scanning folders: 520 files found',
  );
  const refreshing: LibraryJobProgress = { ...JOB, stage: 'refreshing', kinds: ['loudness', 'clipping'], failed: 0 };
  expect(jobSentence(refreshing)).toBe('Updating loudness and clipping: 520 of 13,000 · 38 min left');
  expect(jobShare(JOB)).toBeCloseTo(0.04);
  expect(jobShare({ ...JOB, total: null })).toBeNull();
  expect(jobShare({ ...JOB, total: 0, done: 0 })).toBe(1);
});

test('a job says once that it has ended, and nothing while it runs or when there was nothing to do', () => {
  expect(jobEnding(JOB)).toBeNull();
  expect(jobEnding({ ...JOB, state: 'done', done: 13_000 })).toBe('Analysed 12,997 files · 3 could not be analysed');
  expect(jobEnding({ ...JOB, state: 'done', done: 3 })).toBe('No file was analysed: 3 could not be analysed');
  expect(jobEnding({ ...JOB, state: 'done', done: 0, total: 0 })).toBeNull();
  expect(jobEnding({ ...JOB, stage: 'refreshing', kinds: ['tags', 'levels'], state: 'done', failed: 1 })).toBe(
    'Analysis finished. Tags and levels of 519 files updated · 1 could not be analysed',
  );
  expect(jobEnding({ ...JOB, state: 'cancelled' })).toMatch(/^Stopped after 517 files/);
});

test('peaks: the highest of each part, repeated where there are fewer than bars', () => {
  expect(decodePeaks('AH//')).toEqual(new Uint8Array([0, 127, 255]));
  expect([...barHeights(new Uint8Array([0, 255, 51, 0]), 2)]).toEqual([1, Math.fround(0.2)]);
  expect([...barHeights(new Uint8Array([255, 0]), 4)]).toEqual([1, 1, 0, 0]);
  expect([...barHeights(new Uint8Array(0), 3)]).toEqual([0, 0, 0]);
  expect(Math.max(...drawnHeights(Float32Array.of(0.1, 0.2)))).toBeCloseTo(1);
  expect(Math.max(...drawnHeights(Float32Array.of(0.001, 0.002)))).toBeLessThan(0.1);
  expect([...drawnHeights(new Float32Array(2))]).toEqual([0, 0]);
});
