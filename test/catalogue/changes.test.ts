/** What one connection changes, another one learns: kinds and ids, once it is committed. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCatalogue, type Catalogue } from '../../src/main/catalogue/open.ts';
import type { ChangeKind } from '../../src/main/catalogue/stores/changes.ts';
import { addAnalysed, axis, facts, olderCatalogue, temporaryCatalogue, type TemporaryCatalogue } from '../kit/catalogue.ts'; // prettier-ignore

const ALL = 1000;

let temporary: TemporaryCatalogue;
let writer: Catalogue;
let other: Catalogue;
let rootId: number;
let fileId: number;
beforeEach(() => {
  temporary = temporaryCatalogue();
  writer = temporary.catalogue;
  rootId = writer.roots.add('/sounds').id;
  fileId = addAnalysed(temporary, rootId, 'a.wav');
  other = openCatalogue(temporary.folder, { readonly: true });
});
afterEach(() => {
  other.close();
  temporary.remove();
});

/** What the other connection learns of it. */
function learned(work: () => void): Partial<Record<ChangeKind, number[]>> {
  const from = other.changes.revision();
  work();
  return Object.fromEntries(other.changes.since(from, ALL).ids);
}
function tag(): number {
  return writer.tagRows.ensure('v', [{ id: 'door', name: 'door' }])[0]!;
}

describe('what is recorded', () => {
  const SIZE = { size: 1, mtimeMs: 2 };
  const CASES: [string, () => void, () => Partial<Record<ChangeKind, number[]>>][] = [
    ['a file that was moved', () => writer.files.moveTo(fileId, { rootId, relativePath: 'b.wav', ...SIZE }), () => ({ file: [fileId] })],
    ['a file that cannot be read', () => writer.files.setFailed(fileId, { code: 'undecodable-audio', message: 'No.', ...SIZE }), () => ({ file: [fileId] })],
    ['a drive that went away', () => writer.roots.setOnline(rootId, false), () => ({ root: [rootId] })],
    ['a root with its files', () => writer.roots.remove(rootId), () => ({ file: [fileId], root: [rootId] })],
    ['a favourite', () => writer.ratings.setFavourite([fileId], true), () => ({ mark: [fileId] })],
    ['a collection', () => writer.collections.create('Doors'), () => ({ collection: [1] })],
    ['a search', () => writer.savedSearches.save('Doors', { text: 'door' }), () => ({ search: [1] })],
    ['a setting', () => writer.settings.set({ volume: 0.5 }), () => ({ setting: [0] })],
    ['a run of writing', () => writer.writeJournal.begin('sfx'), () => ({ run: [1] })],
  ]; // prettier-ignore
  test.each(CASES)('%s', (_, change, expected) => expect(learned(change)).toEqual(expected()));

  test('a file in a collection', () => {
    const { id } = writer.collections.create('Doors');
    expect(learned(() => writer.collections.add(id, [fileId]))).toEqual({ mark: [fileId], collection: [id] });
    expect(learned(() => writer.collections.take(id, [fileId]))).toEqual({ mark: [fileId], collection: [id] });
  });

  test('a suggestion, a decision about it, and taking that back', () => {
    const tagId = tag();
    const found = [{ tagId, probability: 0.7, startSeconds: 0, endSeconds: 1 }];
    const suggest = () => writer.suggestions.replace(fileId, temporary.spaceId, 'v', 'h', found);
    expect(learned(() => writer.transaction(suggest))).toEqual({ suggestion: [fileId] });
    const decide = () => writer.decisions.decide([{ fileId, tagId, accepted: true }], temporary.spaceId);
    expect(learned(decide)).toEqual({ decision: [fileId], tag: [tagId] });
    expect(learned(() => writer.decisions.undo(null))).toEqual({ decision: [fileId], tag: [tagId] });
  });

  test('an analysis of another model', () => {
    const spaceId = writer.windows.ensureSpace({ modelId: 'second', weightHash: 'b', preprocessing: 1, dim: 8 });
    const windows = [{ startSeconds: 0, seconds: 5, embedding: axis(1) }];
    const analyse = () => writer.files.storeAnalysed({ fileId, spaceId, facts: facts('content of a.wav'), tags: [], windows }); // prettier-ignore
    expect(learned(analyse)).toEqual({ file: [fileId] });
    expect(learned(() => writer.spaces.forgetSome(spaceId, 0, 10))).toEqual({ file: [fileId] });
  });

  test('whatever the statement says of conflicts', () => {
    writer.ratings.setStars([fileId], 1);
    expect(learned(() => temporary.db.exec('UPDATE OR IGNORE rating SET stars = 2'))).toEqual({ mark: [fileId] });
    expect(learned(() => temporary.db.exec('UPDATE OR IGNORE rating SET stars = 3'))).toEqual({ mark: [fileId] });
  });

  test('of every table, but for those that follow from others or that nobody shows', () => {
    const names = (type: string) =>
      temporary.db.prepare<[string], string>('SELECT tbl_name FROM sqlite_schema WHERE type = ?').pluck().all(type);
    const told = new Set(names('trigger'));
    const untold = names('table').filter((table) => !told.has(table) && !/^(sqlite_|file_words)/.test(table));
    expect(untold.sort()).toEqual([
      ...['analysis_versions', 'change', 'decision_before', 'decision_step', 'file_tag', 'job'],
      ...['near_compared', 'near_pair', 'space'],
      ...[
        'studio',
        'studio_collection',
        'studio_document',
        'studio_file',
        'studio_followed',
        'studio_personal',
        'studio_place',
        'studio_word',
        'suggestion',
        'window',
        'words_due',
      ],
    ]);
  });
});

describe('revisions', () => {
  test('a transaction that is rolled back tells nothing', () => {
    const failing = () =>
      writer.transaction(() => {
        writer.ratings.setStars([fileId], 3);
        expect(other.changes.since(0, ALL).ids.get('mark')).toBeUndefined();
        throw new Error('no');
      });
    expect(learned(() => expect(failing).toThrow('no'))).toEqual({});
    expect(learned(() => writer.ratings.setStars([fileId], 3))).toEqual({ mark: [fileId] });
  });

  test('grow with every change, the table does not', () => {
    const count = () => temporary.db.prepare<[], number>('SELECT count(*) FROM change').pluck().get()!;
    writer.ratings.setStars([fileId], 1);
    const [before, rows] = [writer.changes.revision(), count()];
    for (let at = 0; at < 100; at++) writer.ratings.setStars([fileId], 1 + (at % 5));
    expect([writer.changes.revision(), count()]).toEqual([before + 100, rows]);
  });

  test('can be followed some at a time', () => {
    const from = writer.changes.revision();
    const ids = Array.from({ length: 5 }, (_, at) => addAnalysed(temporary, rootId, `${at}.wav`, at));
    writer.ratings.setStars([ids[0]!], 2);
    const seen: [ChangeKind, number][] = [];
    let at = from;
    for (;;) {
      const { revision, ids: found } = writer.changes.since(at, 2);
      if (revision === at) break;
      for (const [kind, those] of found) seen.push(...those.map((id): [ChangeKind, number] => [kind, id]));
      at = revision;
    }
    expect(seen).toEqual([...ids.map((id) => ['file', id]), ['mark', ids[0]]]);
    expect(at).toBe(writer.changes.revision());
  });

  test('of others: told from one’s own without reading them', () => {
    const [ours, theirs] = [writer.changes.othersVersion(), other.changes.othersVersion()];
    writer.ratings.setStars([fileId], 3);
    expect(writer.changes.othersVersion()).toBe(ours);
    expect(other.changes.othersVersion()).not.toBe(theirs);
  });
});

test('a catalogue of before has no news, and tells what changes from then on', () => {
  const older = olderCatalogue(11);
  older.db.exec("INSERT INTO root (id, path, added_ms) VALUES (4, '/old', 1)");
  const catalogue = openCatalogue(older.folder);
  expect(catalogue.changes.since(0, ALL)).toEqual({ revision: 0, ids: new Map() });
  catalogue.roots.hide(4);
  expect([...catalogue.changes.since(0, ALL).ids]).toEqual([['root', [4]]]);
  catalogue.close();
  older.remove();
});
