/** Lists: their orders, what is in them, and that they are read from covering indexes. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FEW, fileListStore, type FileListStore } from '../../src/main/catalogue/stores/file-lists.ts';
import { fileRowStore } from '../../src/main/catalogue/stores/file-rows.ts';
import { FILE_ORDERS, type FileList, type FileOrder } from '../../src/shared/calls/files.ts';
import { facts, openDatabase, queryPlans, temporaryCatalogue, type Database, type TemporaryCatalogue } from '../kit/catalogue.ts'; // prettier-ignore

let temporary: TemporaryCatalogue;

interface Sound {
  path: string;
  rootId: number;
  seconds?: number;
  loudness?: number | null;
  mtimeMs?: number;
}

function add({ path, rootId, seconds = 1, loudness = -20, mtimeMs = 5 }: Sound): number {
  const { files } = temporary.catalogue;
  const fileId = files.insertPending({ rootId, relativePath: path, size: 10, mtimeMs });
  files.storeAnalysed({
    fileId,
    spaceId: temporary.spaceId,
    facts: { ...facts(`content of ${path}`), durationSeconds: seconds, loudnessLufs: loudness },
    tags: [],
    windows: [],
  });
  return fileId;
}

describe('what is listed, in which order', () => {
  const paths = new Map<number, string>();
  let rootB: number;
  let rootA: number;
  beforeEach(() => {
    temporary = temporaryCatalogue();
    const { roots, files } = temporary.catalogue;
    rootB = roots.add('/b').id;
    rootA = roots.add('/a').id;
    paths.clear();
    const sounds: Sound[] = [
      { path: 'Doors/Take 10.wav', rootId: rootB, seconds: 3, loudness: -10, mtimeMs: 400 },
      { path: 'Doors/take 2.wav', rootId: rootB, seconds: 1, loudness: null, mtimeMs: 300 },
      { path: 'Doors 2/alarm.wav', rootId: rootB, seconds: 2, loudness: -40, mtimeMs: 200 },
      { path: 'Zoo/Bär.wav', rootId: rootA, seconds: 4, loudness: -20, mtimeMs: 100 },
    ];
    for (const sound of sounds) paths.set(add(sound), sound.path);
    // Added one after the other, which a fast machine does within one millisecond.
    temporary.db.exec('UPDATE file SET added_ms = id');
    files.insertPending({ rootId: rootA, relativePath: 'never analysed.wav', size: 1, mtimeMs: 1 });
    const broken = add({ path: 'broken.wav', rootId: rootA });
    files.setFailed(broken, { code: 'undecodable-audio', message: 'Broken.', size: 9, mtimeMs: 9 });
    files.setOther(add({ path: 'text.wav', rootId: rootA }));
  });
  afterEach(() => temporary.remove());

  const id = (path: string) => [...paths].find(([, other]) => other === path)![0];
  const list = (of: FileList, order: FileOrder = 'name', descending = false) =>
    temporary.catalogue.fileLists.list(of, order, descending).map((fileId) => paths.get(fileId));
  const ALL = ['Doors 2/alarm.wav', 'Zoo/Bär.wav', 'Doors/take 2.wav', 'Doors/Take 10.wav'];

  test.each<[FileOrder, string[]]>([
    ['name', ALL],
    ['folder', ['Zoo/Bär.wav', 'Doors/take 2.wav', 'Doors/Take 10.wav', 'Doors 2/alarm.wav']],
    ['duration', ['Doors/take 2.wav', 'Doors 2/alarm.wav', 'Doors/Take 10.wav', 'Zoo/Bär.wav']],
    ['added', ['Doors/Take 10.wav', 'Doors/take 2.wav', 'Doors 2/alarm.wav', 'Zoo/Bär.wav']],
    ['changed', ['Zoo/Bär.wav', 'Doors 2/alarm.wav', 'Doors/take 2.wav', 'Doors/Take 10.wav']],
  ])('by %s, and the other way round', (order, expected) => {
    expect(list({}, order)).toEqual(expected);
    expect(list({}, order, true)).toEqual(expected.toReversed());
  });

  test('by loudness: what has none comes last either way', () => {
    const loud = ['Doors/Take 10.wav', 'Zoo/Bär.wav', 'Doors 2/alarm.wav'];
    expect(list({}, 'loudness', true)).toEqual([...loud, 'Doors/take 2.wav']);
    expect(list({}, 'loudness')).toEqual([...loud.toReversed(), 'Doors/take 2.wav']);
  });

  test('by stars, and by name among equals', () => {
    const { ratings } = temporary.catalogue;
    ratings.setStars([id('Doors/Take 10.wav')], 5);
    ratings.setStars([id('Doors/take 2.wav')], 2);
    ratings.setFavourite([id('Zoo/Bär.wav')], true); // no stars
    expect(list({}, 'stars', true)).toEqual(['Doors/Take 10.wav', 'Doors/take 2.wav', 'Doors 2/alarm.wav', 'Zoo/Bär.wav']); // prettier-ignore
    expect(list({}, 'stars')).toEqual(['Doors 2/alarm.wav', 'Zoo/Bär.wav', 'Doors/take 2.wav', 'Doors/Take 10.wav']);
  });

  test('of a root, a folder, a collection, favourites, stars, and all of these', () => {
    const { collections, ratings } = temporary.catalogue;
    const collectionId = collections.create('A').id;
    collections.add(collectionId, [id('Doors/Take 10.wav'), id('Doors/take 2.wav'), id('Zoo/Bär.wav')]);
    ratings.setFavourite([id('Doors/Take 10.wav'), id('Zoo/Bär.wav'), id('Doors 2/alarm.wav')], true);
    ratings.setStars([id('Doors/Take 10.wav')], 3);
    ratings.setStars([id('Doors 2/alarm.wav')], 5);
    expect(list({ rootId: rootA })).toEqual(['Zoo/Bär.wav']);
    expect(list({ rootId: 99 })).toEqual([]);
    expect(list({ folder: '/b/Doors' })).toEqual(['Doors/take 2.wav', 'Doors/Take 10.wav']);
    expect(list({ folder: '/b/' }, 'folder')).toEqual(['Doors/take 2.wav', 'Doors/Take 10.wav', 'Doors 2/alarm.wav']);
    expect(list({ folder: '/elsewhere' })).toEqual([]);
    expect(list({ collectionId })).toEqual(['Zoo/Bär.wav', 'Doors/take 2.wav', 'Doors/Take 10.wav']);
    expect(list({ favourite: true })).toEqual(['Doors 2/alarm.wav', 'Zoo/Bär.wav', 'Doors/Take 10.wav']);
    expect(list({ favourite: false })).toEqual(['Doors/take 2.wav']);
    expect(list({ minStars: 3 }, 'stars', true)).toEqual(['Doors 2/alarm.wav', 'Doors/Take 10.wav']);
    expect(list({ minStars: 4 })).toEqual(['Doors 2/alarm.wav']);
    const everything: FileList = { rootId: rootB, folder: '/b/Doors', collectionId, favourite: true, minStars: 3 };
    for (const order of FILE_ORDERS) expect(list(everything, order), order).toEqual(['Doors/Take 10.wav']);
    for (const order of FILE_ORDERS) expect(list({ ...everything, minStars: 4 }, order), order).toEqual([]);
  });

  test('what a search finds by filters alone, in every order; what is offline where they ask for it', () => {
    const { files } = temporary.catalogue;
    const doors: FileList = { filters: { folder: 'Doors', maxSeconds: 3 } };
    expect(list(doors)).toEqual(['Doors 2/alarm.wav', 'Doors/take 2.wav', 'Doors/Take 10.wav']);
    expect(list(doors, 'duration', true)).toEqual(['Doors/Take 10.wav', 'Doors 2/alarm.wav', 'Doors/take 2.wav']);
    expect(list({ ...doors, rootId: rootA })).toEqual([]);
    files.setOffline([id('Doors/take 2.wav')]);
    expect(list(doors)).toEqual(['Doors 2/alarm.wav', 'Doors/Take 10.wav']);
    expect(list({ filters: { ...doors.filters, includeOffline: true } })).toContain('Doors/take 2.wav');
  });

  test('offline files are in it, and marked in their rows', () => {
    const { files, fileRows, roots } = temporary.catalogue;
    files.setOffline([id('Doors/take 2.wav')]);
    roots.setOnline(rootA, false);
    expect(list({})).toEqual(ALL);
    const rows = fileRows.rows(temporary.catalogue.fileLists.list({}, 'name', false));
    expect(rows.map(({ offline }) => offline)).toEqual([false, true, true, false]);
  });
});

describe('at size', () => {
  const FILES = FEW + 50;
  let db: Database;
  let executed: string[] = [];
  let lists: FileListStore;
  let collectionId: number;
  beforeAll(() => {
    temporary = temporaryCatalogue();
    const { catalogue } = temporary;
    const rootId = catalogue.roots.add('/r').id;
    const ids = catalogue.transaction(
      () =>
      Array.from({ length: FILES }, (_, at) => add({ path: `${at % 7}/${at}.wav`, rootId, seconds: 1 + (at % 50), loudness: -(at % 31), mtimeMs: at * 3 })), // prettier-ignore
    );
    collectionId = catalogue.collections.create('big').id;
    catalogue.collections.add(collectionId, ids.slice(0, FEW + 1));
    catalogue.ratings.setFavourite(ids.slice(1), true);
    catalogue.ratings.setStars(ids.slice(2), 3);
    db = openDatabase(temporary.folder, { verbose: (sql) => executed.push(String(sql)) });
    lists = fileListStore(db);
  });
  afterAll(() => {
    db.close();
    temporary.remove();
  });

  /** Plans of the statements that `work` ran, the last one apart. */
  function plansOf(work: () => unknown): { sets: string; last: string } {
    executed = [];
    work();
    const plans = queryPlans(temporary.db, executed);
    return { sets: plans.slice(0, -1).join('\n'), last: plans.at(-1)! };
  }
  /** Where an order has no index of its own name. */
  const INDEXES: Partial<Record<FileOrder, string>> = { duration: 'facts', stars: 'name' };
  const LARGE: [string, () => FileList][] = [
    ['everything', () => ({})],
    ['a root', () => ({ rootId: 1 })],
    ['a large folder', () => ({ folder: '/r' })],
    ['a large collection', () => ({ collectionId })],
    ['many favourites', () => ({ favourite: true })],
    ['no favourites', () => ({ favourite: false })],
    ['many stars', () => ({ minStars: 3 })],
    ['all at once', () => ({ rootId: 1, folder: '/r', collectionId, favourite: true, minStars: 1 })],
  ];

  describe.each([
    ['before the planner knows the tables', ''],
    ['after ANALYZE', 'ANALYZE'],
  ])('%s', (_, prepare) => {
    beforeAll(() => void temporary.db.exec(prepare));

    test.each(LARGE)('%s: in order from a covering index, nothing is sorted', (_name, of) => {
      for (const order of FILE_ORDERS) {
        for (const descending of [false, true]) {
          const { sets, last } = plansOf(() => lists.list(of(), order, descending));
          expect(last).toMatch(new RegExp(`file USING COVERING INDEX file_by_${INDEXES[order] ?? order}`));
          expect(last).not.toMatch(/TEMP B-TREE/);
          // No row of a file is read, neither here nor for the sets.
          expect(`${sets}\n${last}`).not.toMatch(/(SCAN|SEARCH) file(?! USING COVERING INDEX)/);
          expect(`${sets}\n${last}`).not.toMatch(/SCAN (rating|collection_file)/);
        }
      }
    });

    test('a small set: its files alone are looked up', () => {
      for (const of of [{ folder: '/r/3' }, { minStars: 4 }]) {
        const { last } = plansOf(() => lists.list(of, 'name', false));
        expect(last).toMatch(/SCAN wanted VIRTUAL TABLE/);
        expect(last).toMatch(/SEARCH file USING INTEGER PRIMARY KEY/);
      }
    });

    test('rows and waveforms are looked up by id', () => {
      const rows = fileRowStore(db);
      for (const work of [() => rows.rows([1, 2]), () => rows.waveforms([1, 2]), () => rows.detail(1, 1)]) {
        const { sets, last } = plansOf(work);
        expect(`${sets}\n${last}`).not.toMatch(/SCAN (?!wanted|root|collection$)/m); // roots and collections are few
      }
      expect(plansOf(() => rows.detail(1, 1)).last).toMatch(/SEARCH file USING INDEX file_by_\w+ \(content_id=/);
    });
  });

  test('both ways of finding the same list give the same', () => {
    const all = lists.list({}, 'changed', true);
    expect(all).toHaveLength(FILES);
    const { collections } = temporary.catalogue;
    const small = collections.create('small').id;
    collections.add(small, all.slice(0, 20));
    for (const order of FILE_ORDERS) {
      const members = new Set(all.slice(0, 20));
      const walked = lists.list({}, order, false).filter((id) => members.has(id));
      const found = lists.list({ collectionId: small }, order, false);
      expect(found.toSorted()).toEqual(walked.toSorted());
      if (order !== 'duration' && order !== 'loudness') expect(found, order).toEqual(walked); // these have equals
    }
    expect(lists.list({ collectionId }, 'added', false)).toHaveLength(FEW + 1);
  });
});
