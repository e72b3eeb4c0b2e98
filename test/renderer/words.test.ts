import { expect, test } from 'vitest';
import type { JobProgress } from '../../src/shared/types.ts';
import { barHeights, decodePeaks, drawnHeights } from '../../src/renderer/waveform/peaks.ts';
import { jobEnding, jobSentence, jobShare } from '../../src/renderer/words/job-sentence.ts';
import { fileName, folderOf, shortFolder, title } from '../../src/renderer/words/paths.ts';
import { bytes, counted, decibels, duration, place, sampleRate, timeLeft } from '../../src/renderer/words/units.ts';

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
  expect(counted(1, 'sound')).toBe('1 sound');
  expect(counted(12_480, 'sound')).toBe('12,480 sounds');
  expect(sampleRate(44_100)).toBe('44.1 kHz');
  expect(decibels(-6.25)).toBe('−6.3 dB');
  expect(decibels(-0.01)).toBe('0.0 dB');
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

const JOB: JobProgress = {
  id: 1,
  kind: 'index',
  state: 'running',
  stage: 'listening',
  done: 520,
  total: 13_000,
  failed: 3,
  audioSeconds: 4000,
  elapsedSeconds: 40,
  realTimeFactor: 100,
  etaSeconds: 2280,
  currentPath: null,
};

test('a job in a sentence', () => {
  expect(jobSentence(JOB)).toBe('Listening to 12,480 sounds · 38 min left · 3 could not be read');
  expect(jobSentence({ ...JOB, state: 'paused', failed: 0 })).toBe('Paused: 12,480 sounds to go');
  expect(jobSentence({ ...JOB, stage: 'walking', total: null, etaSeconds: null, failed: 0 })).toBe(
    'Looking through folders: 520 sounds so far',
  );
  expect(jobShare(JOB)).toBeCloseTo(0.04);
  expect(jobShare({ ...JOB, total: null })).toBeNull();
  expect(jobShare({ ...JOB, total: 0, done: 0 })).toBe(1);
});

test('a job says once that it has ended, and nothing while it runs or when there was nothing to do', () => {
  expect(jobEnding(JOB)).toBeNull();
  expect(jobEnding({ ...JOB, state: 'done', done: 13_000 })).toBe(
    'Ready: 12,997 sounds looked through · 3 could not be read',
  );
  expect(jobEnding({ ...JOB, state: 'done', done: 3 })).toBe('Nothing new was heard: 3 could not be read');
  expect(jobEnding({ ...JOB, state: 'done', done: 0, total: 0 })).toBeNull();
  expect(jobEnding({ ...JOB, state: 'cancelled' })).toMatch(/^Stopped after 517 sounds/);
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
