/** What a catalogue knew before analyses had versions: carried over as it was, as version 1, nothing to do again. */
import { expect, test } from 'vitest';
import { migrate } from '../../src/main/catalogue/migrate.ts';
import { analysisStore } from '../../src/main/catalogue/stores/analysis.ts';
import { ANALYSES } from '../../src/shared/analysis.ts';
import { olderCatalogue } from '../kit/catalogue.ts';

test('facts are bit-equal, and none of the kinds that there were is stale', () => {
  const { db, remove } = olderCatalogue(8);
  try {
    db.exec("INSERT INTO root (id, path, added_ms) VALUES (1, '/sounds', 5)");
    const insert = db.prepare(
      `INSERT INTO file (id, root_id, relative_path, size, mtime_ms, state, content_id, duration_s, peak_db,
                         loudness_lufs, waveform, added_ms, checked_ms)
         VALUES (?, 1, ?, 10, 1, ?, ?, 1.5, ?, ?, ?, 1, 1)`,
    );
    insert.run(1, 'a.wav', 'ready', 'a', -0.1 - 0.2, -23.000000000000004, Buffer.from([0, 128, 255]));
    insert.run(2, 'silent.wav', 'ready', 'b', null, null, null);
    insert.run(3, 'broken.wav', 'failed', null, null, null, null);
    insert.run(4, 'new.wav', 'pending', null, null, null, null);
    const read = () => db.prepare('SELECT * FROM file ORDER BY id').all() as Record<string, unknown>[];
    const before = read();
    migrate(db);
    expect(read().map((row, at) => Object.fromEntries(Object.keys(before[at]!).map((column) => [column, row[column]])))).toEqual(before); // prettier-ignore
    const known = db.prepare('SELECT id FROM file WHERE versions_id IS NOT NULL ORDER BY id').pluck().all();
    expect(known).toEqual([1, 2]);
    const old = ['tags', 'loudness', 'levels', 'waveform'];
    const store = analysisStore(
      db,
      ANALYSES.filter(({ kind }) => old.includes(kind)).map((entry) => ({ ...entry, version: 1 })),
    );
    expect(store.count()).toEqual({ pending: 0, kinds: [], failed: 0 });
  } finally {
    remove();
  }
});
