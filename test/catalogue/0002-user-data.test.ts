import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from '../../src/main/catalogue/migrate.ts';
import { sortKeys } from '../../src/main/catalogue/sort-key.ts';
import { olderCatalogue, type Database } from '../kit/catalogue.ts';

const PATHS = ['Doors/Take 10.wav', 'Doors/take 2.wav', 'Äther.flac', 'broken.mp3'];
let db: Database;
let remove: () => void;

beforeEach(() => {
  ({ db, remove } = olderCatalogue(1));
  db.prepare("INSERT INTO root (id, path, added_ms) VALUES (3, '/sounds', 1)").run();
  const insert = db.prepare(
    `INSERT INTO file (id, root_id, relative_path, size, mtime_ms, state, duration_s, waveform, added_ms, checked_ms)
       VALUES (?, 3, ?, 9, 5.5, ?, ?, ?, 7, 8)`,
  );
  PATHS.forEach((path, at) => {
    const analysed = path !== 'broken.mp3';
    insert.run(
      at + 10,
      path,
      analysed ? 'ready' : 'failed',
      analysed ? 1.5 : null,
      analysed ? Buffer.from([1, 2]) : null,
    );
  });
  db.prepare("INSERT INTO file_tag VALUES (10, 'TIT2', 'title', 'Slam')").run();
});
afterEach(() => remove());

test('files of the first version survive as they were, and get their sort keys', () => {
  const select = 'SELECT id, root_id, relative_path, size, mtime_ms, state, duration_s, waveform, added_ms, checked_ms FROM file'; // prettier-ignore
  const before = db.prepare(select).all();
  expect(migrate(db, 2)).toBe(1);
  expect(db.pragma('user_version', { simple: true })).toBe(2);
  expect(db.prepare(select).all()).toEqual(before);
  expect(db.prepare('SELECT * FROM file_tag').all()).toEqual([
    { file_id: 10, native_id: 'TIT2', field: 'title', value: 'Slam' },
  ]);
  const keys = db.prepare('SELECT name_key AS nameKey, folder_key AS folderKey FROM file ORDER BY id').all();
  expect(keys).toEqual(PATHS.map(sortKeys));
  const byName = db.prepare('SELECT relative_path FROM file INDEXED BY file_by_name WHERE duration_s IS NOT NULL ORDER BY name_key'); // prettier-ignore
  expect(byName.pluck().all()).toEqual(['Äther.flac', 'Doors/take 2.wav', 'Doors/Take 10.wav']);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.pragma('foreign_key_check')).toEqual([]);
});

test('a file that the user rated or collected cannot go by itself', () => {
  migrate(db, 2);
  db.exec(`
    INSERT INTO rating (file_id, favourite, stars, changed_ms) VALUES (10, 1, 0, 1);
    INSERT INTO collection (id, name, name_key, created_ms) VALUES (1, 'A', 'a', 1);
    INSERT INTO collection_file (collection_id, file_id, added_ms) VALUES (1, 11, 1);
  `);
  for (const id of [10, 11]) {
    expect(() => db.prepare('DELETE FROM file WHERE id = ?').run(id)).toThrow(/FOREIGN KEY/);
  }
  expect(db.prepare('DELETE FROM file WHERE id = 12').run().changes).toBe(1);
});

test.each([
  ['INSERT INTO rating (file_id, favourite, stars, changed_ms) VALUES (10, 0, 6, 1)', /CHECK/],
  ['INSERT INTO rating (file_id, favourite, stars, changed_ms) VALUES (10, 2, 0, 1)', /CHECK/],
  ['INSERT INTO rating (file_id, favourite, stars, changed_ms) VALUES (99, 0, 1, 1)', /FOREIGN KEY/],
  ["INSERT INTO collection (name, name_key, created_ms) VALUES ('B', 'b', 1), ('b', 'b', 1)", /UNIQUE/],
])('%s is refused', (sql, reason) => {
  migrate(db, 2);
  expect(() => db.exec(sql)).toThrow(reason);
});
