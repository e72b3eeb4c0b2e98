/** What a row says of its sound, in a narrow list and in a wide one. */
import { expect, test } from 'vitest';
import { rowColumns, rowFacts } from '../../src/renderer/words/row-facts.ts';
import type { Figures } from '../../src/shared/analysis.ts';
import { NO_FIGURES } from '../kit/figures.ts';

const LOOP = { ...NO_FIGURES, kind: 1, bpm: 126.04, key: 21, loudnessLufs: -14.23, clippedSamples: 12_480 };
const NOTE = { ...NO_FIGURES, kind: 0, root: 33.12 };
const columns = (row: Figures | null, order: string) => rowColumns(row, order).map(({ text }) => text);

test('in a wide list: kind, tempo, key or root note, loudness; each says what it is', () => {
  expect(rowColumns(LOOP, 'name')).toEqual([
    { field: 'kind', text: 'loop', title: 'Kind: loop' },
    { field: 'bpm', text: '126', title: 'Tempo: 126.0 BPM' },
    { field: 'key', text: 'Am', title: 'Key: Am' },
    { field: 'loudnessLufs', text: '−14.2 LUFS', title: 'Loudness: −14.2 LUFS' },
  ]);
  expect(columns(NOTE, 'name')).toEqual(['one-shot', '', 'A1', '']);
  expect(rowColumns(NOTE, 'name')[2]!.title).toBe('Root note: A1 +12 ct');
  expect(columns(NO_FIGURES, 'name')).toEqual(['', '', '', '']);
  expect(columns(null, 'name')).toEqual(['', '', '', '']);
});

test('the figure that orders the list is always seen', () => {
  expect(columns(LOOP, 'clipped')).toEqual(['loop', '126', 'Am', '12,480 samples']);
  expect(columns(LOOP, 'bpm')).toEqual(['loop', '126', 'Am', '−14.2 LUFS']);
  expect(rowFacts(LOOP, 'loudness')).toBe('−14.2 LUFS · 126 BPM · Am');
  expect(rowFacts(LOOP, 'bpm')).toBe('126 BPM · Am');
  expect(rowFacts(NOTE, 'kind')).toBe('one-shot · A1');
});

test('in a list without columns: tempo and key, or the root note', () => {
  expect(rowFacts(LOOP, 'relevance')).toBe('126 BPM · Am');
  expect(rowFacts(NOTE, 'relevance')).toBe('A1');
  expect(rowFacts(NO_FIGURES, 'relevance')).toBe('');
  expect(rowFacts(null, 'relevance')).toBe('');
});
