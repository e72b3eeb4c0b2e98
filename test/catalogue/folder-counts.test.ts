/** Folders of the library: the counts are those of the lists, and no row of a file is read for them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folderCountStore } from '../../src/main/catalogue/stores/folder-counts.ts';
import { addAnalysed, openDatabase, queryPlans, temporaryCatalogue, type TemporaryCatalogue } from '../kit/catalogue.ts'; // prettier-ignore

const between = () => Promise.resolve();

let temporary: TemporaryCatalogue;
let rootId: number;
let emptyId: number;

beforeAll(() => {
  temporary = temporaryCatalogue();
  const { roots, files } = temporary.catalogue;
  rootId = roots.add('/sounds').id;
  emptyId = roots.add('/empty').id;
  const paths = ['top.wav', 'Doors/a.wav', 'Doors/Wood/b.wav', 'Doors/Wood/Oak/c.wav', 'Doors 10/d.wav', 'Doors 2/e.wav', 'Ünder/f.wav']; // prettier-ignore
  for (const [at, path] of paths.entries()) addAnalysed(temporary, rootId, path, at);
  addAnalysed(temporary, roots.add('/gone').id, 'x/y.wav', 50);
  roots.hide(roots.byPath('/gone')!.id);
  files.insertPending({ rootId, relativePath: 'Doors/not analysed.wav', size: 1, mtimeMs: 1 });
  files.insertPending({ rootId, relativePath: 'Only pending/x.wav', size: 1, mtimeMs: 1 });
  const broken = addAnalysed(temporary, rootId, 'Doors/Wood/broken.wav', 60);
  files.setFailed(broken, { code: 'undecodable-audio', message: 'Broken.', size: 9, mtimeMs: 9 });
  files.setOther(addAnalysed(temporary, rootId, 'Doors/text.wav', 61));
});
afterAll(() => temporary.remove());

test('the roots in use, also one without files', () => {
  expect(temporary.catalogue.folderCounts.roots()).toEqual([
    { rootId: emptyId, folder: '', path: '/empty', files: 0, hasFolders: false },
    { rootId, folder: '', path: '/sounds', files: 7, hasFolders: true },
  ]);
});

test.each([10_000, 2, 1])(
  'folders right below, by name as a person sorts them; %s files a page',
  async (filesAPage) => {
    const folderCounts = folderCountStore(temporary.db, filesAPage);
    const shown = async (folder: string) => {
      const found = await folderCounts.below({ rootId, folder }, between);
      return found.map(({ path, files, hasFolders }) => [path, files, hasFolders]);
    };
    expect(await shown('')).toEqual([
      ['/sounds/Doors', 3, true],
      ['/sounds/Doors 2', 1, false],
      ['/sounds/Doors 10', 1, false],
      ['/sounds/Ünder', 1, false],
    ]);
    expect(await shown('Doors')).toEqual([['/sounds/Doors/Wood', 2, true]]);
    expect(await shown('Doors/Wood/Oak')).toEqual([]);
    expect(await shown('nowhere')).toEqual([]);
    expect(await folderCounts.below({ rootId: 99, folder: '' }, between)).toEqual([]);
  },
);

test('as many as a list of the folder has', async () => {
  const { folderCounts, fileLists } = temporary.catalogue;
  for (const { path, files } of [
    ...folderCounts.roots(),
    ...(await folderCounts.below({ rootId, folder: '' }, between)),
  ])
    expect(fileLists.list({ folder: path }, 'name', false), path).toHaveLength(files);
});

test.each(['', 'ANALYZE'])('one statement a page, over the index of paths alone; %s', async (prepare) => {
  temporary.db.exec(prepare);
  const executed: string[] = [];
  const db = openDatabase(temporary.folder, { verbose: (sql) => executed.push(String(sql)) });
  try {
    const counts = folderCountStore(db);
    const planOf = async (work: () => unknown) => {
      executed.length = 0;
      await work();
      const counting = executed.filter((sql) => sql.includes('count('));
      expect(counting).toHaveLength(1);
      return queryPlans(temporary.db, counting)[0]!;
    };
    for (const plan of [
      await planOf(() => counts.roots()),
      await planOf(() => counts.below({ rootId, folder: 'Doors' }, between)),
    ]) {
      expect(plan).toMatch(/SEARCH file USING COVERING INDEX sqlite_autoindex_file_1 \(root_id=\?/);
      expect(plan).toMatch(/SEARCH file USING COVERING INDEX file_by_state \(state=\?/);
      // Rows are read of files that are not analysed yet, which have no waveform.
      const read = plan.split('\n').filter((step) => /(SCAN|SEARCH) file/.test(step) && !step.includes('COVERING'));
      expect(read.filter((step) => !/SEARCH file USING INDEX file_by_state \(state=\?/.test(step))).toEqual([]);
    }
  } finally {
    db.close();
  }
});
