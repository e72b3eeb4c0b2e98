import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createEngine } from '../../src/main/engine/engine.ts';
import { mustBeFolder } from '../../src/main/files/must-be-folder.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('folder');
  writeFileSync(join(folder, 'file'), 'x');
});

test('a folder, and one that is not there yet, is fine', () => {
  mustBeFolder(folder, 'The folder');
  mustBeFolder(join(folder, 'new', 'deep'), 'The folder');
});

test.each([
  ['file', 'is a file'],
  ['file/data', 'cannot be created: “F” is a file'],
])('%s is refused by its own cause', (name, why) => {
  const path = join(folder, name);
  const sentence = `The data folder “${path}” ${why.replace('F', join(folder, 'file'))}. Choose a folder.`;
  expect(() => mustBeFolder(path, 'The data folder')).toThrow(sentence);
  expect(() => createEngine({ dataFolder: path, load: 'foreground' })).toThrow(sentence);
});
