import { expect, test } from 'vitest';
import { chosenFacts, parseFact, type FactName, type Sources } from '../../src/shared/facts.ts';

const SILENT: Sources = { you: null, file: null, name: null, sound: null, confidence: null };

function chosen(said: Partial<Record<FactName, Partial<Sources>>>) {
  const of = (fact: FactName): Sources => ({ ...SILENT, ...said[fact] });
  return chosenFacts({ kind: of('kind'), bpm: of('bpm'), key: of('key'), root: of('root') });
}
const LOOP = { sound: 1, confidence: 0.9 };

test('the user before the file, the file before its name, the name before the audio; conflicting sources are listed', () => {
  const sound = { sound: 124, confidence: 0.8 };
  expect(chosen({ kind: LOOP, bpm: sound }).bpm).toEqual({ value: 124, confidence: 0.8, from: 'sound' });
  expect(chosen({ kind: LOOP, bpm: { ...sound, name: 124.5 } }).bpm).toEqual({ value: 124.5, confidence: 0.9, from: 'name' });
  expect(chosen({ kind: LOOP, bpm: { ...sound, name: 62, file: 62 } }).bpm).toEqual({
    value: 62,
    confidence: 0.95,
    from: 'file',
    others: [{ value: 124, confidence: 0.8, from: 'sound' }],
  });
  expect(chosen({ kind: LOOP, bpm: { ...sound, you: -1 } }).bpm).toMatchObject({ value: null, from: 'you', confidence: 1 });
}); // prettier-ignore

test('a fact found in the audio counts only for kinds that have such a fact', () => {
  const sounds = { bpm: { sound: 120, confidence: 1 }, key: { sound: 21, confidence: 1 }, root: { sound: 57, confidence: 1 } };
  expect(chosen({ kind: LOOP, ...sounds })).toMatchObject({ bpm: { value: 120 }, key: { value: 'Am' }, root: { value: null } });
  expect(chosen({ kind: { sound: 0 }, ...sounds })).toMatchObject({ bpm: { value: null }, key: { value: null }, root: { value: 'A3' } });
  expect(chosen({ kind: { sound: 0, you: 1 }, ...sounds })).toMatchObject({ kind: { value: 'loop' }, bpm: { value: 120 } });
  expect(chosen({}).bpm).toBeNull();
}); // prettier-ignore

test('a note in a name counts if the audio has it, in any octave', () => {
  const kind = { sound: 0, confidence: 1 };
  expect(chosen({ kind, root: { name: 60, sound: 48.1, confidence: 1 } }).root).toMatchObject({ value: 'C4', from: 'name' });
  expect(chosen({ kind, root: { name: 47, sound: -1 } }).root).toMatchObject({ value: null, from: 'sound' });
}); // prettier-ignore

test('values as they are typed', () => {
  expect([parseFact('bpm', '128'), parseFact('bpm', '174,5 bpm'), parseFact('bpm', '5'), parseFact('bpm', 'None')]).toEqual([128, 174.5, null, -1]);
  expect([parseFact('root', 'C99'), parseFact('root', 'G#9'), parseFact('root', 'C-1')]).toEqual([null, null, 0]);
  expect([parseFact('key', '8A'), parseFact('root', 'C3'), parseFact('root', 'C'), parseFact('kind', 'loop')]).toEqual([21, 48, null, 1]);
}); // prettier-ignore
