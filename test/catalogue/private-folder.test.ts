import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCatalogue } from '../../src/main/catalogue/open.ts';
import { acquireWriterLock } from '../../src/main/catalogue/writer-lock.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let folder: string;
beforeEach(() => (folder = join(temporaryFolder('private'), 'data')));
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));
const mode = (...parts: string[]) => (statSync(join(folder, ...parts)).mode & 0o777).toString(8);

test.skipIf(process.platform === 'win32')('what is made is for its user alone, whatever the umask', async () => {
  const before = process.umask(0o000);
  try {
    const catalogue = openCatalogue(folder);
    const release = await acquireWriterLock(folder);
    expect(mode()).toBe('700');
    for (const name of ['catalogue.db', 'catalogue.db-wal', 'writer.lock', 'writer.json'])
      expect(mode(name)).toBe('600');
    release();
    catalogue.close();
  } finally {
    process.umask(before);
  }
});

test.skipIf(process.platform === 'win32')('what was open to others is closed at the next start', () => {
  mkdirSync(join(folder, 'index'), { recursive: true });
  writeFileSync(join(folder, 'index', 'a.hnsw'), '');
  for (const [path, open] of [['index/a.hnsw', 0o644], ['index', 0o755], ['', 0o755]] as const) chmodSync(join(folder, path), open); // prettier-ignore
  openCatalogue(folder).close();
  expect([mode(), mode('index'), mode('index', 'a.hnsw')]).toEqual(['700', '700', '600']);
});
