import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readVocabularies } from '../../src/main/tag/installed.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let top: string, shippedFolder: string, dataFolder: string, own: string;
beforeEach(() => {
  top = temporaryFolder('vocabularies');
  shippedFolder = join(top, 'shipped');
  dataFolder = join(top, 'data');
  own = join(dataFolder, 'vocabularies');
  mkdirSync(shippedFolder);
  mkdirSync(own, { recursive: true });
});

function vocabulary(id: string): string {
  const labels = [{ id: 'fog', name: 'Fog', group: 'all', prompts: ['thick fog'] }];
  const groups = [{ id: 'all', name: 'All', kind: 'multi' }];
  return JSON.stringify({ id, name: id, version: 1, language: 'en', profile: 'music', groups, labels });
}

test('both folders are read, shipped first; other files are passed over', async () => {
  writeFileSync(join(own, 'a.json'), vocabulary('a'));
  writeFileSync(join(own, 'Ü.JSON'), `\uFEFF${vocabulary('u')}`); // as some editors save it
  writeFileSync(join(own, '.b.json'), 'hidden');
  writeFileSync(join(own, 'notes.txt'), 'not ours');
  writeFileSync(join(shippedFolder, 'z.json'), vocabulary('z'));
  const { found, broken } = await readVocabularies({ dataFolder, shippedFolder });
  expect(broken).toStrictEqual([]);
  expect(found.map(({ path }) => path)).toStrictEqual([
    join(shippedFolder, 'z.json'),
    join(own, 'a.json'),
    join(own, 'Ü.JSON'),
  ]);
  expect(found.map((one) => one.vocabulary.id)).toStrictEqual(['z', 'a', 'u']);
});

test('damaged files are reported with their path and do not hide the others', async () => {
  writeFileSync(join(shippedFolder, 'good.json'), vocabulary('good'));
  writeFileSync(join(own, 'a-text.json'), 'no JSON');
  writeFileSync(join(own, 'b-latin1.json'), Buffer.from(vocabulary('b').replace('Fog', 'caf\xe9'), 'latin1'));
  mkdirSync(join(own, 'c-folder.json'));
  symlinkSync(join(own, 'nowhere'), join(own, 'd-link.json'));
  writeFileSync(join(own, 'e-twin.json'), vocabulary('good'));
  writeFileSync(join(own, 'f-large.json'), '');
  truncateSync(join(own, 'f-large.json'), 17 * 2 ** 20);
  writeFileSync(join(own, 'g-labels.json'), vocabulary('g').replace('"Fog"', '""').replace('["thick fog"]', '[]'));
  writeFileSync(join(own, 'z-good.json'), vocabulary('z'));
  const { found, broken } = await readVocabularies({ dataFolder, shippedFolder });
  expect(found.map((one) => one.vocabulary.id)).toStrictEqual(['good', 'z']);
  const cases: [string, string[]][] = [
    ['a-text.json', ['is not valid JSON']],
    ['b-latin1.json', ['not UTF-8 text']],
    ['c-folder.json', ['Check that it is a file']],
    ['d-link.json', ['Check that it is a file']],
    ['e-twin.json', [`has the same id “good” as “${join(shippedFolder, 'good.json')}”. Change its id or remove it`]],
    ['f-large.json', ['larger than 16 MiB']],
    ['g-labels.json', ['“name”: must not be empty', 'one or two phrases']],
  ];
  expect(broken).toStrictEqual(
    cases.map(([name, says]) => ({
      path: join(own, name),
      sentences: says.map((text): unknown => expect.stringContaining(text)),
    })),
  );
  for (const { path, sentences } of broken) for (const sentence of sentences) expect(sentence).toContain(`“${path}”`);
});

test('missing folders are empty; a folder that is a file is reported', async () => {
  rmSync(shippedFolder, { recursive: true });
  rmSync(own, { recursive: true });
  expect(await readVocabularies({ dataFolder, shippedFolder })).toStrictEqual({ found: [], broken: [] });
  writeFileSync(own, 'a file');
  const { broken } = await readVocabularies({ dataFolder, shippedFolder });
  expect(broken).toStrictEqual([{ path: own, sentences: [expect.stringContaining('cannot be read')] }]);
});
