import { expect, test } from 'vitest';
import { inOldOrder } from '../../../src/renderer/stores/old-order.ts';
import {
  dotsOf,
  forecastWords,
  gainWords,
  learntFrom,
  oftenRight,
  scoreEnding,
  wrongWords,
} from '../../../src/renderer/screens/tags/tag-words.ts';
import type { ScoreSummary, TaughtTag } from '../../../src/shared/calls/tags.ts';

test.each([
  [0.01, 'under 1 in 10'],
  [0.06, '1 in 10'],
  [0.5, '5 in 10'],
  [0.84, '8 in 10'],
  [0.949, '9 in 10'],
  [0.95, '95 in 100'],
  [0.999, '99 in 100'], // never certain
])('a probability of %d is right %s', (probability, words) => expect(oftenRight(probability)).toBe(words));

test('dots go with the probability and end at three', () => {
  expect([0, 0.24, 0.25, 0.49, 0.5, 0.79, 0.8, 1].map(dotsOf)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
});

test.each([
  [0, 'hardly any wrong'],
  [0.49, 'hardly any wrong'],
  [1.2, 'about 1 wrong'],
  [19.4, 'about 19 wrong'],
  [31.6, 'about 32 wrong'],
  [347, 'about 350 wrong'],
  [12_345, 'about 12,000 wrong'],
])('%d expected errors are %s', (expected, words) => expect(wrongWords(expected, 20_000)).toBe(words));

test('a forecast says how many and how many of them wrong', () => {
  expect(forecastWords({ suggestions: 214, files: 214, expectedWrong: 29.7 })).toBe('214 suggestions, about 30 wrong');
  expect(forecastWords({ suggestions: 1, files: 1, expectedWrong: 0.1 })).toBe('1 suggestion, hardly any wrong');
  expect(forecastWords({ suggestions: 1, files: 1, expectedWrong: 0.49 })).toBe('1 suggestion, perhaps 1 wrong');
  expect(forecastWords({ suggestions: 0, files: 0, expectedWrong: 0 })).toBe('no suggestions');
});

test('what suggesting found, and what it did not', () => {
  const summary: ScoreSummary = {
    ...{ files: 300, vocabularies: ['sfx'], suggestions: 2140, unknown: 12, seconds: 2, cancelled: false },
  };
  expect(scoreEnding(summary)).toBe('2,140 suggestions for 300 files; no tag fits 12 files.');
  expect(scoreEnding({ ...summary, unknown: 0 })).toBe('2,140 suggestions for 300 files.');
  expect(scoreEnding({ ...summary, files: 0 })).toMatch(/^All suggestions are up to date/);
  expect(scoreEnding({ ...summary, cancelled: true })).toMatch(/^Stopped after 300 files/);
});

test('the gain of learning, honest where there is none', () => {
  const tag: TaughtTag = {
    ...{ tagId: 1, name: 'door', accepted: 14, rejected: 6, before: 0.62, after: 0.88, inUse: true, learntMs: 0 },
  };
  expect(learntFrom(tag)).toBe('learned from 14 accepted and 6 rejected');
  expect(gainWords(tag)).toBe('accuracy 88 %, before 62 %');
  expect(gainWords({ ...tag, after: 0.623 })).toBe('accuracy 62 %, unchanged');
  expect(gainWords({ ...tag, before: null })).toBe('');
});

test('rows keep their places when the list is asked for again; new ones stand where they belong', () => {
  const rows = (keys: string) => Array.from(keys).map((name, index) => ({ key: name.charCodeAt(0), at: index }));
  const order = (before: string, now: string) =>
    inOldOrder(rows(before), rows(now), ({ key }) => key)
      .map(({ key }) => String.fromCharCode(key))
      .join('');
  expect(order('abcd', 'bcda')).toBe('abcd');
  expect(order('abcd', 'dxb')).toBe('bdx');
  expect(order('abc', 'xaybcz')).toBe('xaybcz');
  expect(order('', 'abc')).toBe('abc');
  expect(order('abc', '')).toBe('');
});
