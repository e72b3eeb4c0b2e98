import { expect, test } from 'vitest';
import { diffWords, type DiffPart } from '../../../src/renderer/screens/write/diff-words.ts';
import {
  confirmUndo,
  confirmWrite,
  countOf,
  planWords,
  runWords,
} from '../../../src/renderer/screens/write/write-words.ts';
import { sameChanges } from '../../../src/renderer/screens/write/same-changes.ts';
import type { FieldChange, PlanSummary, WriteRun } from '../../../src/shared/calls/write.ts';

const RUN: WriteRun = {
  ...{ runId: 7, kind: 'write', profileId: 'sfx', startedMs: 0, finishedMs: 1 },
  ...{ written: 214, skipped: 3, failed: 1, undone: 0, notRestored: 0 },
};

test('a plan in one line', () => {
  const plan: PlanSummary = {
    ...{ planId: 1, profileId: 'sfx', files: 232, change: 214, same: 12, untagged: 0, refused: 6, fields: 830 },
  };
  expect(planWords(plan)).toBe('214 files change in 830 fields · 6 cannot be written · 12 up to date');
  expect(planWords({ ...plan, change: 1, fields: 1, refused: 0, same: 1 })).toBe(
    '1 file changes in 1 field · 1 up to date',
  );
  expect(planWords({ ...plan, profileId: 'markers', change: 2, fields: 9, refused: 0, same: 3, untagged: 1 })).toBe(
    '9 markers into 2 files · 2 up to date · 1 without a match',
  );
  expect(planWords({ ...plan, change: 0, refused: 0 })).toBe('no changes · 12 up to date');
  expect(planWords({ ...plan, change: 0, refused: 0, untagged: 12 })).toBe(
    'no changes · 12 without accepted tags for this profile',
  );
});

test('what is asked before files change', () => {
  const question = confirmWrite(214, 'sfx');
  expect(confirmWrite(1, 'markers').title).toBe('Write markers into 1 file?');
  expect(question.title).toBe('Write tags into 214 files?');
  expect(question.sentences).toContain('The audio data stays identical, byte for byte.');
  expect(question.verb).toBe('Write 214 files');
  expect(confirmUndo(RUN).title).toBe('Restore 214 files?');
  expect(confirmUndo({ ...RUN, written: 1 }).title).toBe('Restore 1 file?');
  expect(confirmUndo({ ...RUN, kind: 'rename', written: 1 }).title).toBe('Restore the old name of 1 file?');
});

test('a run: everything that became of its files, nothing that did not happen', () => {
  expect(runWords(RUN)).toBe('214 written · 3 skipped · 1 failed');
  expect(runWords({ ...RUN, kind: 'rename', skipped: 0, failed: 0 })).toBe('214 renamed');
  expect(runWords({ ...RUN, written: 0, undone: 213, skipped: 0, failed: 0, notRestored: 1 })).toBe(
    '213 restored · 1 not restored',
  );
  expect(runWords({ ...RUN, written: 0, skipped: 0, failed: 0 })).toBe('no files changed');
  expect(countOf(RUN, null)).toBe(218);
  expect(countOf({ ...RUN, notRestored: 2 }, 'not-restored')).toBe(2);
});

const join = (parts: DiffPart[], kind?: DiffPart['kind']) =>
  parts
    .filter((part) => kind === undefined || part.kind === kind)
    .map(({ text }) => text)
    .join('');

test.each([
  ['heavy; close', 'heavy; close; wooden door', '', '; wooden door'],
  ['DOOR', 'DOORS', 'DOOR', 'DOORS'],
  ['a slow door', 'a heavy slow door', '', 'heavy '],
  [null, 'new here', '', 'new here'],
  ['gone', null, 'gone', ''],
  ['', 'filled', '', 'filled'],
])('%j → %j: what goes and what comes', (before, after, gone, come) => {
  const diff = diffWords(before, after);
  expect(join(diff.before)).toBe(before ?? '');
  expect(join(diff.after)).toBe(after ?? '');
  expect(join(diff.before, 'gone')).toBe(gone);
  expect(join(diff.after, 'new')).toBe(come);
});

test('a value that is too long to compare part by part counts as changed', () => {
  const long = Array.from({ length: 500 }, (_, index) => `word${index}`).join(' ');
  expect(diffWords(long, `${long} more`).after).toEqual([{ text: `${long} more`, kind: 'new' }]);
});

test('one value that is written to several places of a file is shown once', () => {
  const change = (nativeId: string, after: string, note = ''): FieldChange => ({
    ...{ field: 'catId', nativeId, before: null, after, mode: 'fill', note },
  });
  const told = sameChanges([
    change('iXML:USER/CATID', 'DOORWood', 'Shortened.'),
    change('iXML:ASWG/catId', 'DOORWood', 'Shortened.'),
    change('bext:Description', 'DOORMetl'),
  ]);
  expect(told.map(({ after, places }) => [after, places.map(({ nativeId }) => nativeId)])).toEqual([
    ['DOORWood', ['iXML:USER/CATID', 'iXML:ASWG/catId']],
    ['DOORMetl', ['bext:Description']],
  ]);
  expect(told[0]!.notes).toEqual(['Shortened.']);
});
