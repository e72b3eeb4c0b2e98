import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from '../../src/main/catalogue/migrate.ts';
import { olderCatalogue, type Database } from '../kit/catalogue.ts';

let db: Database;
let remove: () => void;
beforeEach(() => {
  ({ db, remove } = olderCatalogue(2));
  db.exec(`
    INSERT INTO root (id, path, added_ms, scanned_ms) VALUES (1, '/sounds', 5, 6);
    INSERT INTO file (id, root_id, relative_path, size, mtime_ms, state, content_id, added_ms, checked_ms)
      VALUES (7, 1, 'a.wav', 10, 1, 'ready', 'x', 1, 1), (8, 1, 'b.wav', 12, 1, 'ready', 'x', 1, 1);
    INSERT INTO rating VALUES (7, 1, 5, 9);
  `);
  migrate(db, 3);
});
afterEach(() => remove());

test('roots of before are in use, not paused, and watched as their drive suggests; files and ratings stay', () => {
  expect(db.prepare('SELECT * FROM root').get()).toEqual({
    id: 1, path: '/sounds', online: 1, added_ms: 5, scanned_ms: 6, watch: null, paused: 0, removed_ms: null,
  }); // prettier-ignore
  expect(db.prepare('SELECT id FROM file ORDER BY id').pluck().all()).toEqual([7, 8]);
  expect(db.prepare('SELECT stars FROM rating').pluck().get()).toBe(5);
});

test('the table of settings keeps JSON and nothing else', () => {
  const put = db.prepare<[string, string]>('INSERT INTO setting VALUES (?, ?)');
  put.run('volume', '0.5');
  expect(() => put.run('appearance', 'dark')).toThrow(/CHECK/);
  expect(() => put.run('volume', '1')).toThrow(/UNIQUE/);
});

test('only yes and no', () => {
  expect(() => db.prepare('UPDATE root SET watch = 2').run()).toThrow(/CHECK/);
  expect(() => db.prepare('UPDATE root SET paused = NULL').run()).toThrow(/NOT NULL/);
});
