import { afterEach, beforeEach, expect, test } from 'vitest';
import { duplicateStore } from '../../src/main/catalogue/stores/duplicates.ts';
import { facts, openDatabase, queryPlans, temporaryCatalogue, type TemporaryCatalogue } from '../kit/catalogue.ts';

let temporary: TemporaryCatalogue;
beforeEach(() => (temporary = temporaryCatalogue()));
afterEach(() => temporary.remove());

function add(rootId: number, relativePath: string, size: number, contentId: string): number {
  const { files } = temporary.catalogue;
  const fileId = files.insertPending({ rootId, relativePath, size, mtimeMs: 1 });
  files.storeAnalysed({ fileId, spaceId: temporary.spaceId, facts: facts(contentId), tags: [], windows: [] });
  return fileId;
}

test('groups by content over all roots in use; bytes of all but the largest; what changed meanwhile does not count', () => {
  const { catalogue } = temporary;
  const a = catalogue.roots.add('/a').id;
  const b = catalogue.roots.add('/b').id;
  const ids = [add(a, 'x.wav', 100, 'same'), add(b, 'y.wav', 140, 'same'), add(b, 'z.wav', 120, 'same')];
  add(a, 'alone.wav', 900, 'alone');
  const [first] = [add(a, 'p.wav', 10, 'other'), add(a, 'q.wav', 10, 'other')];
  catalogue.roots.setOnline(b, false);
  const { groups, total, spareBytes } = catalogue.duplicates.list(5);
  expect({ total, spareBytes }).toEqual({ total: 2, spareBytes: 230 });
  expect(groups[0]).toEqual({
    contentId: 'same',
    durationSeconds: 7.5,
    spareBytes: 220,
    files: [
      { fileId: ids[0], path: '/a/x.wav', bytes: 100, offline: false },
      { fileId: ids[1], path: '/b/y.wav', bytes: 140, offline: true },
      { fileId: ids[2], path: '/b/z.wav', bytes: 120, offline: true },
    ],
  });
  catalogue.files.setPending(first, { size: 11, mtimeMs: 2 });
  expect(catalogue.duplicates.list(5).total).toBe(1);
  catalogue.roots.hide(b);
  expect(catalogue.duplicates.list(5)).toEqual({ groups: [], total: 0, spareBytes: 0 });
});

test('reads the covering index and no row with its waveform, and looks up members by their content', () => {
  const { catalogue } = temporary;
  const root = catalogue.roots.add('/r').id;
  catalogue.transaction(() => {
    for (let i = 0; i < 300; i++) add(root, `${i}.wav`, 1000 + i, `content ${Math.floor(i / 2)}`);
  });
  temporary.db.exec('ANALYZE');
  const executed: string[] = [];
  const db = openDatabase(temporary.folder, { verbose: (sql) => executed.push(String(sql)) });
  expect(duplicateStore(db).list(20)).toMatchObject({ total: 150 });
  db.close();
  const plans = queryPlans(temporary.db, executed);
  expect(plans[0]).toMatch(/SEARCH file USING COVERING INDEX file_by_content/);
  expect(plans[0]).not.toMatch(/GROUP BY/); // the index is in the order of the groups
  expect(plans[1]).toMatch(/SEARCH file USING INDEX file_by_\w+ \(content_id=\? AND .*state=\?/);
});
