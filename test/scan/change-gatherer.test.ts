import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChangeGatherer } from '../../src/main/scan/change-gatherer.ts';
import { HandTimers } from '../kit/timers.ts';

let timers: HandTimers;
let gatherer: ChangeGatherer;
beforeEach(() => {
  timers = new HandTimers();
});
afterEach(() => gatherer.close());

/** @returns the roots whose changes have settled, one entry a burst */
function gather(quietMs: number, longestMs: number): number[] {
  const settled: number[] = [];
  gatherer = new ChangeGatherer((rootId) => settled.push(rootId), { quietMs, longestMs }, timers);
  return settled;
}

test('a burst is one, after it has been quiet; each root by itself', () => {
  const settled = gather(100, 10_000);
  for (let i = 0; i < 20; i++) {
    gatherer.note(1);
    timers.pass(99);
  }
  gatherer.note(2);
  expect(settled).toEqual([]);
  timers.pass(1);
  expect(settled).toEqual([1]);
  timers.pass(99);
  expect(settled).toEqual([1, 2]);
  gatherer.note(1);
  timers.pass(100);
  expect(settled).toEqual([1, 2, 1]);
  expect(timers.waiting).toBe(0);
});

test('what never gets quiet is acted upon all the same', () => {
  const settled = gather(1000, 300);
  const noteFor = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 20) {
      gatherer.note(1);
      timers.pass(20);
    }
  };
  noteFor(280);
  expect(settled).toEqual([]);
  noteFor(20);
  expect(settled).toEqual([1]);
  noteFor(300);
  expect(settled).toEqual([1, 1]);
});

test('what was noted can be dropped', () => {
  const settled = gather(50, 1000);
  gatherer.note(1);
  gatherer.note(2);
  gatherer.forget(1);
  gatherer.forget(3);
  timers.pass(2000);
  expect(settled).toEqual([2]);
});
