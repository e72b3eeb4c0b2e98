/** What is kept of comparisons, and the filter over it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from '../../src/main/catalogue/migrate.ts';
import { conditionOf } from '../../src/main/catalogue/queries/filters.ts';
import type { NearPair } from '../../src/main/catalogue/stores/near-duplicates.ts';
import type { SearchFilters } from '../../src/shared/query/filters.ts';
import { nearDuplicateStore } from '../../src/main/catalogue/stores/near-duplicates.ts';
import {
  facts,
  olderCatalogue,
  openDatabase,
  queryPlans,
  temporaryCatalogue,
  type TemporaryCatalogue,
} from '../kit/catalogue.ts';

let temporary: TemporaryCatalogue;
beforeEach(() => (temporary = temporaryCatalogue()));
afterEach(() => temporary.remove());

function add(rootId: number, relativePath: string, contentId: string, fingerprint = Uint8Array.of(1, 2, 3, 4)): number {
  const { files } = temporary.catalogue;
  const fileId = files.insertPending({ rootId, relativePath, size: 100, mtimeMs: 1 });
  files.storeAnalysed({ fileId, spaceId: temporary.spaceId, facts: { ...facts(contentId), fingerprint }, tags: [], windows: [] }); // prettier-ignore
  return fileId;
}
function pair(a: string, b: string): NearPair {
  const seconds = { offsetSeconds: 0, lostHeadSeconds: 0.5, lostTailSeconds: 0, addedHeadSeconds: 0, addedTailSeconds: 0 }; // prettier-ignore
  return { a, b, similarity: 0.99, levelDb: -3, ...seconds };
}
function waiting(...folders: string[]): number {
  const { count, next } = temporary.catalogue.nearDuplicates.countWaiting(folders, '');
  expect(next).toBeNull();
  return count;
}
function passing(filters: SearchFilters): number[] {
  return [...temporary.catalogue.filters.passing(filters).ids.toSorted()];
}

test('a content is compared once, whichever files have it, and pairs stay when files move', () => {
  const { catalogue } = temporary;
  const { nearDuplicates: store } = catalogue;
  const root = catalogue.roots.add('/r').id;
  const other = catalogue.roots.add('/other').id;
  const ids = [add(root, 'a.wav', 'a'), add(root, 'b.wav', 'b'), add(root, 'b too.wav', 'b'), add(other, 'c.wav', 'c')];
  expect(store.fingerprints('', 10)).toEqual(['a', 'b', 'c'].map((contentId) => ({ contentId, fingerprint: Buffer.from([1, 2, 3, 4]) }))); // prettier-ignore
  expect(store.fingerprints('a', 1).map(({ contentId }) => contentId)).toEqual(['b']);
  expect([waiting(), waiting('/other'), store.anyCompared()]).toEqual([3, 1, false]);
  store.keep('b', 1, [pair('a', 'b')]);
  expect(store.waiting([], '', 10).map(({ contentId }) => contentId)).toEqual(['a', 'c']);
  expect(
    store
      .files(['a', 'b'])
      .map(({ path }) => path)
      .toSorted(),
  ).toEqual(['/r/a.wav', '/r/b too.wav', '/r/b.wav']);
  expect(store.pairs()).toEqual([pair('a', 'b')]);
  expect(new Set(store.idsBelow(['/r'], ids))).toEqual(new Set(ids.slice(0, 3)));
  expect(store.place('c')).toEqual({ path: '/other/c.wav', durationSeconds: 7.5 });
  catalogue.roots.setOnline(other, false);
  expect([store.place('c'), waiting()]).toEqual([null, 1]);
  store.forgetOlder(1);
  expect(store.pairs()).toHaveLength(1);
  store.forgetOlder(2);
  expect([store.pairs(), waiting()]).toEqual([[], 2]);
});

test('what is kept of contents that no file has any more is forgotten', () => {
  const { catalogue } = temporary;
  const { nearDuplicates: store } = catalogue;
  const root = catalogue.roots.add('/r').id;
  add(root, 'a.wav', 'a');
  const hidden = catalogue.roots.add('/hidden').id;
  add(hidden, 'b.wav', 'b');
  catalogue.roots.hide(hidden); // its files come back with it
  store.keep('a', 1, [pair('a', 'b'), pair('a', 'gone')]);
  store.keep('b', 1, []);
  store.keep('gone', 1, [pair('gone', 'too')]);
  const version = store.version();
  expect(store.forgetGone('')).toBeNull();
  expect(store.version()).not.toBe(version);
  expect(store.pairs()).toEqual([pair('a', 'b')]);
  expect(temporary.db.prepare('SELECT content_id FROM near_compared ORDER BY 1').pluck().all()).toEqual(['a', 'b']);
  expect(store.version()).toBe(store.version());
});

test('pages of pairs, of files and of contents are found over indexes', () => {
  const executed: string[] = [];
  const db = openDatabase(temporary.folder, { verbose: (sql) => executed.push(String(sql)) });
  try {
    const store = nearDuplicateStore(db);
    store.pairs({ a: 'a', b: 'b' });
    store.files(['a']);
    store.countWaiting([], 'a');
    store.forgetGone('a');
    const plans = queryPlans(temporary.db, executed.filter((sql) => /near_pair|near_compared|file/.test(sql)));
    expect(plans.length).toBeGreaterThanOrEqual(6);
    for (const plan of plans) expect(plan).not.toMatch(/SCAN (file|near_pair|near_compared)\b|TEMP B-TREE FOR ORDER BY/);
  } finally {
    db.close();
  }
}); // prettier-ignore

test('dup: finds exact copies, near-duplicates, both or neither; a pair needs both of its files', () => {
  const { catalogue } = temporary;
  const root = catalogue.roots.add('/r').id;
  const other = catalogue.roots.add('/other').id;
  const [a, b, c, d, e] = [add(root, 'a', 'a'), add(other, 'b', 'b'), add(root, 'c', 'c'), add(root, 'd', 'c'), add(root, 'e', 'e')]; // prettier-ignore
  catalogue.nearDuplicates.keep('a', 1, [pair('a', 'b'), pair('e', 'gone')]);
  expect(passing({ copies: 'near' })).toEqual([a, b]);
  expect(passing({ copies: 'exact' })).toEqual([c, d]);
  expect(passing({ copies: 'any' })).toEqual([a, b, c, d]);
  expect(passing({ copies: 'none' })).toEqual([e]);
  expect(passing({ issues: ['near-duplicate'] })).toEqual([a, b]);
  expect(catalogue.health.counts([]).issues).toContainEqual({ issue: 'near-duplicate', files: 2 });
  catalogue.roots.hide(other);
  expect(passing({ copies: 'near' })).toEqual([]);
});

test('the filter finds contents by index, starting from the few pairs', () => {
  const { catalogue } = temporary;
  const root = catalogue.roots.add('/r').id;
  catalogue.transaction(() => {
    for (let i = 0; i < 300; i++) add(root, `${i}.wav`, `content ${i}`);
    for (let i = 0; i < 20; i += 2) catalogue.nearDuplicates.keep(`content ${i}`, 1, [pair(`content ${i}`, `content ${i + 1}`)].filter(({ a, b }) => a < b)); // prettier-ignore
  });
  temporary.db.exec('ANALYZE');
  const { sql, parameters } = conditionOf({ copies: 'near' }, catalogue.roots.list());
  const rows = temporary.db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN SELECT file.id FROM file WHERE ${sql}`); // prettier-ignore
  const plan = rows.all(...parameters).map(({ detail }) => detail).join('\n'); // prettier-ignore
  expect(plan).toMatch(/SEARCH file USING (COVERING )?INDEX file_by_\w+ \(content_id=\?/);
  expect(plan).not.toMatch(/SCAN file\b/);
});

test('a catalogue of version 18 keeps its files, which have no fingerprint yet', () => {
  const { db, remove } = olderCatalogue(18);
  db.exec(`INSERT INTO root (id, path, added_ms) VALUES (1, '/r', 1);
    INSERT INTO file (id, root_id, relative_path, name_key, folder_key, size, mtime_ms, state, added_ms, checked_ms)
      VALUES (1, 1, 'a.wav', 'a', '', 9, 1, 'pending', 1, 1)`);
  migrate(db);
  expect(db.prepare('SELECT relative_path, fingerprint FROM file').all()).toEqual([{ relative_path: 'a.wav', fingerprint: null }]); // prettier-ignore
  expect(db.prepare('SELECT count(*) FROM near_pair').pluck().get()).toBe(0);
  remove();
});
