/** Tempo and key: which value is wanted, what it comes upon in a file, and the places that are no plain text. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FactField, WriteMode } from '../../src/shared/calls/write.ts';
import type { Fact, FactSource } from '../../src/shared/facts.ts';
import { decide } from '../../src/main/writeback/field-values.ts';
import { mp4 } from '../../src/main/writeback/mp4/mp4.ts';
import { SHIPPED_PROFILES } from '../../src/main/writeback/profiles.ts';
import { wave } from '../../src/main/writeback/riff/wave.ts';
import { measuredFacts, usedTags, wantedFields, withTempoAndKey } from '../../src/main/writeback/wanted.ts';
import { edited, fieldsOf, foreign, makeAudio, set, testFolder } from './foreign-readers-kit.ts';

type Case = [what: string, field: FactField, mode: WriteMode, existing: string[], earlier: string[], wanted: string[], after: string[], ours: string[]]; // prettier-ignore

test.each<Case>([
  ['an empty place is filled', 'bpm', 'fill', [], [], ['126'], ['126'], ['126']],
  ['another tempo is kept', 'bpm', 'fill', ['120'], [], ['126'], ['120'], []],
  ['another tempo is replaced where that is asked for', 'bpm', 'replace', ['120'], [], ['126'], ['126'], ['126']],
  ['a tempo spelt otherwise is the same', 'bpm', 'replace', ['126.00'], [], ['126'], ['126.00'], []],
  ['0 stands for no tempo', 'bpm', 'fill', ['0'], [], ['126'], ['126'], ['126']],
  ['ours gives way', 'bpm', 'fill', ['120'], ['120'], ['126'], ['126'], ['126']],
  ['ours stays ours', 'bpm', 'fill', ['126'], ['126'], ['126'], ['126'], ['126']],
  ['ours goes', 'bpm', 'replace', ['126'], ['126'], [], [], []],
  ['theirs stays where nothing is wanted', 'bpm', 'replace', ['120'], [], [], ['120'], []],
  ['a key spelt otherwise is the same', 'key', 'replace', ['8A'], [], ['Am'], ['8A'], []],
  ['an enharmonic key is the same', 'key', 'replace', ['Dbm'], [], ['C#m'], ['Dbm'], []],
  ['another key is replaced', 'key', 'replace', ['A'], [], ['Am'], ['Am'], ['Am']],
])('%s', (_, field, mode, existing, earlier, wanted, after, ours) => {
  const id = field === 'bpm' ? 'TBPM' : 'TKEY';
  const decided = decide(field, id, mode, wave, { existing, earlier, wanted });
  expect(decided).toEqual({ after, ours, note: '' });
  const again = decide(field, id, mode, wave, { existing: decided.after, earlier: decided.ours, wanted });
  expect(again.after).toEqual(after);
});

describe('which value', () => {
  const music = SHIPPED_PROFILES.find(({ id }) => id === 'music')!;
  const fact = (from: FactSource, value: number | string | null, confidence: number): Fact => ({ value, confidence, from }); // prettier-ignore
  const wanted = (bpm: Fact | null, key: Fact | null) => {
    const fields = wantedFields(withTempoAndKey(music), [], { bpm, key });
    return Object.fromEntries(fields.map(({ field, values }) => [field, values]));
  };

  test('no profile that comes with Earmark has them of its own; a rule of the user’s stays as it is', () => {
    for (const { rules } of SHIPPED_PROFILES) expect(rules.map(({ field }) => field)).not.toContain('bpm');
    const mine = { ...music, shipped: false, rules: [{ field: 'key', mode: 'fill', vocabularyIds: [] }] } as typeof music; // prettier-ignore
    expect(withTempoAndKey(mine).rules.map(({ field, mode }) => [field, mode])).toEqual([['key', 'fill'], ['bpm', 'replace']]); // prettier-ignore
    expect(usedTags(mine, [{ vocabularyId: 'sfx', labelId: 'a', name: 'a', profile: 'sfx', ucs: null, probability: 1 }])).toEqual([]); // prettier-ignore
  });

  test('what you or the name says; what was measured where it is certain; nothing of what the file states itself', () => {
    expect(wanted(fact('you', 126.5, 1), fact('name', 'Am', 0.9))).toMatchObject({ bpm: ['126.5'], key: ['Am'] });
    expect(wanted(fact('sound', 97, 0.8), fact('sound', 'F#m', 0.79))).toMatchObject({ bpm: ['97'], key: [] });
    expect(wanted(fact('file', 120, 0.95), null)).toMatchObject({ bpm: null, key: [] });
    expect(wanted(fact('you', null, 1), null)).toMatchObject({ bpm: [] });
    expect(measuredFacts({ bpm: fact('sound', 97, 0.9), key: fact('you', 'Am', 1) })).toEqual(['bpm']);
    expect(measuredFacts({ bpm: fact('sound', 97, 0.5), key: null })).toEqual([]);
  });
});

test('MP4: the tempo is a number of two bytes, whatever type it is given, and whole', async () => {
  const folder = testFolder('tempo');
  const path = await makeAudio(join(folder, 'tempo.m4a'), 'm4a', { tags: { title: 'Theirs' } });
  const KEY = '----:com.apple.iTunes:initialkey';
  const first = await edited(mp4, path, [set('tmpo', '127'), set(KEY, 'F#m')]);
  const second = await edited(mp4, first, [set('tmpo', '300')]);
  expect(await fieldsOf(mp4, second)).toMatchObject({ tmpo: ['300'], [KEY]: ['F#m'], '©nam': ['Theirs'] });
  const shown = foreign('exiftool', ['-s', '-BeatsPerMinute', '-initialkey', second]);
  if (shown !== null) expect(shown).toMatch(/BeatsPerMinute\s+: 300[^]*F#m/);

  // Some programs leave out the type, and one byte is enough for most tempi.
  const bytes = readFileSync(first);
  bytes[bytes.indexOf('tmpo') + 4 + 11] = 0;
  writeFileSync(join(folder, 'untyped.m4a'), bytes);
  expect(await fieldsOf(mp4, join(folder, 'untyped.m4a'))).toMatchObject({ tmpo: ['127'] });

  const fitted = decide('bpm', 'tmpo', 'replace', mp4, { existing: [], earlier: [], wanted: ['126.5'] });
  expect(fitted).toEqual({ after: ['127'], ours: ['127'], note: 'Rounded to a whole number, as this field requires.' });
  expect(decide('bpm', 'tmpo', 'replace', mp4, { existing: ['127'], earlier: [], wanted: ['126.5'] }).after).toEqual(['127']); // prettier-ignore
  await edited(mp4, second, [set('tmpo'), set(KEY)]);
});
