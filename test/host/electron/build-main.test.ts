/** The built code: child processes are found and answer, and the preload asks for nothing but Electron. */
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { buildMain, buildPreload } from '../../../scripts/build-main.ts';
import type { createEngine } from '../../../src/main/engine/engine.ts';
import { INSTALL_FOLDER, resourcesFolder } from '../../../src/main/files/install.ts';
import type { EngineMethods, EnginePushes } from '../../../src/main/host/electron/engine-protocol.ts';
import { utilityProcesses } from '../../../src/main/host/electron/utility-processes.ts';
import { Child } from '../../../src/main/process/child.ts';
import { startProcessesBy } from '../../../src/main/process/start-process.ts';
import { sine, writeWav } from '../../decode/make-audio.ts';
import { stubElectron } from './stub.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

const TINY_PACK = join(INSTALL_FOLDER, 'test', 'fixtures', 'tiny-pack');
// An installation of its own, with the packages and resources of this one.
const top = temporaryFolder('el');
const dist = join(top, 'dist');

beforeAll(async () => {
  symlinkSync(join(INSTALL_FOLDER, 'node_modules'), join(top, 'node_modules'));
  cpSync(join(INSTALL_FOLDER, 'package.json'), join(top, 'package.json'));
  await buildMain(dist);
  await buildPreload(dist);
});

test('the file that package.json names is there, and so is every child process', async () => {
  const { main } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as { main: string };
  expect(existsSync(join(top, main))).toBe(true);
  const entries = (await import(pathToFileURL(join(dist, 'main', 'process', 'entries.js')).href)) as Record<
    'PROCESS_ENTRIES' | 'WORKER_ENTRIES',
    Record<string, URL>
  >;
  const urls = [...Object.values(entries.PROCESS_ENTRIES), ...Object.values(entries.WORKER_ENTRIES)];
  expect(urls.length).toBeGreaterThan(5);
  for (const url of urls) {
    expect(url.href).toMatch(/\.js$/);
    expect(existsSync(url), url.href).toBe(true);
  }
});

test('the built engine decodes and embeds a file, in built child processes and threads', async () => {
  const built = (await import(pathToFileURL(join(dist, 'main', 'engine', 'engine.js')).href)) as {
    createEngine: typeof createEngine;
  };
  mkdirSync(join(top, 'sounds'));
  const path = join(top, 'sounds', 'tone.wav');
  writeWav(path, [sine(1, 16_000, 440)], 16_000);
  const handle = built.createEngine({ dataFolder: join(top, 'data'), model: TINY_PACK, load: 'foreground' });
  try {
    const { items, failed } = await handle.engine['embed.files']({ paths: [path], raw: false });
    expect(failed).toEqual([]);
    expect(items[0]!.windows[0]!.embedding.length).toBeGreaterThan(1);
  } finally {
    await handle.close();
  }
});

test('the built process of the engine opens a catalogue and answers, as a utility process', async () => {
  const stub = stubElectron();
  const before = startProcessesBy(utilityProcesses(stub.electron.utilityProcess));
  const entry = pathToFileURL(join(dist, 'main', 'host', 'electron', 'engine-process.js'));
  const child = new Child<EngineMethods, EnginePushes>({ processName: 'engine', entry });
  try {
    await child.call('open', { dataFolder: join(top, 'process-data') });
    const added = await child.call('call', { name: 'root.add', input: { path: join(top, 'sounds') } });
    expect(added).toMatchObject({ ok: true, value: { path: join(top, 'sounds') } });
    await child.call('close', null);
    expect(existsSync(join(top, 'process-data', 'catalogue.db'))).toBe(true);
  } finally {
    await child.kill();
    startProcessesBy(before);
  }
});

test('the preload is one CommonJS file', () => {
  const code = readFileSync(join(dist, 'preload', 'preload.cjs'), 'utf8');
  expect([...code.matchAll(/require\((.*?)\)/g)].map(([, what]) => what)).toEqual(['"electron"']);
  expect(code).not.toMatch(/^\s*(import|export)\s/m);
  expect(code).not.toContain('node:');
});

test('resources lie beside the archive of a packaged app, and in the folder of a checkout', () => {
  expect(resourcesFolder(join('/opt', 'Earmark', 'resources', 'app.asar'))).toBe(join('/opt', 'Earmark', 'resources'));
  expect(resourcesFolder(join('/home', 'me', 'earmark'))).toBe(join('/home', 'me', 'earmark', 'resources'));
});
