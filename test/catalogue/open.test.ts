import { mkdirSync, truncateSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, test } from 'vitest';
import { classify } from '../../src/main/catalogue/database-errors.ts';
import { cataloguePath } from '../../src/main/catalogue/connection.ts';
import { openCatalogue } from '../../src/main/catalogue/open.ts';
import { UserError } from '../../src/shared/errors.ts';
import { addAnalysed, inDatabase, temporaryCatalogue } from '../kit/catalogue.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let folder: string;
beforeEach(() => (folder = temporaryFolder('open')));

const withCode = (code: string): unknown => expect.objectContaining({ code });

describe('openCatalogue', () => {
  test('makes a missing data folder, several levels deep', () => {
    const deep = join(folder, 'a', 'b');
    const catalogue = openCatalogue(deep);
    expect(inDatabase(deep, (db) => db.pragma('journal_mode', { simple: true }))).toBe('wal');
    expect(() => catalogue.tags.replace(7, [{ nativeId: 'TIT2', field: 'title', value: 'of no file' }])).toThrow(/FOREIGN KEY/); // prettier-ignore
    expect(catalogue.bytes()).toBeGreaterThan(0);
    catalogue.close();
    expect(existsSync(cataloguePath(deep))).toBe(true);
  });

  test('a data folder that cannot be created is reported with a message', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => openCatalogue(join(folder, 'file', 'data'))).toThrow(withCode('catalogue-unwritable'));
  });

  test('a file that is no database is called damaged and left alone', () => {
    writeFileSync(cataloguePath(folder), 'this is certainly not a database, only text of some length'.repeat(20));
    expect(() => openCatalogue(folder)).toThrow(withCode('catalogue-damaged'));
  });

  test('a truncated catalogue is found by the check', () => {
    const temporary = temporaryCatalogue();
    const root = temporary.catalogue.roots.add('/sounds');
    for (let i = 0; i < 200; i++) addAnalysed(temporary, root.id, `f${i}.wav`, i);
    temporary.catalogue.close();
    const path = cataloguePath(temporary.folder);
    truncateSync(path, 64 * 1024);
    expect(() => openCatalogue(temporary.folder, { check: true }).close()).toThrow(withCode('catalogue-damaged'));
    temporary.remove();
  });

  test('reading only: nothing is made, and writing is impossible', () => {
    expect(() => openCatalogue(join(folder, 'none'), { readonly: true })).toThrow(withCode('not-found'));
    expect(existsSync(join(folder, 'none'))).toBe(false);
    openCatalogue(folder).close();
    const reader = openCatalogue(folder, { readonly: true });
    expect(reader.roots.list()).toEqual([]);
    let thrown: unknown;
    try {
      reader.roots.add('/x');
    } catch (error) {
      thrown = error;
    }
    expect(classify(thrown)).toMatchObject({ code: 'catalogue-unwritable' });
    reader.close();
  });

  test('reading only does not bring an older catalogue forward', () => {
    const db = new Database(cataloguePath(folder));
    db.close();
    writeFileSync(cataloguePath(folder), '');
    expect(() => openCatalogue(folder, { readonly: true })).toThrow(withCode('catalogue-unwritable'));
  });

  test('a reader sees what a writer has committed meanwhile', () => {
    const writer = openCatalogue(folder);
    const reader = openCatalogue(folder, { readonly: true });
    writer.roots.add('/sounds');
    expect(reader.roots.list()).toHaveLength(1);
    writer.close();
    reader.close();
  });
});

describe('classify', () => {
  test('knows a busy, a full and a foreign error', () => {
    const path = join(folder, 'x.db');
    const holder = new Database(path);
    holder.exec('CREATE TABLE t (x); BEGIN EXCLUSIVE');
    const other = new Database(path, { timeout: 0 });
    expect(caught(() => other.exec('INSERT INTO t VALUES (1)'))).toMatchObject({ code: 'catalogue-busy' });
    holder.exec('COMMIT');
    holder.pragma('max_page_count = 3');
    const filled = caught(() => holder.exec('INSERT INTO t VALUES (zeroblob(100000))'));
    expect(filled).toMatchObject({ code: 'disk-full' });
    expect(filled).toBeInstanceOf(UserError);
    expect(caught(() => holder.exec('CREATE UNIQUE INDEX u ON t (x); INSERT INTO t VALUES (1), (1)'))).toBeNull();
    expect(classify(new Error('something else'))).toBeNull();
    other.close();
    holder.close();
  });

  test('a data folder that is a regular file is not taken for damage', () => {
    mkdirSync(join(folder, 'catalogue.db'));
    expect(() => openCatalogue(folder)).toThrow(withCode('catalogue-unwritable'));
  });
});

function caught(work: () => unknown): UserError | null {
  try {
    work();
  } catch (error) {
    return classify(error);
  }
  throw new Error('nothing was thrown');
}
