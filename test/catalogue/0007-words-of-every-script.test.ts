import { expect, test } from 'vitest';
import { openCatalogue } from '../../src/main/catalogue/open.ts';
import { NameLookup } from '../../src/main/search/name-evidence.ts';
import { olderCatalogue } from '../kit/catalogue.ts';

test('files of an older catalogue are found by names that it could not cut, and by their tags as before', () => {
  const { folder, db, remove } = olderCatalogue(6);
  db.exec(`
    INSERT INTO root (id, path, added_ms) VALUES (1, '/sounds', 5);
    INSERT INTO file (id, root_id, relative_path, size, mtime_ms, state, added_ms, checked_ms)
      VALUES (7, 1, 'ドアが閉まる_金属.wav', 10, 1, 'ready', 1, 1), (8, 1, 'gate.wav', 10, 1, 'ready', 1, 1);
    INSERT INTO file_tag VALUES (8, 'TCON', 'genre', 'squeaky hinges');
    INSERT INTO file_words (rowid, name, folder, tags) VALUES (7, 'ドアが閉まる 金属', 'sounds', ''), (8, 'gate', 'sounds', 'squeaky hinges');
  `);
  const catalogue = openCatalogue(folder);
  try {
    const names = new NameLookup(catalogue.wordMatches);
    const found = (text: string) => names.candidates(names.words(text), 10);
    expect(found('ドア')).toEqual([7]);
    expect(found('属')).toEqual([7]);
    expect(found('hinge')).toEqual([8]);
    expect(db.prepare('SELECT count(*) FROM words_due').pluck().get()).toBe(0);
    expect(catalogue.integrityCheck()).toEqual([]);
  } finally {
    catalogue.close();
    remove();
  }
});
