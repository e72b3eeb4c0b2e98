import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from '../../src/main/catalogue/migrate.ts';
import { olderCatalogue, type Database } from '../kit/catalogue.ts';
import { fieldOf } from '../../src/main/decode/tag-fields.ts';
import { PROVENANCE_FIELD } from '../../src/main/text/provenance-field.ts';

/** As the formats name it: iXML, ID3v2, MP4, Vorbis comments, also as other programs may have written it again. */
const OURS = ['iXML:BWFXML/EARMARK', 'TXXX:EARMARK', '----:com.apple.iTunes:EARMARK', 'EARMARK', 'earmark'];
const OTHERS = ['TXXX:EARMARKED', 'NO-EARMARK', 'TIT2'];

let db: Database;
let remove: () => void;
beforeEach(() => {
  ({ db, remove } = olderCatalogue(5));
  db.exec(`
    INSERT INTO root (id, path, added_ms) VALUES (1, '/sounds', 5);
    INSERT INTO file (id, root_id, relative_path, size, mtime_ms, state, added_ms, checked_ms)
      VALUES (7, 1, 'a.wav', 10, 1, 'ready', 1, 1);
  `);
  const insert = db.prepare("INSERT INTO file_tag VALUES (7, ?, '', ?)");
  for (const nativeId of [...OURS, ...OTHERS]) insert.run(nativeId, `value of ${nativeId}`);
  migrate(db, 6);
});
afterEach(() => remove());

test('records that were read before have the field that they are read with now; other tags stay', () => {
  const rows = db.prepare<[], { native_id: string; field: string; value: string }>('SELECT native_id, field, value FROM file_tag ORDER BY rowid').all(); // prettier-ignore
  expect(rows.map(({ native_id, value }) => value === `value of ${native_id}`)).not.toContain(false);
  const fields = Object.fromEntries(rows.map(({ native_id, field }) => [native_id, field]));
  expect(fields).toEqual({
    ...Object.fromEntries(OURS.map((nativeId) => [nativeId, PROVENANCE_FIELD])),
    ...Object.fromEntries(OTHERS.map((nativeId) => [nativeId, ''])),
  });
  for (const nativeId of OURS) expect(fieldOf(nativeId)).toBe(PROVENANCE_FIELD);
});
