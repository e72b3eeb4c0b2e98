/** What has to be fast on 100 000 files is found by index: the plan of the statement itself is asserted, not milliseconds. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileStore, type FileStore } from '../../src/main/catalogue/stores/files.ts';
import { nativeTagStore, type NativeTagStore } from '../../src/main/catalogue/stores/tags-words.ts';
import { windowStore, type WindowStore } from '../../src/main/catalogue/stores/windows.ts';
import { addAnalysed, openDatabase, queryPlans, temporaryCatalogue, type Database, type TemporaryCatalogue } from '../kit/catalogue.ts'; // prettier-ignore

let temporary: TemporaryCatalogue;
let db: Database;
let executed: string[] = [];
let statements: { files: FileStore; windows: WindowStore; tags: NativeTagStore };

beforeAll(() => {
  temporary = temporaryCatalogue();
  const root = temporary.catalogue.roots.add('/r');
  temporary.catalogue.transaction(() => {
    for (let i = 0; i < 300; i++) addAnalysed(temporary, root.id, `${i}.wav`, i);
  });
  temporary.db.exec('ANALYZE'); // the planner decides as it will on a catalogue in use
  db = openDatabase(temporary.folder, { verbose: (sql) => executed.push(String(sql)) });
  statements = { files: fileStore(db), windows: windowStore(db), tags: nativeTagStore(db) };
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
  ['windows.isAnalysed', ({ windows }) => windows.isAnalysed(7, 1), /SEARCH analysed USING PRIMARY KEY/],
  ['windows.forget', ({ windows }) => windows.forget(7), /SEARCH window USING (COVERING )?INDEX window_by_file/],
  ['tags.of', ({ tags }) => tags.of(7), /SEARCH file_tag USING INDEX file_tag_by_file/],
];

test.each(PLANS)('%s', (_, run, expected) => {
  executed = [];
  run(statements);
  const plans = queryPlans(temporary.db, executed);
  expect(plans.length).toBeGreaterThan(0);
  expect(plans.join('\n')).toMatch(expected);
  expect(plans.join('\n')).not.toMatch(/SCAN (?!root|json_each)/); // roots are few
});
