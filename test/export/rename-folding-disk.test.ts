/**
 * Another way to write the same name, on a disk that takes both for one: FAT and exFAT as Linux does them, without
 * second names, with a `rename` that does nothing, and with numbers of files that are made up. No such disk can be
 * had everywhere, so one is made of a folder.
 */
import type * as Fs from 'node:fs';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { renameWithoutReplacing, settleRename } from '../../src/main/export/rename-file.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const disk = vi.hoisted(() => ({ folder: '', failsAt: '' }));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>();
  const name = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  /** The path as it is written on the disk. */
  const found = (path: string) => {
    if (!disk.folder || !path.startsWith(`${disk.folder}/`)) return path;
    const there = fs.readdirSync(disk.folder).find((one) => one.toLowerCase() === name(path).toLowerCase());
    return there === undefined ? path : `${disk.folder}/${there}`;
  };
  const refuse = (code: string): never => {
    throw Object.assign(new Error(code), { code });
  };
  let made = 0n;
  return {
    ...fs,
    lstatSync: (path: string, options: { bigint: true; throwIfNoEntry: false }) => {
      const facts: Fs.BigIntStats | undefined = fs.lstatSync(found(path), options);
      return facts === undefined ? undefined : Object.assign(facts, { ino: ++made });
    },
    linkSync: () => refuse('EPERM'),
    openSync: (path: string, flags: string) =>
      fs.existsSync(found(path)) ? refuse('EEXIST') : fs.openSync(path, flags),
    renameSync: (from: string, to: string) => {
      if (to === disk.failsAt) refuse('EIO');
      if (found(from) !== found(to)) fs.renameSync(found(from), found(to));
    },
    unlinkSync: (path: string) => fs.unlinkSync(found(path)),
  };
});

const folder = temporaryFolder('folding');
beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  disk.folder = folder;
  disk.failsAt = '';
});
const at = (name: string) => join(folder, name);
const there = () => readdirSync(folder).sort();

test('only the case changes, there and back', () => {
  writeFileSync(at('door slam.wav'), 'sound');
  const placeholders: string[] = [];
  const mark = (path: string) => void placeholders.push(path);
  renameWithoutReplacing(at('door slam.wav'), at('Door Slam.wav'), mark);
  expect(there()).toEqual(['Door Slam.wav']);
  expect(placeholders).toHaveLength(1);
  expect(basename(placeholders[0]!)).toMatch(/^\.earmark-/);
  expect(settleRename(at('door slam.wav'), at('Door Slam.wav'), placeholders[0]!)).toBe(true);
  expect(there()).toEqual(['Door Slam.wav']);
  renameWithoutReplacing(at('Door Slam.wav'), at('door slam.wav'), mark);
  expect(there()).toEqual(['door slam.wav']);
  expect(readFileSync(at('door slam.wav'), 'utf8')).toBe('sound');
});

test('another file is in the way, however its name is written', () => {
  writeFileSync(at('a.wav'), 'a');
  writeFileSync(at('B.wav'), 'b');
  expect(() => renameWithoutReplacing(at('a.wav'), at('b.wav'), () => {})).toThrow(/“b.wav” already exists/);
  expect(there()).toEqual(['B.wav', 'a.wav']);
});

test('a failing disk leaves the old name', () => {
  writeFileSync(at('slam.wav'), 'sound');
  const mark = () => {
    disk.failsAt = at('Slam.wav');
  };
  expect(() => renameWithoutReplacing(at('slam.wav'), at('Slam.wav'), mark)).toThrow();
  expect(there()).toEqual(['slam.wav']);
});

test('ended in the middle, the file has its old name again', () => {
  const third = at('.earmark-renaming-1-0.wav');
  writeFileSync(third, 'sound');
  expect(settleRename(at('slam.wav'), at('Slam.wav'), third)).toBe(false);
  expect(there()).toEqual(['slam.wav']);
});
