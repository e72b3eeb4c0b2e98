/** Small files that become gigabytes, files without end, and what is no file at all: each ends with a sentence. */
import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openDataset } from '../../src/main/eval/dataset.ts';
import { Vocabularies } from '../../src/main/tag/vocabularies.ts';
import { importVocabulary } from '../../src/main/tag/vocabulary-import.ts';
import { TAUGHT_FILE } from '../../src/main/tag/teach/taught-file.ts';
import { VOCABULARY_FILE } from '../../src/main/tag/vocabulary-file.ts';
import { readUntrusted } from '../../src/main/untrusted/read-untrusted.ts';
import { readRegularFile } from '../../src/main/files/regular-file.ts';
import { expectSentence, skipFor } from '../faults/trial.ts';
import { xlsxOf } from '../tag/make-xlsx.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let folder: string;
beforeAll(() => {
  folder = temporaryFolder('bombs');
});

const put = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
/** A sheet whose XML is put together by hand. */
const sheet = (xml: string): Uint8Array => xlsxOf([[['MARK']]], { xml });

async function refused(path: string, sentence: RegExp, work: Promise<unknown>, code = 'vocabulary-damaged') {
  const before = process.memoryUsage().rss;
  const error = await work.then(
    () => null,
    (reason: unknown) => reason as { code: string; userMessage: string },
  );
  expect(error, `${path} was taken`).not.toBeNull();
  expectSentence(error!.userMessage);
  expect(error).toMatchObject({ code, userMessage: expect.stringMatching(sentence) as string });
  // What grew, grew elsewhere.
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
}
const bring = (path: string) => importVocabulary(path, new Vocabularies(join(folder, 'data')));

describe('spreadsheets', () => {
  const cells = (count: number) => `<row r="1">${'<c r="A1"><v>1</v></c>'.repeat(count)}</row>`;
  test.each<[string, () => Uint8Array, RegExp]>([
    [
      'a cell at the end of the world',
      () => sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
      /columns|rows/,
    ],
    ['a cell in the last row', () => sheet('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), /100000 rows/],
    ['a cell in a far column', () => sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>'), /1000 columns/],
    ['more cells than a list has', () => sheet(cells(500_001)), /500000 cells/],
    ['elements in elements', () => sheet('<a>'.repeat(5000)), /nested/],
    ['kilobytes that become gigabytes', () => sheet(' '.repeat(80 * 2 ** 20)), /64 MiB|too long/],
  ])('%s', async (name, content, sentence) => {
    const path = put(`${name}.xlsx`, content());
    await refused(path, sentence, bring(path));
  });
});

describe('tables', () => {
  test.each<[string, () => string, RegExp]>([
    ['nothing but commas', () => ','.repeat(26e6), /1000 columns/],
    ['nothing but lines', () => 'name\n'.repeat(200_000), /100000 rows/],
    ['one field without end', () => `name\n${'x'.repeat(20e6)}`, /1048576 characters/],
    ['one quoted field without end', () => `name\n"${'x\n'.repeat(5e6)}"`, /1048576 characters/],
  ])('%s', async (name, content, sentence) => {
    const path = put(`${name}.csv`, content());
    await refused(path, sentence, bring(path));
  });

  test('of a data set, the same', async () => {
    const path = put('dataset.csv', ','.repeat(26e6));
    const work = openDataset({ dataset: path, layout: 'auto', prompts: ['{label}'] });
    await refused(path, /1000 columns/, work, 'bad-input');
  });
});

test('JSON that takes more memory than it may, or more time, is refused', async () => {
  const path = put('deep.json', `[${'{"a":[1,2,3]},'.repeat(1_500_000)}1]`);
  await refused(
    path,
    /needed too much memory/,
    readUntrusted(VOCABULARY_FILE, { path }, 'vocabulary-damaged', { maxHeapMiB: 40 }),
  );
  await refused(
    path,
    /took too long/,
    readUntrusted(VOCABULARY_FILE, { path }, 'vocabulary-damaged', { deadlineMs: 1 }),
  );
  await refused(
    path,
    /is not an export of learned tags/,
    readUntrusted(TAUGHT_FILE, { path }, 'bad-input'),
    'bad-input',
  );
});

describe.skipIf(skipFor(process.platform === 'win32' ? 'Windows has no such files' : null, 'pipes and devices'))(
  'what is no file',
  () => {
    test('neither pipes nor devices are waited for', async () => {
      for (const ending of ['json', 'csv']) execFileSync('mkfifo', [join(folder, `pipe.${ending}`)]);
      const endless = join(folder, 'zero.xlsx');
      symlinkSync('/dev/zero', endless);
      await refused(endless, /not a regular file/, bring(endless));
      const pipe = join(folder, 'pipe.json');
      await refused(pipe, /not a regular file/, readUntrusted(TAUGHT_FILE, { path: pipe }, 'bad-input'), 'bad-input');
      await refused(pipe, /not a regular file/, openDataset({ dataset: join(folder, 'pipe.csv'), layout: 'auto', prompts: ['{label}'] }), 'bad-input'); // prettier-ignore
    });

    test('no more is read than was agreed to', async () => {
      const path = put('three.txt', 'abc');
      expect(String(await readRegularFile(path, 3))).toBe('abc');
      await expect(readRegularFile(path, 2)).rejects.toMatchObject({ kind: 'too-large' });
    });
  },
);
