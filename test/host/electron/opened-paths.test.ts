/** What a file manager, a shell or an icon hands to the app. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import type { ReferenceSound } from '../../../src/shared/types.ts';
import { OpenedPaths, pathsAmong } from '../../../src/main/host/electron/opened-paths.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

const folder = temporaryFolder('op');
const door = join(folder, 'door #1 50%.wav');
const rain = join(folder, 'rain.wav');
const takes = join(folder, 'takes');
mkdirSync(takes);
for (const path of [door, rain]) writeFileSync(path, '');

let listens: boolean;
let analysed: string[][];
let searched: ReferenceSound[][];
let notices: string[];
let opened: OpenedPaths;
beforeEach(() => {
  listens = true;
  [analysed, searched, notices] = [[], [], []];
  opened = new OpenedPaths({
    analyse: (folders) => void analysed.push(folders),
    search: (like) => {
      if (listens) searched.push(like);
      return listens;
    },
    notice: (message) => void notices.push(message),
  });
});

test('arguments: relative to where it was started, URLs of file managers, no options', () => {
  const args = ['--no-sandbox', '-x', '', 'rain.wav', '../a', door, pathToFileURL(door).href, 'file:odd%', 'nul\0l'];
  expect(pathsAmong(args, takes)).toEqual([
    ...[join(takes, 'rain.wav'), join(folder, 'a'), door, door, join(takes, 'file:odd%')],
  ]);
});

test('a folder is analysed, files are one search', () => {
  opened.open([door, takes, rain]);
  expect(analysed).toEqual([[takes]]);
  expect(searched).toEqual([[{ path: door }, { path: rain }]]);
  expect(notices).toEqual([]);
});

test('until a window listens it waits; the last one counts, once', () => {
  listens = false;
  opened.open([door]);
  opened.open([rain]);
  listens = true;
  opened.windowListens();
  opened.windowListens();
  expect(searched).toEqual([[{ path: rain }]]);
});

test('what is not there is named, the others are opened', () => {
  opened.open([join(folder, 'gone.wav'), rain]);
  expect(notices).toEqual(['“gone.wav” was not found. Check the path, or connect its drive.']);
  expect(searched).toEqual([[{ path: rain }]]);
});

test('more files than a search takes: the first ones, and it is said', () => {
  opened.open(Array.from({ length: 20 }, () => rain));
  expect(searched[0]).toHaveLength(16);
  expect(notices).toEqual(['Earmark searches by up to 16 files at a time. The others were left out.']);
});
