/** What comes into one place, by rule, by what is there, and by what of that is ours. */
import { describe, expect, test } from 'vitest';
import type { WriteProfile } from '../../src/shared/calls/write.ts';
import type { AcceptedTag } from '../../src/main/export/accepted-tags.ts';
import { decide, modeFor } from '../../src/main/writeback/field-values.ts';
import { SHIPPED_PROFILES } from '../../src/main/writeback/profiles.ts';
import { parseProvenance, provenanceText } from '../../src/main/text/provenance.ts';
import { wave } from '../../src/main/writeback/riff/wave.ts';
import { usedTags, wantedFields } from '../../src/main/writeback/wanted.ts';

const KEYWORDS = 'iXML:USER/KEYWORDS';

type Case = [what: string, mode: 'fill' | 'append' | 'replace', existing: string[], earlier: string[], wanted: string[], after: string[], ours: string[]]; // prettier-ignore

describe('one text for all values', () => {
  test.each<Case>([
    ['fills what is empty', 'fill', [], [], ['a', 'b'], ['a, b'], ['a', 'b']],
    ['leaves what is there', 'fill', ['theirs'], [], ['a'], ['theirs'], []],
    ['fills again what is all ours', 'fill', ['a, b'], ['a', 'b'], ['c'], ['c'], ['c']],
    ['gives way when somebody has changed ours', 'fill', ['A better text'], ['a'], ['c'], ['A better text'], []],
    [
      'adds, none twice, whatever the case',
      'append',
      ['Door, slam'],
      [],
      ['door', 'wood'],
      ['Door, slam, wood'],
      ['wood'],
    ],
    ['replaces ours among theirs', 'append', ['x, a, y'], ['a'], ['b'], ['x, y, b'], ['b']],
    ['takes ours out at the end', 'append', ['x; y,z, a, b'], ['a', 'b'], [], ['x; y,z'], []],
    ['leaves nothing where all was ours', 'append', ['a, b'], ['a', 'b'], [], [], []],
    ['stands instead of what is there', 'replace', ['theirs'], [], ['a'], ['a'], ['a']],
    ['replaces nothing by nothing', 'replace', ['theirs'], [], [], ['theirs'], []],
    ['stays as it is where nothing is ours', 'append', ['x ,, y,'], [], [], ['x ,, y,'], []],
    ['stays as it is where it is used twice', 'fill', ['x', 'y'], [], ['a'], ['x', 'y'], []],
  ])('%s', (_, mode, existing, earlier, wanted, after, ours) => {
    const decided = decide('keywords', KEYWORDS, mode, wave, { existing, earlier, wanted });
    expect(decided).toMatchObject({ after, ours });
    // Once more, from what is there now, nothing changes.
    const again = decide('keywords', KEYWORDS, mode, wave, { existing: decided.after, earlier: decided.ours, wanted });
    expect(again.after).toEqual(decided.after);
  });

  test('cut to fit, it is known again as ours', () => {
    const wanted = [Array.from({ length: 60 }, (_, at) => `word${at}`).join(', ')];
    const first = decide('description', 'bext:Description', 'fill', wave, { existing: [], earlier: [], wanted });
    expect(first.after[0]!.length).toBeLessThanOrEqual(256);
    expect(first.note).toMatch(/Shortened/);
    const again = decide('description', 'bext:Description', 'fill', wave, { existing: first.after, earlier: first.ours, wanted }); // prettier-ignore
    expect(again.after).toEqual(first.after);
  });
});

describe('values of their own', () => {
  test.each<Case>([
    ['are added behind', 'append', ['Rock'], [], ['rock', 'Jazz'], ['Rock', 'Jazz'], ['Jazz']],
    ['give way', 'append', ['Rock', 'Jazz'], ['Jazz'], ['Blues'], ['Rock', 'Blues'], ['Blues']],
    ['go', 'append', ['Jazz'], ['Jazz'], [], [], []],
    ['stand instead', 'replace', ['Rock', 'Pop'], [], ['Jazz'], ['Jazz'], ['Jazz']],
  ])('%s', (_, mode, existing, earlier, wanted, after, ours) => {
    expect(decide('genre', 'TCON', mode, wave, { existing, earlier, wanted })).toMatchObject({ after, ours });
  });
});

test('standards with one text are only ever filled', () => {
  for (const id of ['bext:Description', 'LIST/INFO:IKEY', 'NAME', 'ANNO'])
    expect(modeFor('description', id, 'replace')).toBe('fill');
  expect(modeFor('genre', 'TCON', 'replace')).toBe('replace');
  expect(modeFor('bpm', 'TBPM', 'append')).toBe('fill'); // one value
});

describe('profiles', () => {
  const tag = (vocabularyId: string, name: string, profile: AcceptedTag['profile'], catId?: string): AcceptedTag => ({
    vocabularyId, labelId: name, name, profile, probability: 0.9,
    ucs: catId === undefined ? null : { catId, category: catId.slice(0, 4), subCategory: 'SUB' },
  }); // prettier-ignore
  const tags = [tag('sfx', 'wind', 'sfx', 'WINDGust'), tag('sfx', 'rain', 'sfx', 'RAINHvy'), tag('general', 'weather', 'sfx'), tag('music-genre', 'rock', 'music'), tag('music-mood', 'dark', 'music')]; // prettier-ignore
  const values = (id: string) =>
    Object.fromEntries(
      wantedFields(
        SHIPPED_PROFILES.find((each) => each.id === id)!,
        tags,
      ).map((each) => [each.field, each.values]),
    );

  test('take what is theirs; one UCS category, that of the first tag', () => {
    expect(values('sfx')).toEqual({
      catId: ['WINDGust'], category: ['WIND'], subcategory: ['SUB'], ucsCategoryFull: ['WIND-SUB'],
      keywords: ['wind', 'rain', 'weather'], description: ['wind, rain, weather'],
    }); // prettier-ignore
    expect(values('music')).toEqual({ genre: ['rock'], mood: ['dark'], instrument: [] });
    expect(values('dj')).toEqual({ comment: ['rock, dark'], grouping: ['dark'] });
  });

  test('one of the user takes all vocabularies, or those it names', () => {
    const mine: WriteProfile = { id: 'mine', name: 'Mine', shipped: false, keepTime: false, rules: [{ field: 'genre', mode: 'fill', vocabularyIds: [] }] }; // prettier-ignore
    expect(wantedFields(mine, tags)[0]!.values).toHaveLength(5);
    mine.rules[0]!.vocabularyIds = ['general'];
    expect(wantedFields(mine, tags)[0]!.values).toEqual(['weather']);
    expect(usedTags(mine, tags)).toHaveLength(1);
  });
});

test('what we wrote is read again; what is damaged or foreign is not ours', () => {
  const provenance = { model: 'm', date: '2026-01-01', profile: 'sfx', labels: [['sfx/a', 0.91234], ['b/c', null]] as [string, number | null][], measured: [], wrote: { TCON: ['ä'] } }; // prettier-ignore
  const text = provenanceText(provenance);
  expect(text).not.toContain('\n');
  expect(parseProvenance(text)).toEqual({
    ...provenance,
    labels: [
      ['sfx/a', 0.912],
      ['b/c', null],
    ],
  });
  for (const foreign of [
    undefined,
    '',
    'a note',
    '{}',
    '[]',
    'null',
    text.slice(0, -5),
    text.replace('"wrote"', '"w"'),
    text.replace('"earmark":1', '"earmark":2'),
    text.replace('["ä"]', '[1]'),
    text.replace('["ä"]', '"ä"'),
    text.replace('{"TCON":["ä"]}', '[]'),
  ]) {
    expect(parseProvenance(foreign)).toBeNull();
  }
  const halfDamaged = '{"earmark":1,"model":7,"date":null,"labels":[["a"]],"measured":["bpm","mood"],"wrote":{}}';
  const nothing = { model: '', date: '', profile: '', labels: [], measured: [], wrote: {} };
  expect(parseProvenance(halfDamaged)).toEqual(nothing);
  for (const labels of ['[["a","b"]]', '[[1,0.5]]', '[["a",0.5,1]]', '{}', '"a"']) {
    expect(parseProvenance(`{"earmark":1,"labels":${labels},"wrote":{}}`)).toEqual(nothing);
  }
});
