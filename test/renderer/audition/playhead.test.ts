import { describe, expect, test } from 'vitest';
import { Playhead } from '../../../src/renderer/audition/playhead.ts';

describe('where a sound is that plays from memory', () => {
  test('it moves with its speed from its start on, and stops at its end', () => {
    const playhead = new Playhead(10);
    playhead.start({ time: 100, at: 2, speed: 0.5, loop: null });
    expect([99, 100, 104, 116, 200].map((time) => playhead.at(time))).toEqual([2, 2, 4, 10, 10]);
    expect(playhead.secondsLeft(104)).toBe(12);
    expect(playhead.secondsLeft(99)).toBe(17); // it waits a second before it begins
  });

  test('it goes round a loop, which it may enter from before', () => {
    const playhead = new Playhead(10);
    playhead.start({ time: 0, at: 1, speed: 2, loop: { from: 3, to: 4 } });
    expect([0, 1, 1.25, 1.5, 2, 50.25].map((time) => playhead.at(time))).toEqual([1, 3, 3.5, 3, 3, 3.5]);
    expect(playhead.secondsLeft(50)).toBeNull();
  });

  test('it rests where it is put', () => {
    const playhead = new Playhead(10);
    playhead.start({ time: 0, at: 0, speed: 1, loop: null });
    playhead.rest(playhead.at(4));
    expect(playhead.at(1000)).toBe(4);
    expect(playhead.secondsLeft(1000)).toBeNull();
  });
});
