import { expect, test } from 'vitest';
import { PlayedPart } from '../../../src/renderer/audition/played-part.ts';
import type { Span } from '../../../src/renderer/audition/sound.ts';

const MATCH = { startSeconds: 10, endSeconds: 15 };
const SELECTION = { startSeconds: 11, endSeconds: 12 };

function played() {
  const told: (Span | null)[] = [];
  const part = new PlayedPart((now) => told.push(now));
  const begin = (position: number, loop: Span | null = null) =>
    part.begin(position, loop, [SELECTION, MATCH], ({ startSeconds }) => startSeconds === position);
  return { part, told, begin };
}

test('a match that playback begins with counts until it is left, once', () => {
  const { part, told, begin } = played();
  begin(10);
  for (const position of [9.98, 10.2, 14.9, 15.01, 15.4]) part.moved(position, null);
  expect(told).toEqual([MATCH, null]);
});

test('one that is passed on the way does not count', () => {
  const { part, told, begin } = played();
  begin(0);
  for (const position of [9, 10, 12, 16]) part.moved(position, null);
  expect(told).toEqual([]);
});

test('a selection that begins there precedes the match; playback that goes on within a part stays with it', () => {
  const { part, told, begin } = played();
  begin(11);
  begin(11.5);
  part.moved(11.7, null);
  expect(told).toEqual([SELECTION]);
  begin(10);
  expect(told.at(-1)).toBe(MATCH);
});

test('what is repeated counts as soon as it plays, and another file forgets it', () => {
  const { part, told, begin } = played();
  begin(13, MATCH);
  part.moved(15.04, MATCH); // about to turn back
  expect(told).toEqual([MATCH]);
  part.moved(11, SELECTION);
  part.forget();
  expect(told).toEqual([MATCH, SELECTION, null]);
});
