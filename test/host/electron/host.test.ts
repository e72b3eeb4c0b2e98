/** The desktop app put together, with the real engine, real processes and a small model, over the stub of Electron. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChosenOutput } from '../../../src/shared/calls/outputs.ts';
import type { Reply } from '../../../src/shared/contract.ts';
import { CHANNELS } from '../../../src/main/host/electron/channels.ts';
import { startDesktopHost, type DesktopHost } from '../../../src/main/host/electron/host.ts';
import { startProcessesBy, type StartProcess } from '../../../src/main/process/start-process.ts';
import { sine, writeWav } from '../../decode/make-audio.ts';
import { StubWindow, stubElectron, type Stub } from './stub.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

const folder = temporaryFolder('el');
const dataFolder = join(folder, 'data');
const sounds = join(folder, 'sounds');
const windowFolder = join(folder, 'window');
const paths = { dataFolder, windowFolder, preload: join(folder, 'preload.cjs'), iconFolder: join(folder, 'icons') };
const TINY_PACK = fileURLToPath(new URL('../../fixtures/tiny-pack', import.meta.url));
const POLICY = /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; /;

let stub: Stub;
let host: DesktopHost;
let processesBefore: StartProcess;

beforeAll(async () => {
  mkdirSync(sounds);
  cpSync(TINY_PACK, join(dataFolder, 'models', 'tiny-pack'), { recursive: true });
  mkdirSync(join(windowFolder, 'assets'), { recursive: true });
  writeFileSync(join(windowFolder, 'index.html'), '<!doctype html><title>Earmark</title>');
  writeFileSync(join(windowFolder, 'assets', 'index-0123abcd.js'), 'export {};');
  writeWav(join(sounds, 'tone.wav'), [sine(2, 32_000, 440)], 32_000);
  // What startDesktopHost sets is put back: other tests in this process fork.
  processesBefore = startProcessesBy(() => {
    throw new Error('not this way');
  });
  stub = stubElectron();
  host = (await startDesktopHost(stub.electron, paths))!;
});
afterAll(async () => {
  startProcessesBy(processesBefore);
  await host.engine.close();
});

async function call<T>(name: string, input: unknown): Promise<T> {
  const reply = (await stub.invoke(CHANNELS.call, name, input)) as Reply<never>;
  if (!reply.ok) throw new Error(reply.error.userMessage);
  return reply.value;
}
const window = () => StubWindow.all[0]!;
const eventsOf = (name: string) =>
  window().sent.filter(([channel, event]) => channel === CHANNELS.event && event === name);

test('the window is closed in: sandbox, isolation, no Node, its own page', () => {
  expect(window().visible).toBe(true);
  expect(window().options.webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
    webSecurity: true,
    preload: paths.preload,
  });
  expect(stub.schemes).toEqual([
    { scheme: 'earmark', privileges: { standard: true, secure: true, stream: true, supportFetchAPI: true } },
  ]);
  expect(window().openHandler!({ url: 'https://evil.example' })).toEqual({ action: 'deny' });
  for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
    const prevented: string[] = [];
    for (const url of ['https://evil.example', 'earmark://app/index.html']) {
      window().webContents.emit(event, { url, preventDefault: () => prevented.push(url) });
    }
    expect(prevented).toEqual(['https://evil.example']);
  }
  expect(stub.errors).toEqual([]);
});

test('nothing is downloaded', () => {
  let prevented = 0;
  stub.session.emit('will-download', { preventDefault: () => prevented++ }, {}, {});
  expect(prevented).toBe(1);
});

test('the page comes from a fixed table, under the policy', async () => {
  const page = await stub.fetch('earmark://app/index.html');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toMatch(POLICY);
  expect(page.headers.get('content-security-policy')).not.toMatch(/'unsafe/);
  expect(await page.text()).toContain('<title>Earmark</title>');
  const script = await stub.fetch('earmark://app/assets/index-0123abcd.js');
  expect(script.headers.get('content-type')).toMatch(/javascript/);
  const etag = script.headers.get('etag')!;
  expect(
    (await stub.fetch('earmark://app/assets/index-0123abcd.js', { headers: { 'If-None-Match': etag } })).status,
  ).toBe(304);
  expect(await (await stub.fetch('earmark://app/', { method: 'HEAD' })).text()).toBe('');
  for (const path of ['preload.cjs', '../preload.cjs', '%2e%2e/preload.cjs', 'assets', 'audio/1', 'audio/x']) {
    const answer = await stub.fetch(`earmark://app/${path}`);
    expect(answer.status, path).toBe(404);
    expect(answer.headers.get('content-security-policy')).toMatch(POLICY);
  }
  expect((await stub.fetch('earmark://app/index.html', { method: 'POST', body: 'x' })).status).toBe(405);
});

test('messages from anything but the window are refused', async () => {
  const strangers = [null, { url: 'https://evil.example/', parent: null }, { url: 'earmark://app/', parent: {} }];
  for (const frame of strangers) {
    const { call, reveal, chooseFolders, chooseFile, chooseOutput, chooseOutputFolder, state } = CHANNELS;
    for (const channel of [call, reveal, chooseFolders, chooseFile, chooseOutput, chooseOutputFolder, state]) {
      await expect(stub.invokeFrom(frame, channel, 'status.get', null)).rejects.toThrow('sender');
    }
  }
  expect(await stub.invoke(CHANNELS.call, 'status.get', { too: 'much' })).toMatchObject({
    ok: false,
    error: { code: 'bad-input' },
  });
  // The window has the system's dialogs to look for a folder, and to say where something is written.
  for (const [name, input] of [
    ['place.list', null],
    ['folder.list', { path: '/', extensions: [], hidden: true }],
    ['output.grant', { path: join(folder, 'list.csv'), replace: true }],
  ] as const) {
    expect(await stub.invoke(CHANNELS.call, name, input)).toMatchObject({ ok: false, error: { code: 'bad-input' } });
  }
  expect(await stub.invoke(CHANNELS.call, 'toString', null)).toMatchObject({ ok: false, error: { code: 'bad-input' } });
});

describe('with a folder', () => {
  let fileId = 0;

  test('it is analysed in utility processes, shown outside the window, found and played', async () => {
    await call('setting.set', { model: 'tiny-pack', lowPriority: false });
    stub.chosen = [sounds];
    const chosen = (await stub.invoke(CHANNELS.chooseFolders)) as string[];
    expect(chosen).toEqual([sounds]);
    const id = await call<number>('index.start', { folders: chosen });
    expect(await call('job.wait', id)).toMatchObject({
      kind: 'index',
      summary: { files: 1, indexed: 1, failed: [] },
    });
    const names = stub.forks.map(({ serviceName }) => serviceName);
    expect(names).toEqual(expect.arrayContaining(['Earmark decoder', 'Earmark inference', 'Earmark index']));
    expect(eventsOf('job.progress').at(-1)![2]).toMatchObject({ id, state: 'done' });
    expect(eventsOf('catalogue.changed')).not.toEqual([]);
    expect(stub.trays.every(({ destroyed }) => destroyed)).toBe(true);
    expect(stub.blockers.size).toBe(0);
    await expect.poll(() => window().bar).toEqual([-1, { mode: 'none' }]);

    const { hits } = await call<{ hits: { fileId: number; path: string }[] }>('search.query', { text: 'tone', includeUnlikely: true }); // prettier-ignore
    expect(hits.map(({ path }) => path)).toEqual([join(sounds, 'tone.wav')]);
    fileId = hits[0]!.fileId;
  });

  test('its audio is served by id, in parts', async () => {
    const bytes = readFileSync(join(sounds, 'tone.wav'));
    const whole = await stub.fetch(`earmark://app/audio/${fileId}`);
    expect(whole.status).toBe(200);
    expect(whole.headers.get('accept-ranges')).toBe('bytes');
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    const part = await stub.fetch(`earmark://app/audio/${fileId}`, { headers: { Range: 'bytes=100-199' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 100-199/${bytes.length}`);
    expect(part.headers.get('content-type')).toBe('audio/wav');
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100, 200))).toBe(true);
    const beyond = await stub.fetch(`earmark://app/audio/${fileId}`, { headers: { Range: 'bytes=99999999-' } });
    expect(beyond.status).toBe(416);
    expect((await stub.fetch(`earmark://app/audio/${fileId + 1}`)).status).toBe(404);
    expect((await stub.fetch(`earmark://app/audio/${fileId}?as=wav`, { method: 'HEAD' })).status).toBe(200);
  });

  test('a player that stops playing ends the reading', async () => {
    const { body } = await stub.fetch(`earmark://app/audio/${fileId}`);
    const reader = body!.getReader();
    await reader.read();
    await reader.cancel();
    expect(await reader.read()).toEqual({ done: true, value: undefined });
  });

  test('a file is written where the dialog says, once, and nowhere that the page says', async () => {
    const path = join(folder, 'list.csv');
    stub.chosen = [path];
    const wanted = { name: 'sounds.csv', endings: ['.csv'] };
    const { output } = (await stub.invoke(CHANNELS.chooseOutput, wanted)) as ChosenOutput;
    expect(stub.dialogs.at(-1)).toMatchObject({
      defaultPath: 'sounds.csv',
      filters: [{ extensions: ['csv'] }],
      properties: expect.arrayContaining(['showOverwriteConfirmation']) as string[],
    });
    const request = { fileIds: [fileId], format: 'csv' };
    expect(await call('export.files', { ...request, output })).toEqual({ files: 1, leftOut: [] });
    expect(readFileSync(path, 'utf8')).toContain('tone.wav');
    rmSync(path);
    for (const again of [output, path, join(folder, 'other.csv')]) {
      await expect(call('export.files', { ...request, output: again })).rejects.toThrow(
        /no longer valid|Invalid input/,
      );
    }
    await expect(call('export.files', { ...request, path, replace: true })).rejects.toThrow('Invalid input');
    expect(existsSync(path)).toBe(false);
    for (const bad of [{ ...wanted, name: '/etc/x.csv' }, { ...wanted, endings: ['.sh'] }, 'sounds.csv']) {
      await expect(stub.invoke(CHANNELS.chooseOutput, bad)).rejects.toThrow();
    }
    stub.chosen = [];
    expect(await stub.invoke(CHANNELS.chooseOutput, wanted)).toBeNull();
  });

  test('pieces are written into the folder that the dialog gave, and into no other', async () => {
    stub.chosen = [join(folder, 'pieces')];
    const { output, path } = (await stub.invoke(CHANNELS.chooseOutputFolder)) as ChosenOutput;
    expect(path).toBe(join(folder, 'pieces'));
    expect(stub.dialogs.at(-1)).toMatchObject({ properties: expect.arrayContaining(['openDirectory', 'createDirectory']) as string[] }); // prettier-ignore
    const from = { pieces: [{ path: join(sounds, 'tone.wav'), startSeconds: 0.1, endSeconds: 0.2 }] };
    const job = await call('cut.start', { from, output, format: 'wav', name: '{stem}' });
    expect(await call('job.wait', job)).toMatchObject({ kind: 'cut', summary: { pieces: [{ path: join(path, 'tone.wav') }] } }); // prettier-ignore
    await expect(call('cut.start', { from, output, format: 'wav', name: '{stem}' })).rejects.toThrow('no longer valid');
    stub.chosen = [];
    expect(await stub.invoke(CHANNELS.chooseOutputFolder)).toBeNull();
  });

  test('what a second start or a file manager names is searched by, once a page listens', async () => {
    const tone = join(sounds, 'tone.wav');
    const wanted = () => eventsOf('search.wanted').map(([, , payload]) => payload);
    stub.app.emit('second-instance', {}, [], '/', { opened: [tone] });
    expect(wanted()).toEqual([]);
    await stub.invoke(CHANNELS.state);
    expect(wanted()).toEqual([{ like: [{ path: tone }] }]);
    let prevented = 0;
    stub.app.emit('open-file', { preventDefault: () => prevented++ }, tone);
    expect(wanted()).toHaveLength(2);
    expect(prevented).toBe(1);
    stub.app.emit('second-instance', {}, [], '/', { opened: [join(sounds, 'gone.wav')] });
    expect(eventsOf('engine.notice').at(-1)![2]).toMatchObject({
      message: expect.stringContaining('gone.wav') as string,
    });
    expect(wanted()).toHaveLength(2);
  });

  test('a file to read is chosen in the system’s dialog', async () => {
    stub.chosen = [join(folder, 'words.csv')];
    expect(await stub.invoke(CHANNELS.chooseFile, ['.csv', '.json'])).toBe(join(folder, 'words.csv'));
    expect(stub.dialogs.at(-1)).toMatchObject({ filters: [{ extensions: ['csv', 'json'] }], properties: ['openFile', 'dontAddToRecent'] }); // prettier-ignore
    stub.chosen = [];
    expect(await stub.invoke(CHANNELS.chooseFile, ['.csv'])).toBeNull();
    await expect(stub.invoke(CHANNELS.chooseFile, [])).rejects.toThrow();
  });

  test('files are shown and dragged out, those of the library alone', async () => {
    const tone = join(sounds, 'tone.wav');
    const gone = join(sounds, 'gone.wav');
    for (const path of [tone, '/etc/passwd', join(sounds, '..', 'data', 'catalogue.db'), 7, gone]) {
      await stub.invoke(CHANNELS.reveal, path);
    }
    expect(stub.revealed).toEqual([tone]);
    expect(eventsOf('engine.notice').at(-1)![2]).toEqual({
      message: '“gone.wav” was not found. Its drive may not be connected.',
    });
    stub.tell(CHANNELS.dragOut, ['/etc/passwd', tone, gone, null]);
    stub.tell(CHANNELS.dragOut, ['/etc/passwd']);
    stub.tell(CHANNELS.dragOut, 'tone.wav');
    expect(window().dragged).toEqual([{ file: tone, files: [tone], icon: join(paths.iconFolder, 'drag.png') }]);
  });

  test('a part of a file is dragged out as a file of its own, once made for each part', async () => {
    window().dragged.length = 0;
    const path = join(sounds, 'tone.wav');
    const before = readFileSync(path);
    const part = { path, startSeconds: 0.1, endSeconds: 0.25 };
    const dragged = () => window().dragged as { file: string; icon: string }[];
    stub.tell(CHANNELS.dragPiece, part);
    await expect.poll(() => dragged().length).toBe(1);
    const [{ file, icon }] = dragged() as [{ file: string; icon: string }];
    expect(icon).toBe(join(paths.iconFolder, 'drag.png'));
    expect(basename(file)).toBe('tone_0m00.100s.wav');
    const samples = (bytes: Buffer) => bytes.subarray(bytes.indexOf('data') + 8);
    const rate = before.readUInt32LE(24);
    const frame = before.readUInt16LE(32);
    const expected = samples(before).subarray(Math.round(0.1 * rate) * frame, Math.round(0.25 * rate) * frame);
    expect(samples(readFileSync(file)).subarray(0, expected.length).equals(expected)).toBe(true);
    expect(readFileSync(path).equals(before)).toBe(true);
    stub.tell(CHANNELS.dragPiece, part);
    await expect.poll(() => dragged().map((item) => item.file)).toEqual([file, file]);
    // Neither from elsewhere, nor by the call itself.
    stub.tell(CHANNELS.dragPiece, { ...part, path: '/etc/passwd' });
    stub.tell(CHANNELS.dragPiece, 'tone.wav');
    stub.tell(CHANNELS.dragPiece, { ...part, endSeconds: 0 });
    await expect
      .poll(() => eventsOf('engine.notice').at(-1)![2])
      .toEqual({ message: 'The range is empty. Select a longer part.' });
    expect(dragged()).toHaveLength(2);
    await expect(call('piece.make', part)).rejects.toThrow('not available in the desktop app');
  });
});

test('a crash of the engine is reported to the window, which continues when it is back', async () => {
  const statesOf = () => window().sent.filter(([channel]) => channel === CHANNELS.state).map(([, state]) => state); // prettier-ignore
  const seen = statesOf().length;
  process.kill(host.engine.pid, 'SIGKILL');
  await expect.poll(() => statesOf().slice(seen)).toEqual(['lost', 'connected']);
  expect(await stub.invoke(CHANNELS.state)).toBe('connected');
  expect(await call('status.get', null)).toMatchObject({ files: 1 });
  expect(eventsOf('engine.notice').at(-1)![2]).toMatchObject({ message: expect.stringMatching(/^The engine crashed/) as string }); // prettier-ignore
});

test('the menu tells the window what was chosen', () => {
  const edit = stub.menu.flatMap(({ submenu }) => submenu as Electron.MenuItemConstructorOptions[]);
  edit.find(({ id }) => id === 'find.focus')!.click!(undefined as never, undefined, undefined as never);
  expect(window().sent.at(-1)).toEqual([CHANNELS.action, 'find.focus']);
});

test('a second start brings this one to the front, and a page that crashed is reloaded, a limited number of times', () => {
  window().visible = false;
  stub.app.emit('second-instance');
  expect(window().visible).toBe(true);
  expect(StubWindow.all).toHaveLength(1);
  for (let times = 0; times < 5; times++) {
    window().webContents.emit('render-process-gone', {}, { reason: 'crashed' });
  }
  window().webContents.emit('render-process-gone', {}, { reason: 'clean-exit' });
  expect(window().reloads).toBe(3);
  expect(stub.errors).toHaveLength(2);
});

test.skipIf(process.platform === 'darwin')('closing the window ends the engine, then the program', async () => {
  window().close();
  window().close();
  await expect.poll(() => stub.app.exits).toEqual([0]);
  expect(existsSync(join(dataFolder, 'window', 'window-state.json'))).toBe(true);
  expect(stub.questions).toEqual([]);
});

test('a second Earmark on the same catalogue exits at once', async () => {
  const second = stubElectron({ firstInstance: false });
  expect(await startDesktopHost(second.electron, paths)).toBeNull();
  expect(second.app.quits).toBe(1);
  expect(second.schemes).toEqual([]);
});
