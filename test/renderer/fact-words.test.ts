/** Facts in words: what is uncertain says so. */
import { expect, test } from 'vitest';
import { factSource, factValue } from '../../src/renderer/words/fact-words.ts';
import { CERTAIN, isUncertain, type Evidence } from '../../src/shared/facts.ts';

const sound = (value: Evidence['value'], confidence: number): Evidence => ({ value, confidence, from: 'sound' });

test('a measured fact of low confidence is a perhaps, with its confidence; what others state is not', () => {
  expect(factValue('bpm', sound(126, 0.62))).toBe('perhaps 126 BPM');
  expect(factSource('bpm', sound(126, 0.62))).toBe('from the sound, 62 %');
  expect(factValue('key', sound('Am', 0.5))).toBe('perhaps Am · 8A');
  expect(factValue('bpm', sound(126, CERTAIN))).toBe('126 BPM');
  expect(factValue('bpm', { value: 126, confidence: 0.5, from: 'name' })).toBe('126 BPM');
  expect(factValue('bpm', sound(null, 0))).toBe('none');
  expect([sound(126, 0.79), sound(126, 0.8), sound(null, 0)].map(isUncertain)).toEqual([true, false, false]);
});
