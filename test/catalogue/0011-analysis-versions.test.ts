/** Marks of analyses, a row a file and kind before: each file has the same versions afterwards, done and failed. */
import { expect, test } from 'vitest';
import { migrate } from '../../src/main/catalogue/migrate.ts';
import { olderCatalogue } from '../kit/catalogue.ts';

test('done and failed versions are carried over, once for all files that have the same', () => {
  const { db, remove } = olderCatalogue(10);
  try {
    db.pragma('foreign_keys = ON');
    db.exec("INSERT INTO root (id, path, added_ms) VALUES (1, '/sounds', 5)");
    const insert = db.prepare(
      `INSERT INTO file (id, root_id, relative_path, size, mtime_ms, state, content_id, duration_s, added_ms, checked_ms)
         VALUES (?, 1, ?, 10, 1, ?, ?, 1.5, 1, 1)`,
    );
    for (const id of [1, 2, 3]) insert.run(id, `${id}.wav`, 'ready', `content ${id}`);
    insert.run(4, 'failed.wav', 'failed', null);
    const mark = db.prepare('INSERT INTO analysis VALUES (?, ?, ?, ?)');
    for (const id of [1, 3]) for (const kind of ['tags', 'loudness']) mark.run(id, kind, 2, 0);
    mark.run(2, 'tags', 1, 3);
    mark.run(2, 'clipping', 0, 1);
    mark.run(4, 'tags', 1, 0);
    migrate(db);
    const versions = db.prepare(
      'SELECT file.id, versions FROM file LEFT JOIN analysis_versions AS v ON v.id = versions_id ORDER BY file.id',
    );
    expect(versions.raw().all()).toEqual([
      [1, '{"done":{"loudness":2,"tags":2},"failed":{}}'],
      [2, '{"done":{"tags":1},"failed":{"clipping":1,"tags":3}}'],
      [3, '{"done":{"loudness":2,"tags":2},"failed":{}}'],
      [4, null],
    ]);
    expect(db.pragma('foreign_key_check')).toEqual([]);
  } finally {
    remove();
  }
});
