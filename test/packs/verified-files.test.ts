import { closeSync, ftruncateSync, openSync, readFileSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs'; // prettier-ignore
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { noteHash, notedHash } from '../../src/main/packs/verified-files.ts';
import { sha256 } from '../kit/sha256.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const LARGE = 33 << 20;
const HASH = sha256('x');

let folder: string, path: string;
beforeEach(() => {
  folder = temporaryFolder('verified');
  path = join(folder, 'weights.data');
  const file = openSync(path, 'w');
  ftruncateSync(file, LARGE); // holes: takes no room
  closeSync(file);
});

test('a large file is known again as long as nobody touches it', async () => {
  expect(await notedHash(path, statSync(path))).toBeNull();
  await noteHash(path, statSync(path), HASH);
  expect(await notedHash(path, statSync(path))).toBe(HASH);
  await noteHash(join(folder, 'other.data'), { size: LARGE, mtimeMs: 5 }, HASH);
  expect(await notedHash(path, statSync(path))).toBe(HASH);
  const file = openSync(path, 'r+');
  writeSync(file, 'y', 1000);
  closeSync(file);
  utimesSync(path, new Date(), new Date(Date.now() + 5));
  expect(await notedHash(path, statSync(path))).toBeNull();
});

test('small files are always hashed, and a damaged note is none', async () => {
  const small = join(folder, 'small');
  writeFileSync(small, 'x');
  await noteHash(small, statSync(small), HASH);
  expect(await notedHash(small, statSync(small))).toBeNull();
  await noteHash(path, statSync(path), HASH);
  const note = join(folder, '.verified.json');
  writeFileSync(note, readFileSync(note, 'utf8').slice(0, -3));
  expect(await notedHash(path, statSync(path))).toBeNull();
  await noteHash(path, statSync(path), HASH);
  expect(await notedHash(path, statSync(path))).toBe(HASH);
});
