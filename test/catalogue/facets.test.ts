/** Facets: each bar counts what its filter finds, in the library, below other filters and among given files. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { facetStore } from '../../src/main/catalogue/stores/facets.ts';
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
const [, , KIND, , DURATION] = FACETS;
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

const found = (text: string) => temporary.catalogue.filters.passing(parseQuery(text).filters).ids;
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

test.each(FACETS)('$key: each bar counts what its filter finds', (facet) => {
  const { key, bars } = facet;
  for (const others of ['', 'ch:mono', 'kind:loop,music bpm:>100']) {
    const counts = temporary.catalogue.facets.ofFilters(facet, parseQuery(others).filters);
    const alone = others.split(' ').filter((token) => !token.startsWith(`${key}:`)).join(' '); // prettier-ignore
    const expected = bars.map(({ values }) => found([alone, ...values.map((value) => filterToken(key, value))].join(' ')).length); // prettier-ignore
    expect(counts, others).toEqual(expected);
    expect(sum(counts), others).toBeGreaterThan(5);
  }
});

test('offline files are counted where they are asked for; given files are counted as they are', () => {
  const { facets } = temporary.catalogue;
  expect(sum(facets.ofFilters(DURATION, {}))).toBe(FILES - 2);
  expect(sum(facets.ofFilters(DURATION, { includeOffline: true }))).toBe(FILES);
  const some = [...ids.slice(0, 12), 99_999];
  expect(sum(facets.ofFiles(DURATION, some))).toBe(12);
  expect(facets.ofFiles(KIND, some)).toEqual([2, 2, 2, 2, 2, 1]);
});

test('no row is read for the library, and for filters only those that indexes do not answer', () => {
  const executed: string[] = [];
  const db = openDatabase(temporary.folder, { verbose: (sql) => executed.push(String(sql)) });
  const store = facetStore(db);
  const INDEXES: Record<FacetKey, string> = { bpm: 'file_by_bpm', key: 'file_by_key', kind: 'file_by_kind', lufs: 'file_by_loudness', dur: 'file_by_facts' }; // prettier-ignore
  for (const facet of FACETS) store.ofFilters(facet, {});
  const plans = queryPlans(
    temporary.db,
    executed.filter((sql) => sql.includes('GROUP BY')),
  );
  expect(plans).toHaveLength(FACETS.length);
  for (const [n, { key }] of FACETS.entries()) {
    expect(plans[n]).toMatch(new RegExp(`(?:SEARCH|SCAN) file USING COVERING INDEX ${INDEXES[key]}`));
    expect(plans[n]).not.toMatch(/(?:SEARCH|SCAN) file USING (?:INDEX|INTEGER)/);
  }
  const leftOut = queryPlans(
    temporary.db,
    executed.filter((sql) => !sql.includes('GROUP BY')),
  );
  expect(leftOut).toHaveLength(FACETS.length);
  for (const plan of leftOut) expect(plan).toContain('SCAN file USING COVERING INDEX file_by_facts');
  executed.length = 0;
  for (const facet of FACETS) store.ofFilters(facet, { formats: ['wav'] });
  for (const plan of queryPlans(
    temporary.db,
    executed.filter((sql) => sql.includes('GROUP BY')),
  )) {
    expect(plan).not.toMatch(/SCAN file$/m);
  }
  db.close();
});
