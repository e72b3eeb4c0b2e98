import { expect, test } from 'vitest';
import { parseByteRange } from '../../src/main/host/byte-range.ts';

const part = (start: number, end: number) => ({ kind: 'part', start, end });
const whole = { kind: 'whole' };
const unsatisfiable = { kind: 'unsatisfiable' };

test.each([
  [undefined, whole],
  ['bytes=0-99', part(0, 99)],
  ['bytes=0-0', part(0, 0)],
  ['bytes=500-', part(500, 999)],
  ['bytes=0-', part(0, 999)],
  ['bytes=900-5000', part(900, 999)],
  ['bytes=-100', part(900, 999)],
  ['bytes=-5000', part(0, 999)],
  ['Bytes=1-2', part(1, 2)],
  ['bytes= 1-2 ', part(1, 2)],
  ['bytes=999-', part(999, 999)],
  ['bytes=1000-', unsatisfiable],
  ['bytes=1000-1001', unsatisfiable],
  ['bytes=-0', unsatisfiable],
  // Not understood: the whole, as RFC 9110 §14.2 wants it.
  ['bytes=-', whole],
  ['bytes=9-8', whole],
  ['bytes=0-1,5-6', whole],
  ['items=0-1', whole],
  ['bytes=a-b', whole],
  ['bytes=1.5-2', whole],
  ['bytes=--1', whole],
  ['bytes=99999999999999999999-', whole],
])('%s of 1000 bytes', (header, expected) => {
  expect(parseByteRange(header, 1000)).toEqual(expected);
});

test('nothing can be had of an empty file', () => {
  expect(parseByteRange('bytes=0-', 0)).toEqual(unsatisfiable);
  expect(parseByteRange('bytes=-1', 0)).toEqual(unsatisfiable);
});
