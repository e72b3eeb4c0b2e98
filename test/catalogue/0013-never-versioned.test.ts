import { expect, test } from 'vitest';
import { migrate } from '../../src/main/catalogue/migrate.ts';
import { openCatalogue } from '../../src/main/catalogue/open.ts';
import { olderCatalogue } from '../kit/catalogue.ts';

test('an analysed file of no known version is stale in every kind, and others are as they were', () => {
  const { db, folder, remove } = olderCatalogue(12);
  try {
    db.exec("INSERT INTO root (id, path, added_ms) VALUES (1, '/sounds', 5)");
    const insert = db.prepare(
      `INSERT INTO file (id, root_id, relative_path, size, mtime_ms, state, content_id, duration_s, added_ms, checked_ms)
         VALUES (?, 1, ?, 10, 1, ?, ?, 1.5, 1, 1)`,
    );
    insert.run(1, 'a.wav', 'ready', 'content');
    insert.run(2, 'failed.wav', 'failed', null);
    migrate(db);
    expect(db.prepare('SELECT id, versions_id IS NULL FROM file ORDER BY id').raw().all()).toEqual([
      [1, 0],
      [2, 1],
    ]);
    db.close();
    const catalogue = openCatalogue(folder);
    expect(catalogue.analysis.count()).toMatchObject({ pending: 1, failed: 0 });
    catalogue.close();
  } finally {
    remove();
  }
});
