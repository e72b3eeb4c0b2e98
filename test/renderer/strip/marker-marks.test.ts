/** Which markers of a file are drawn, and how much room their labels have. */
import { expect, test } from 'vitest';
import { apartMarks } from '../../../src/renderer/waveform/marker-marks.ts';

const marker = (startSeconds: number, endSeconds: number | null = null) => ({ startSeconds, endSeconds, label: 'x' });
/** 10 px a second, from the second 10 on. */
const x = (seconds: number) => (seconds - 10) * 10;

test('regions are cut at the edges of the view, what lies outside is left out, and labels end before the next mark', () => {
  const markers = [marker(2), marker(4, 12), marker(15), marker(15.05), marker(18, 40), marker(60)];
  expect(apartMarks(markers, x, 100)).toEqual([
    { marker: markers[1], at: 0, length: 20, room: 40 },
    { marker: markers[2], at: 50, length: 0, room: 20 },
    { marker: markers[4], at: 80, length: 20, room: 10 },
  ]);
  expect(apartMarks(markers, x, 0)).toEqual([]); // not laid out yet
});
