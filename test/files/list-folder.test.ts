import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, parse, sep } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { listDrives } from '../../src/main/files/drives.ts';
import { listFolder } from '../../src/main/files/list-folder.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const FOLDERS_ONLY = { extensions: [], hidden: false };
let folder: string;
beforeEach(() => {
  folder = temporaryFolder('earmark-folders');
  for (const name of ['Take 10', 'Take 2', 'alps', '.cache']) mkdirSync(join(folder, name));
  for (const name of ['words.csv', 'WORDS.CSV.txt', 'Music.CSV', '.own.csv', 'a.wav']) {
    writeFileSync(join(folder, name), '');
  }
});

test('folders as people count them, without hidden ones and files', async () => {
  expect(await listFolder(folder, FOLDERS_ONLY)).toEqual({
    path: folder,
    separator: sep,
    parent: dirname(folder),
    folders: ['alps', 'Take 2', 'Take 10'],
    files: [],
    file: null,
    hidden: 1,
  });
});

test('files of the kinds asked for, whatever the case; hidden ones when they are wanted', async () => {
  const shown = await listFolder(folder, { extensions: ['.csv'], hidden: false });
  expect(shown).toMatchObject({ files: ['Music.CSV', 'words.csv'], hidden: 2 });
  const all = await listFolder(folder, { extensions: ['.csv', '.wav'], hidden: true });
  expect(all).toMatchObject({ folders: ['.cache', 'alps', 'Take 2', 'Take 10'], hidden: 0 });
  expect([...all.files].sort()).toEqual(['.own.csv', 'Music.CSV', 'a.wav', 'words.csv']);
});

test('a file stands for its folder', async () => {
  expect(await listFolder(join(folder, 'a.wav'), FOLDERS_ONLY)).toMatchObject({ path: folder, file: 'a.wav' });
});

test.skipIf(process.platform === 'win32')(
  'a link to a folder is a folder; one that leads nowhere is nothing',
  async () => {
    symlinkSync(join(folder, 'alps'), join(folder, 'linked'));
    symlinkSync(join(folder, 'gone'), join(folder, 'dangling'));
    symlinkSync(join(folder, 'circle'), join(folder, 'circle'));
    const { folders } = await listFolder(folder, FOLDERS_ONLY);
    expect(folders).toEqual(['alps', 'linked', 'Take 2', 'Take 10']);
  },
);

test('nothing is around the top of a drive', async () => {
  const top = parse(folder).root;
  expect(await listFolder(top, FOLDERS_ONLY)).toMatchObject({ path: top, parent: null });
});

test('folders that cannot be listed are reported', async () => {
  await expect(listFolder('alps', FOLDERS_ONLY)).rejects.toMatchObject({ code: 'bad-input' });
  await expect(listFolder(`${folder}\0`, FOLDERS_ONLY)).rejects.toMatchObject({ code: 'bad-input' });
  await expect(listFolder(join(folder, 'gone'), FOLDERS_ONLY)).rejects.toMatchObject({ code: 'not-found' });
});

// root may read everything
test.skipIf(process.platform === 'win32' || process.getuid!() === 0)(
  'a folder without permission says so',
  async () => {
    chmodSync(join(folder, 'alps'), 0);
    await expect(listFolder(join(folder, 'alps'), FOLDERS_ONLY)).rejects.toMatchObject({ code: 'no-permission' });
  },
);

test('the top of a drive is among the drives', async () => {
  expect(await listDrives()).toContain(parse(folder).root);
});
