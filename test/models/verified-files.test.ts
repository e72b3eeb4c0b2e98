import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs'; // prettier-ignore
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noteHash, notedHash } from '../../src/main/models/verified-files.ts';

const LARGE = 33 << 20;
const HASH = createHash('sha256').update('x').digest('hex');

let folder: string, path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'verified-'));
  path = join(folder, 'weights.data');
  const file = openSync(path, 'w');
  ftruncateSync(file, LARGE); // holes: takes no room
  closeSync(file);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

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
