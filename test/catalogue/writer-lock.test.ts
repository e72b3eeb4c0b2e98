import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCatalogue } from '../../src/main/catalogue/open.ts';
import { acquireWriterLock } from '../../src/main/catalogue/writer-lock.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let folder: string;
let holder: ChildProcess | null = null;
beforeEach(() => (folder = temporaryFolder('lock')));
afterEach(async () => {
  await kill();
});

async function hold(): Promise<ChildProcess> {
  holder = fork(fileURLToPath(new URL('hold-writer-lock.ts', import.meta.url)), [folder], { execArgv: [] });
  await once(holder, 'message');
  return holder;
}
async function kill(): Promise<void> {
  if (holder?.exitCode !== null || holder.signalCode !== null) return;
  const exited = once(holder, 'exit');
  holder.kill('SIGKILL');
  await exited;
  holder = null;
}

test('taken, given back, taken again', async () => {
  const release = await acquireWriterLock(folder);
  await expect(acquireWriterLock(folder)).rejects.toMatchObject({ code: 'catalogue-busy' });
  release();
  release();
  expect(existsSync(join(folder, 'writer.json'))).toBe(false);
  (await acquireWriterLock(folder))();
});

test('this program says what it does itself', async () => {
  const release = await acquireWriterLock(folder, { work: 'rename' });
  await expect(acquireWriterLock(folder)).rejects.toThrow(
    /^Earmark is renaming files \(since .*\)\. Wait for it to finish, or cancel it\.$/,
  );
  release();
});

test('another process is named in the message, with what it does, and reading continues', async () => {
  openCatalogue(folder).close();
  const { pid } = await hold();
  await expect(acquireWriterLock(folder)).rejects.toMatchObject({
    code: 'catalogue-busy',
    userMessage: expect.stringMatching(new RegExp(`^Another instance of Earmark \\(process ${pid}, since .*\\) is writing tags in “${folder}”`)) as unknown, // prettier-ignore
  });
  const reader = openCatalogue(folder, { readonly: true });
  expect(reader.roots.list()).toEqual([]);
  reader.close();
});

test('kill -9 frees it, although the note of the dead process is still there', async () => {
  await hold();
  await kill();
  expect(existsSync(join(folder, 'writer.json'))).toBe(true);
  (await acquireWriterLock(folder))();
});

test('waits until the other process is gone, or no longer than told', async () => {
  await hold();
  await expect(acquireWriterLock(folder, { patienceMs: 300 })).rejects.toMatchObject({ code: 'catalogue-busy' });
  const waiting = acquireWriterLock(folder, { patienceMs: 20_000 });
  await kill();
  (await waiting)();
});

test('a lock note that is unreadable or of an older version only shortens the message', async () => {
  const release = await acquireWriterLock(folder);
  writeFileSync(join(folder, 'writer.json'), '{ half');
  await expect(acquireWriterLock(folder)).rejects.toThrow(/^Another instance of Earmark is using the catalogue in “/);
  writeFileSync(join(folder, 'writer.json'), JSON.stringify({ pid: 77, sinceMs: 0 }));
  await expect(acquireWriterLock(folder)).rejects.toThrow(
    /^Another instance of Earmark \(process 77, since .*\) is busy in/,
  );
  release();
});
