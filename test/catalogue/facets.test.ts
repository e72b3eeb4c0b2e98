/** Facets: each bar counts what its filter finds, in the library, below other filters and among given files. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { facetCalls } from '../../src/main/calls/facets.ts';
import { FilterLookup } from '../../src/main/catalogue/queries/filters.ts';
import { facetStore, STEP_ROWS, type Counting, type FacetCounts } from '../../src/main/catalogue/stores/facets.ts';
import { FACETS, type FacetKey } from '../../src/shared/facets.ts';
import { filterToken } from '../../src/shared/query/tokens.ts';
import { parseQuery } from '../../src/main/search/parse-query.ts';
import {
  addAnalysed,
  openDatabase,
  queryPlans,
  temporaryCatalogue,
  type TemporaryCatalogue,
} from '../kit/catalogue.ts';
import { uniform } from '../kit/uniform.ts';

const FILES = 300;
let temporary: TemporaryCatalogue;
const ids: number[] = [];
beforeAll(() => {
  temporary = temporaryCatalogue();
  const { catalogue } = temporary;
  const root = catalogue.roots.add('/r');
  catalogue.transaction(() => {
    for (let i = 0; i < FILES; i++) ids.push(addAnalysed(temporary, root.id, `${i}.wav`, i));
  });
  const random = uniform(7);
  const set = temporary.db.prepare(
    'UPDATE file SET bpm_you = ?, key_you = ?, kind_you = ?, loudness_lufs = ?, duration_s = ?, channels = ? WHERE id = ?',
  );
  for (const [n, id] of ids.entries()) {
    const bpm = n % 3 === 0 ? null : Math.round(100 * (50 + 170 * random())) / 100;
    const lufs = n % 50 === 0 ? null : -55 + Math.round(100 * 55 * random()) / 100;
    set.run(bpm, n % 4 === 0 ? n % 24 : null, n % 7 === 6 ? null : n % 7, lufs, 400 * random() ** 4, 1 + (n % 2), id); // prettier-ignore
  }
  temporary.db.prepare('UPDATE file SET bpm_you = 60, loudness_lufs = -6, duration_s = 0.5 WHERE id = ?').run(ids[1]);
  temporary.db.prepare('UPDATE file SET offline = 1 WHERE id IN (?, ?)').run(ids[2], ids[5]);
  temporary.db.exec('ANALYZE');
});
afterAll(() => {
  temporary.remove();
});

/** Counted to its end. */
function counted(counting: Counting): FacetCounts {
  for (;;) {
    const step = counting.next();
    if (step.done) return step.value;
  }
}
const found = (text: string) => temporary.catalogue.filters.passing(parseQuery(text).filters).ids;
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

test.each(FACETS)('$key: each bar counts what its filter finds', (facet) => {
  const { key, bars } = facet;
  for (const others of ['', 'ch:mono', 'kind:loop,music bpm:>100', 'ch:mono key:C,E,Em dur:<200']) {
    const counts = counted(temporary.catalogue.facets.ofFilters(parseQuery(others).filters))[key];
    const alone = others.split(' ').filter((token) => !token.startsWith(`${key}:`)).join(' '); // prettier-ignore
    const expected = bars.map(({ values }) => found([alone, ...values.map((value) => filterToken(key, value))].join(' ')).length); // prettier-ignore
    expect(counts, others).toEqual(expected);
    expect(sum(counts), others).toBeGreaterThan(5);
  }
});

test('offline files are counted where they are asked for; given files are counted as they are', () => {
  const { facets } = temporary.catalogue;
  expect(sum(counted(facets.ofFilters({})).dur)).toBe(FILES - 2);
  expect(sum(counted(facets.ofFilters({ includeOffline: true })).dur)).toBe(FILES);
  const some = [...ids.slice(0, 12), 99_999];
  expect(sum(counted(facets.ofFiles(some)).dur)).toBe(12);
  expect(counted(facets.ofFiles(some)).kind).toEqual([2, 2, 2, 2, 2, 1]);
});

test('no row is read for the library, and for filters none outside of the step', () => {
  const executed: string[] = [];
  const db = openDatabase(temporary.folder, { verbose: (sql) => executed.push(String(sql)) });
  const store = facetStore(db, new FilterLookup(db));
  const INDEXES: Record<FacetKey, string> = { bpm: 'file_by_bpm', key: 'file_by_key', kind: 'file_by_kind', lufs: 'file_by_loudness', dur: 'file_by_added' }; // prettier-ignore
  counted(store.ofFilters({}));
  const counts = executed.filter((sql) => sql.includes('GROUP BY'));
  expect(counts).toHaveLength(FACETS.length);
  for (const [n, plan] of queryPlans(temporary.db, counts).entries()) {
    expect(plan).toMatch(new RegExp(`(?:SEARCH|SCAN) file USING COVERING INDEX ${INDEXES[FACETS[n]!.key]}`));
    expect(plan).not.toMatch(/(?:SEARCH|SCAN) file USING (?:INDEX|INTEGER)/);
  }
  const leftOut = executed.filter((sql) => sql.includes('offline = 1'));
  expect(leftOut).toHaveLength(1);
  expect(queryPlans(temporary.db, leftOut)[0]).toContain('SCAN file USING COVERING INDEX file_by_facts');
  executed.length = 0;
  counted(store.ofFilters({ minBpm: 80, kinds: [1] }));
  counted(store.ofFilters({ formats: ['wav'], minBpm: 80 }));
  const rows = executed.filter((sql) => sql.includes('CASE'));
  expect(rows).toHaveLength(2);
  for (const plan of queryPlans(temporary.db, rows)) {
    expect(plan).toContain('SEARCH file USING INTEGER PRIMARY KEY');
    expect(plan).not.toMatch(/SCAN file\b/);
  }
  db.close();
});

describe('a large library', () => {
  const MANY = 2 * STEP_ROWS + 500;
  let large: TemporaryCatalogue;
  const executed: string[] = [];
  beforeAll(() => {
    large = temporaryCatalogue();
    const root = large.catalogue.roots.add('/r');
    addAnalysed(large, root.id, 'first.wav', 0);
    const columns = large.db.prepare<[], string>("SELECT name FROM pragma_table_info('file') WHERE name NOT IN ('id', 'relative_path')").pluck().all().join(', '); // prettier-ignore
    large.db.exec(`
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY - 1})
      INSERT INTO file (relative_path, ${columns}) SELECT 'copy-' || i || '.wav', ${columns} FROM n, file WHERE file.id = 1;
      UPDATE file SET bpm_you = 60 + id % 100, key_you = id % 24, kind_you = id % 3, loudness_lufs = -(id % 40), duration_s = 1 + id % 90, channels = 1;
    `);
  });
  afterAll(() => {
    large.remove();
  });

  test.each([
    ['the library', ''],
    ['filters of facets', 'kind:loop bpm:>100 key:Am'],
    ['others, too', 'ch:mono bpm:>100'],
  ])('%s: no step reads more rows than it may, and all are counted', (_, text) => {
    const { facets } = large.catalogue;
    const counting = facets.ofFilters(parseQuery(text).filters);
    const steps: number[] = [];
    let step = counting.next();
    for (; !step.done; step = counting.next()) steps.push(step.value);
    expect(Math.max(...steps)).toBeLessThanOrEqual(STEP_ROWS);
    expect(steps.length).toBeGreaterThanOrEqual(3);
    const { bpm, kind } = step.value;
    const without = (key: string) => text.split(' ').filter((token) => !token.startsWith(key)).join(' '); // prettier-ignore
    const passing = (query: string) => large.catalogue.filters.passing(parseQuery(query).filters).size;
    expect(sum(bpm)).toBe(passing(without('bpm:')));
    expect(sum(kind)).toBe(passing(without('kind:')));
  });

  test('what a step says it reads is what its statements go through', () => {
    const db = openDatabase(large.folder, { verbose: (sql) => executed.push(String(sql)) });
    const counting = facetStore(db, new FilterLookup(db)).ofFilters({ minBpm: 80 });
    const ranges: number[] = [];
    for (let step = counting.next(); !step.done; step = counting.next()) {
      const [, from, to] = /file\.id >= ([\d.]+) AND file\.id < ([\d.]+)/.exec(executed.at(-1)!)!;
      ranges.push(Number(to) - Number(from));
    }
    expect(ranges).toEqual([STEP_ROWS, STEP_ROWS, STEP_ROWS]);
    db.close();
  });

  test('a question is given up when its asker asks again, and no other one', async () => {
    const calls = facetCalls({ existingCatalogue: () => large.catalogue });
    const ask = (asker?: string) => calls['facet.count']({ query: {}, fileIds: null, asker });
    const [first, other, nobodys, second] = await Promise.all([ask('a'), ask('b'), ask(), ask('a')]);
    expect(first).toBeNull();
    expect(sum(second!.dur)).toBe(MANY);
    expect(other).toEqual(second);
    expect(nobodys).toEqual(second);
    expect(await ask('a')).toEqual(second);
  });
});
