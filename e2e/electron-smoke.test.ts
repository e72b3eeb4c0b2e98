/** The desktop app, once through everything that only Electron can show: window, bridge, processes, sounds, the end. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sine, writeWav } from '../test/decode/make-audio.ts';
import { ElectronApp, findApp } from './electron-app.ts';
import { temporaryFolder } from '../test/kit/temporary-folder.ts';

const found = findApp();
const missing = 'missing' in found ? found.missing : null;
if (missing !== null) {
  // Where it has to run (the release), being skipped is a failure.
  if (process.env['EARMARK_SMOKE'] === 'required') throw new Error(missing);
  console.error(`The desktop app is not tried: ${missing}`);
}

describe.skipIf(missing !== null)('the desktop app', () => {
  const folder = temporaryFolder('smoke');
  const sounds = join(folder, 'sounds');
  let app: ElectronApp;

  beforeAll(async () => {
    mkdirSync(sounds);
    writeWav(join(sounds, 'tone.wav'), [sine(2, 32_000, 440)], 32_000);
    if ('program' in found) app = await ElectronApp.start(found.program, found.args, join(folder, 'data'));
  }, 90_000);
  afterAll(() => {
    app.kill();
  });

  async function call<T>(name: string, input: unknown): Promise<T> {
    const reply = await app.evaluate<{ ok: true; value: T } | { ok: false; error: unknown }>(
      `window.earmark.invoke(${JSON.stringify(name)}, ${JSON.stringify(input)})`,
    );
    if (!reply.ok) throw new Error(`${name}: ${JSON.stringify(reply.error)}`);
    return reply.value;
  }

  test('the page has the bridge, and neither Node nor the world', async () => {
    await expect.poll(() => app.evaluate('document.querySelector("nav") !== null'), { timeout: 20_000 }).toBe(true);
    expect(await app.evaluate('[typeof require, typeof process, typeof module, typeof earmark].join()')).toBe(
      'undefined,undefined,undefined,object',
    );
    expect(await app.evaluate('fetch("https://example.com").then(() => "out", () => "in")')).toBe('in');
    expect(await app.evaluate('window.open("https://example.com") === null')).toBe(true);
    expect(await app.evaluate('location.href')).toMatch(/^earmark:\/\/app\//);
  });

  test('native modules, model and data folder are fit', async () => {
    const lines = await call<{ what: string; ok: boolean; message: string }[]>('doctor.run', null);
    expect(lines.filter(({ ok }) => !ok)).toEqual([]);
  }, 120_000);

  test('a file is analysed, found and played', async () => {
    const id = await call<number>('index.start', { folders: [sounds] });
    expect(await call('job.wait', id)).toMatchObject({
      kind: 'index',
      summary: { files: 1, indexed: 1, failed: [] },
    });
    const { hits } = await call<{ hits: { fileId: number }[] }>('search.query', { text: 'a tone', includeUnlikely: true }); // prettier-ignore
    expect(hits).toHaveLength(1);
    const url = await app.evaluate<string>(`earmark.host.audioUrl(${hits[0]!.fileId})`);
    const part = `fetch(${JSON.stringify(url)}, { headers: { Range: 'bytes=0-3' } })`;
    expect(await app.evaluate(`${part}.then(async (answer) => answer.status + await answer.text())`)).toBe('206RIFF');
    const played = `new Promise((done, failed) => {
      const player = new Audio(${JSON.stringify(url)});
      player.onerror = () => failed(new Error(player.error.message));
      player.onseeked = () => done(player.currentTime);
      player.onloadedmetadata = () => (player.currentTime = 1.5);
    })`;
    expect(await app.evaluate(played)).toBeCloseTo(1.5);
  }, 120_000);

  test.skipIf(process.platform === 'darwin')('closing the window ends it in order', async () => {
    void app.evaluate('window.close()').catch(() => undefined); // the page goes before it can answer
    expect(await Promise.race([app.exited, new Promise((done) => setTimeout(() => done('too late'), 20_000))])).toBe(0);
  });
});
