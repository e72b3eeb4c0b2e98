import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, test } from 'vitest';
import { APPLICATION_ID, migrate, NEWEST_VERSION } from '../../src/main/catalogue/migrate.ts';
import { MIGRATIONS } from '../../src/main/catalogue/migrations/index.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder('migrate');
  path = join(folder, 'catalogue.db');
});

describe('migrate', () => {
  test('versions are 1, 2, 3 … without a gap', () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });

  test('makes an empty file a catalogue, and does nothing the second time', () => {
    const db = new Database(path);
    expect(migrate(db)).toBe(0);
    expect(db.pragma('user_version', { simple: true })).toBe(NEWEST_VERSION);
    expect(db.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
    expect(tables).toEqual(
      expect.arrayContaining(['root', 'file', 'file_tag', 'space', 'analysed', 'window', 'job', 'file_words']),
    );
    expect(migrate(db)).toBe(NEWEST_VERSION);
    db.close();
  });

  test('a failed migration changes nothing', () => {
    const db = new Database(path);
    db.exec('CREATE TABLE listening (x)'); // stands in the way of 0001, after it has made other tables
    db.pragma(`application_id = ${APPLICATION_ID}`);
    expect(() => migrate(db)).toThrow(/already exists/);
    expect(db.pragma('user_version', { simple: true })).toBe(0);
    expect(db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()).toEqual(['listening']);
    db.close();
  });

  test('a catalogue from a newer Earmark is refused and not changed', () => {
    const db = new Database(path);
    migrate(db);
    db.pragma(`user_version = ${NEWEST_VERSION + 1}`);
    const before = readFileSync(path);
    expect(() => migrate(db)).toThrow(expect.objectContaining({ code: 'catalogue-from-future' }));
    db.close();
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('a database of another program is refused and not changed', () => {
    const db = new Database(path);
    db.exec('CREATE TABLE recipe (name TEXT)');
    const before = readFileSync(path);
    expect(() => migrate(db)).toThrow(expect.objectContaining({ code: 'catalogue-damaged' }));
    db.close();
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});
