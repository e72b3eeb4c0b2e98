import { describe, expect, test } from 'vitest';
import { amplitudeOf, CEILING_DB, matchedGain } from '../../../src/renderer/audition/levels.ts';
import {
  keyMatch,
  keyWords,
  nextSpeed,
  semitonesInRange,
  semitoneWords,
  speedInRange,
  speedWords,
  tempoMatch,
  tempoWords,
} from '../../../src/renderer/audition/rates.ts';
import { camelot, parseKey } from '../../../src/shared/music.ts';

describe('level matching', () => {
  test.each([
    ['louder', { loudnessLufs: -30, peakDb: -12 }, { gainDb: 7, shortDb: 0 }],
    ['quieter', { loudnessLufs: -9, peakDb: -0.1 }, { gainDb: -14, shortDb: 0 }],
    ['as loud as its peak allows', { loudnessLufs: -40, peakDb: -11 }, { gainDb: 10, shortDb: 7 }],
    ['down to the ceiling', { loudnessLufs: -23, peakDb: 0 }, { gainDb: -1, shortDb: 1 }],
    ['a float file beyond full scale', { loudnessLufs: -23, peakDb: 19 }, { gainDb: -20, shortDb: 20 }],
  ])('%s', (_, levels, expected) => expect(matchedGain({ ...levels, channels: 2 }, -23)).toEqual(expected));

  test('one channel comes out of both loudspeakers, and is 3 dB louder by that', () => {
    expect(matchedGain({ loudnessLufs: -30, peakDb: -12, channels: 1 }, -23)!.gainDb).toBeCloseTo(7 - 3.01, 2);
  });

  test('no gain where loudness or peak are not known', () => {
    expect(matchedGain({ loudnessLufs: null, peakDb: -3, channels: 2 }, -23)).toBeNull();
    expect(matchedGain({ loudnessLufs: -20, peakDb: null, channels: 2 }, -23)).toBeNull();
  });

  test('no gain takes a peak over the ceiling', () => {
    for (let loudnessLufs = -60; loudnessLufs <= 0; loudnessLufs += 5) {
      for (let peakDb = loudnessLufs; peakDb <= 6; peakDb += 3) {
        for (const target of [-40, -23, -10])
          expect(peakDb + matchedGain({ loudnessLufs, peakDb, channels: 2 }, target)!.gainDb).toBeLessThanOrEqual(
            CEILING_DB,
          );
      }
    }
  });

  test('decibels of amplitude', () => {
    expect(amplitudeOf(0)).toBe(1);
    expect(amplitudeOf(-20)).toBeCloseTo(0.1, 12);
  });
});

describe('speed and pitch', () => {
  test('stay in their ranges', () => {
    expect([0.1, 1, 9].map(speedInRange)).toEqual([0.25, 1, 4]);
    expect([-30, 0, 25].map(semitonesInRange)).toEqual([-24, 0, 24]);
  });

  test('a step leads to the next speed, from between two as well, and stops at the ends', () => {
    expect([1, 0.97, 0.5, 0.25].map((speed) => nextSpeed(speed, -1))).toEqual([0.9, 0.9, 0.33, 0.25]);
    expect([1, 0.97, 3, 4].map((speed) => nextSpeed(speed, 1))).toEqual([1.1, 1, 4, 4]);
  });

  test('in words', () => {
    expect([0.25, 1 / 3, 1.25].map(speedWords)).toEqual(['25 %', '33 %', '125 %']);
    expect([3, 0, -0.5].map(semitoneWords)).toEqual(['+3 st', '0 st', '−0.5 st']);
  });
});

describe('the tempo of a project', () => {
  test.each([
    [124, 120, 120],
    [70, 140, 70],
    [174, 87, 174],
    [60, 170, 42.5],
    [100, 100, 100],
  ])('a file at %d BPM in a project at %d plays at %d', (bpm, project, to) => {
    expect(tempoMatch(bpm, project)).toEqual({ speed: to / bpm, from: bpm, to });
  });

  test('a file is never more than half an octave from its own speed', () => {
    for (let bpm = 20; bpm <= 400; bpm += 7)
      expect(Math.abs(Math.log2(tempoMatch(bpm, 120)!.speed))).toBeLessThanOrEqual(0.5);
  });

  test('without a tempo there is nothing to match', () => {
    expect([tempoMatch(null, 120), tempoMatch(-1, 120), tempoMatch(120, null)]).toEqual([null, null, null]);
  });

  test('in words', () => expect(tempoWords(tempoMatch(123.96, 120)!)).toBe('124 → 120 BPM'));
});

describe('the key of a project', () => {
  const match = (key: string, project: string) => keyMatch(parseKey(key), parseKey(project))!;

  test.each([
    ['C', 'D', 2, 'C → D'],
    ['Am', 'C', 0, 'Am → Am'],
    ['Am', 'Em', -5, 'Am → Em'],
    ['C', 'Cm', 3, 'C → Eb'],
    ['C', 'F#', -6, 'C → F#'],
    ['Bm', 'Am', -2, 'Bm → Am'],
  ])('%s in a project in %s goes %d semitones: %s', (key, project, semitones, words) => {
    expect(match(key, project).semitones).toBe(semitones);
    expect(keyWords(match(key, project))).toBe(words);
  });

  test('every key ends at the place of the project’s on the Camelot wheel', () => {
    const number = (key: number) => parseInt(camelot(key), 10);
    for (let key = 0; key < 24; key++) {
      for (let project = 0; project < 24; project++) {
        const { to, semitones } = keyMatch(key, project)!;
        expect(number(to)).toBe(number(project));
        expect(Math.abs(semitones)).toBeLessThanOrEqual(6);
      }
    }
  });

  test('without a key there is nothing to match', () => {
    expect([keyMatch(-1, 0), keyMatch(null, 0), keyMatch(0, null)]).toEqual([null, null, null]);
  });
});
