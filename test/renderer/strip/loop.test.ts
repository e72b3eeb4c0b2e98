import { expect, test } from 'vitest';
import { LOOPS, loopOf, loopSpan, nextLoop } from '../../../src/renderer/strip/loop.ts';

const match = { startSeconds: 1, endSeconds: 2 };
const selection = { startSeconds: 5, endSeconds: 6 };

test('what is chosen is repeated, and what a file has instead of it', () => {
  expect(LOOPS.map((loop) => loopOf(loop, { match, selection }))).toEqual(['match', 'selection', 'file']);
  expect(LOOPS.map((loop) => loopOf(loop, { match, selection: null }))).toEqual(['match', 'match', 'file']);
  expect(LOOPS.map((loop) => loopOf(loop, { match: null, selection }))).toEqual(['file', 'selection', 'file']);
  expect(LOOPS.map((loop) => loopSpan(loop, { match, selection }))).toEqual([match, selection, null]);
});

test('choices go round', () => {
  expect(nextLoop(nextLoop(nextLoop('match')))).toBe('match');
});
