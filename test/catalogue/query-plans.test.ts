/** What has to be fast on 100 000 files is found by index: the plan of the statement itself is asserted, not milliseconds. */
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileStatements, type FileStatements } from '../../src/main/catalogue/files.ts';
import { tagStatements, type TagStatements } from '../../src/main/catalogue/tags-words.ts';
import { windowStatements, type WindowStatements } from '../../src/main/catalogue/windows.ts';
import { addListened, temporaryCatalogue, type TemporaryCatalogue } from './temporary-catalogue.ts';

let temporary: TemporaryCatalogue;
let db: Database.Database;
let executed: string[] = [];
let statements: { files: FileStatements; windows: WindowStatements; tags: TagStatements };

beforeAll(() => {
  temporary = temporaryCatalogue();
  const root = temporary.catalogue.roots.add('/r');
  temporary.catalogue.transaction(() => {
    for (let i = 0; i < 300; i++) addListened(temporary, root.id, `${i}.wav`, i);
  });
  temporary.catalogue.db.exec('ANALYZE'); // the planner decides as it will on a catalogue in use
  db = new Database(temporary.catalogue.path, { verbose: (sql) => executed.push(String(sql)) });
  statements = { files: fileStatements(db), windows: windowStatements(db), tags: tagStatements(db) };
});
afterAll(() => {
  db.close();
  temporary.remove();
});

const PLANS: [string, (s: typeof statements) => unknown, RegExp][] = [
  ['files.byPath', ({ files }) => files.byPath(1, '7.wav'), /SEARCH file USING INDEX sqlite_autoindex_file/],
  ['files.bySize', ({ files }) => files.bySize(1007), /SEARCH file USING INDEX file_by_size/],
  ['files.byContent', ({ files }) => files.byContent('content of 7.wav'), /SEARCH file USING INDEX file_by_content/],
  [
    'files.idsOfRoot',
    ({ files }) => [...files.idsOfRoot(1)],
    /SEARCH file USING INTEGER PRIMARY KEY(?!.*TEMP B-TREE)/s,
  ],
  [
    'files.pending',
    ({ files }) => [...files.pending([1], 1)],
    /SEARCH file USING INTEGER PRIMARY KEY(?!.*TEMP B-TREE)/s,
  ],
  ['files.failures', ({ files }) => files.failures(), /SEARCH file USING INDEX file_by_state/],
  ['windows.ofFile', ({ windows }) => windows.ofFile(7, 1), /SEARCH window USING INDEX window_by_file/],
  [
    'windows.placesAfter',
    ({ windows }) => windows.placesAfter(1, 0, 100),
    /SEARCH window USING COVERING INDEX window_by_space/,
  ],
  ['windows.count', ({ windows }) => windows.count(1), /SEARCH window USING COVERING INDEX window_by_space/],
  ['windows.embeddingBytes', ({ windows }) => windows.embeddingBytes(7), /SEARCH window USING INTEGER PRIMARY KEY/],
  ['windows.isListened', ({ windows }) => windows.isListened(7, 1), /SEARCH listening USING PRIMARY KEY/],
  ['windows.forget', ({ windows }) => windows.forget(7), /SEARCH window USING (COVERING )?INDEX window_by_file/],
  ['tags.of', ({ tags }) => tags.of(7), /SEARCH file_tag USING INDEX file_tag_by_file/],
];

test.each(PLANS)('%s', (_, run, expected) => {
  executed = [];
  run(statements);
  const plans = executed.map(
    (sql) =>
    temporary.catalogue.db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all().map(({ detail }) => detail).join('\n'), // prettier-ignore
  );
  expect(plans.length).toBeGreaterThan(0);
  expect(plans.join('\n')).toMatch(expected);
  expect(plans.join('\n')).not.toMatch(/SCAN (?!root|json_each)/); // roots are few
});
