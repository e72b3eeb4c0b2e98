/** Stars, favourites, collections and searches that are kept: what is written is there, and stays with its file. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sortKeys } from '../../src/main/catalogue/sort-key.ts';
import { addAnalysed, temporaryCatalogue, type TemporaryCatalogue } from '../kit/catalogue.ts';

let temporary: TemporaryCatalogue;
let rootId: number;
let ids: number[];
beforeEach(() => {
  temporary = temporaryCatalogue();
  rootId = temporary.catalogue.roots.add('/sounds').id;
  ids = ['a.wav', 'b.wav', 'c.wav', 'd.wav'].map((path, at) => addAnalysed(temporary, rootId, path, at));
});
afterEach(() => temporary.remove());

const ratingOf = (id: number) => {
  const [row] = temporary.catalogue.fileRows.rows([id]);
  return { favourite: row!.favourite, stars: row!.stars };
};
const count = (table: string) => temporary.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();

describe('ratings', () => {
  test('stars and favourite do not touch each other, and leave no empty row', () => {
    const { ratings } = temporary.catalogue;
    ratings.setStars([ids[0]!, ids[1]!], 3);
    ratings.setFavourite([ids[1]!, ids[2]!, ids[2]!], true);
    expect(ids.map(ratingOf)).toEqual([
      { favourite: false, stars: 3 },
      { favourite: true, stars: 3 },
      { favourite: true, stars: 0 },
      { favourite: false, stars: 0 },
    ]);
    ratings.setStars(ids, 0);
    ratings.setStars([ids[3]!], 5);
    expect(ids.map(ratingOf).map(({ favourite }) => favourite)).toEqual([false, true, true, false]);
    expect(ratings.starred()).toEqual(new Map([[ids[3]!, 5]]));
    ratings.setStars([ids[3]!], 0);
    ratings.setFavourite(ids, false);
    expect(count('rating')).toBe(0);
  });

  test('one unknown file, and nothing is changed', () => {
    const { ratings } = temporary.catalogue;
    expect(() => ratings.setStars([...ids, 999], 2)).toThrow(expect.objectContaining({ code: 'file-missing' }));
    expect(() => ratings.setFavourite([...ids, 999], true)).toThrow(expect.objectContaining({ code: 'file-missing' }));
    expect(count('rating')).toBe(0);
  });
});

describe('collections', () => {
  test('names are one whatever their case, spaces and quotes', () => {
    const { collections } = temporary.catalogue;
    const train = collections.create('  Night   "Train" ');
    expect(train).toEqual({ id: train.id, name: 'Night "Train"', files: 0 });
    expect(() => collections.create('night train')).toThrow(expect.objectContaining({ code: 'name-taken' }));
    expect(collections.idOf('NIGHT TRAIN')).toBe(train.id);
    expect(() => collections.idOf('night')).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(() => collections.create(' “” ')).toThrow(expect.objectContaining({ code: 'bad-input' }));
    collections.create('Take 10');
    collections.create('Take 2');
    expect(collections.list().map(({ name }) => name)).toEqual(['Night "Train"', 'Take 2', 'Take 10']);
    expect(collections.rename(train.id, 'NIGHT TRAIN').name).toBe('NIGHT TRAIN');
    expect(() => collections.rename(train.id, 'take 2')).toThrow(expect.objectContaining({ code: 'name-taken' }));
    expect(() => collections.rename(999, 'x')).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  test('counts what a list of it shows: no failed files, offline ones as well', () => {
    const { collections, files, fileLists } = temporary.catalogue;
    const { id } = collections.create('A');
    expect(collections.add(id, [...ids, ...ids]).files).toBe(4);
    expect(collections.add(id, ids).files).toBe(4);
    files.setOffline([ids[0]!]);
    files.setFailed(ids[1]!, { code: 'undecodable-audio', message: 'Broken.', size: 9, mtimeMs: 9 });
    expect(collections.list()).toEqual([{ id, name: 'A', files: 3 }]);
    expect(fileLists.list({ collectionId: id }, 'name', false)).toEqual([ids[0], ids[2], ids[3]]);
    expect(collections.take(id, [ids[2]!, 999]).files).toBe(2);
    expect(() => collections.add(id, [ids[2]!, 999])).toThrow(expect.objectContaining({ code: 'file-missing' }));
    expect(collections.list()[0]!.files).toBe(2);
    for (const call of [collections.add, collections.take]) {
      expect(() => call(99, ids)).toThrow(expect.objectContaining({ code: 'not-found' }));
    }
  });

  test('stand as the user has put them; new ones and those left out come last, by name', () => {
    const { collections } = temporary.catalogue;
    const [a, b, c] = ['A', 'B', 'C'].map((name) => collections.create(name).id);
    const shown = () => collections.list().map(({ name }) => name);
    expect(collections.arrange([c!, a!, b!]).map(({ name }) => name)).toEqual(['C', 'A', 'B']);
    collections.create('AA');
    expect(shown()).toEqual(['C', 'A', 'B', 'AA']);
    expect(() => collections.arrange([b!, 99])).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(shown()).toEqual(['C', 'A', 'B', 'AA']);
    collections.arrange([b!]);
    expect(shown()).toEqual(['B', 'A', 'AA', 'C']);
  });

  test('what was removed comes back under its id, with what it held', () => {
    const { collections, fileRows } = temporary.catalogue;
    const first = collections.create('A');
    collections.add(first.id, ids.slice(0, 3));
    const removed = collections.remove(first.id);
    expect(removed).toEqual({ name: 'A', fileIds: ids.slice(0, 3) });
    expect(collections.list()).toEqual([]);
    expect(fileRows.detail(ids[0]!, temporary.spaceId)!.collections).toEqual([]);
    expect(() => collections.remove(first.id)).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(() => collections.add(first.id, ids)).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(collections.restore(removed.name, removed.fileIds)).toEqual({ ...first, files: 3 });
    expect(fileRows.detail(ids[0]!, temporary.spaceId)!.collections).toEqual([first.id]);
    expect(() => collections.restore('a', [])).toThrow(expect.objectContaining({ code: 'name-taken' }));
  });

  test('a name may be used again after a removal; the last one removed comes back', () => {
    const { collections } = temporary.catalogue;
    const [first, second] = [0, 1].map(() => {
      const { id } = collections.create('A');
      collections.add(id, ids);
      collections.remove(id);
      return id;
    });
    expect(second).toBeGreaterThan(first!); // ids are never used again
    expect(collections.restore('A', [ids[1]!, 999])).toEqual({ id: second, name: 'A', files: 1 });
    expect(collections.remove(second!).fileIds).toEqual([ids[1]]);
    expect(collections.restore('Never there before', ids).files).toBe(4);
  });
});

test('a search under the same name takes the place of the old one', () => {
  const { savedSearches } = temporary.catalogue;
  const rain = savedSearches.save('Rain', { text: 'rain', filters: { minStars: 3, formats: ['wav'] }, limit: 5 });
  savedSearches.save('Doors', { text: 'door' });
  const again = savedSearches.save(' RAIN ', { text: 'heavy rain' });
  expect(again).toEqual({ id: rain.id, name: 'RAIN', query: { text: 'heavy rain' } });
  expect(savedSearches.list().map(({ name }) => name)).toEqual(['Doors', 'RAIN']);
  savedSearches.remove(rain.id);
  expect(savedSearches.list().map(({ name }) => name)).toEqual(['Doors']);
  expect(() => savedSearches.remove(rain.id)).toThrow(expect.objectContaining({ code: 'not-found' }));
});

describe('a row that gives way passes on what the user said', () => {
  test('to the file that was moved to its place', () => {
    const { catalogue } = temporary;
    const [moved, broken] = ids as [number, number];
    const { id } = catalogue.collections.create('A');
    catalogue.collections.add(id, [broken]);
    catalogue.ratings.setStars([broken], 4);
    catalogue.ratings.setStars([moved], 2);
    catalogue.ratings.setFavourite([moved], true);
    catalogue.files.setFailed(broken, { code: 'undecodable-audio', message: 'Broken.', size: 9, mtimeMs: 9 });
    catalogue.files.moveTo(moved, { rootId, relativePath: 'b.wav', size: 1000, mtimeMs: 6 });
    expect(catalogue.files.byId(broken)).toBeNull();
    expect(ratingOf(moved)).toEqual({ favourite: true, stars: 4 });
    expect(catalogue.fileRows.detail(moved, temporary.spaceId)!.collections).toEqual([id]);
    expect(catalogue.integrityCheck()).toEqual([]);
  });

  test('to the file of the root that was taken over', () => {
    const { catalogue } = temporary;
    const parent = catalogue.roots.add('/');
    const twin = addAnalysed(temporary, parent.id, 'sounds/a.wav', 7);
    const { id } = catalogue.collections.create('A');
    catalogue.collections.add(id, [twin, ids[0]!]);
    catalogue.ratings.setFavourite([twin], true);
    catalogue.roots.adopt(parent.id, rootId, 'sounds');
    expect(catalogue.files.byId(twin)).toBeNull();
    expect(ratingOf(ids[0]!)).toEqual({ favourite: true, stars: 0 });
    expect(catalogue.collections.list()).toEqual([{ id, name: 'A', files: 1 }]);
    expect(catalogue.integrityCheck()).toEqual([]);
  });
});

test('sort keys follow a file wherever it goes', () => {
  const { catalogue } = temporary;
  addAnalysed(temporary, rootId, 'Doors/Wood/Slam 3.wav', 5);
  catalogue.files.insertPending({ rootId, relativePath: 'Später/never analysed.wav', size: 1, mtimeMs: 1 });
  catalogue.files.moveTo(ids[0]!, { rootId, relativePath: 'Gates/Bang 12.wav', size: 1000, mtimeMs: 6 });
  const parent = catalogue.roots.add('/all');
  catalogue.roots.adopt(parent.id, rootId, 'My Sounds/2024');
  const rows = temporary.db
    .prepare<[], { path: string; nameKey: string; folderKey: string }>(
      'SELECT relative_path AS path, name_key AS nameKey, folder_key AS folderKey FROM file',
    )
    .all();
  expect(rows.map(({ path }) => path)).toContain('My Sounds/2024/Doors/Wood/Slam 3.wav');
  expect(rows).toHaveLength(6);
  for (const { path, ...keys } of rows) expect(keys, path).toEqual(sortKeys(path));
});
