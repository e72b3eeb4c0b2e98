/** The window over `earmark serve` with a real engine: real files, real searches (by a tiny model), real sound. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wavHeader } from '../src/main/decode/wav-header.ts';
import { connectHttp } from '../src/renderer/client/http-client.ts';
import { launchBrowser, openPage, WAIT_MS, whatIsMissing } from './page.ts';
import { tone } from './tone.ts';
import { temporaryFolder } from '../test/kit/temporary-folder.ts';

const missing = whatIsMissing();
const ROOT = join(import.meta.dirname, '..');

describe.skipIf(missing !== null)('the window over earmark serve', () => {
  let folder: string;
  let server: ChildProcess;
  let url: string;

  beforeAll(async () => {
    folder = temporaryFolder('earmark-e2e');
    const sounds = join(folder, 'sounds');
    mkdirSync(sounds);
    for (const [name, hertz] of [
      ['low hum', 110],
      ['alarm tone', 880],
      ['high whistle', 2400],
    ] as const) {
      writeFileSync(join(sounds, `${name}.wav`), tone(hertz));
    }
    putLongSilence(join(sounds, 'long silence.wav'));
    const options = ['--data', join(folder, 'data'), '--model', join(ROOT, 'test/fixtures/tiny-pack'), '--json'];
    server = spawn(process.execPath, [join(ROOT, 'bin/earmark'), ...options, 'serve', '--no-open', sounds], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    url = await new Promise((resolve, reject) => {
      createInterface(server.stdout!).once('line', (line) => resolve((JSON.parse(line) as { url: string }).url));
      server.once('exit', (code) => reject(new Error(`earmark serve ended with ${code}`)));
    });
  });
  afterAll(async () => {
    if (server.exitCode === null) {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await ended;
    }
  });

  test('playback continues when its address expires, and the key is stored nowhere', async () => {
    const browser = await launchBrowser();
    try {
      const { page, complaints } = await openPage(browser);
      await page.goto(url);
      await page.getByText('4 files', { exact: true }).first().waitFor();
      const key = url.split('#')[1]!;
      const asked: string[] = [];
      page.on('request', (request) => void asked.push(request.url()));
      const addresses = () => [...new Set(asked.filter((one) => one.includes('/audio/') && !one.includes('as=wav')))];
      const field = page.getByRole('combobox', { name: 'Describe a sound' });
      await field.fill('long silence');
      await page.waitForFunction(
        () => document.querySelector('[role=row] .name .title')?.textContent === 'long silence',
      );
      await field.press('ArrowDown');
      await page.getByRole('button', { name: 'Stop' }).waitFor();
      const before = addresses();
      // An hour later, by the page's clock: the server, whose clock stays, is made to refuse what it gave out before.
      await page.evaluate(() => {
        const now = Date.now;
        Date.now = () => now() + 3_600_000;
      });
      for (const address of before) {
        await page.route(address, (route) => route.fulfill({ status: 401 }));
      }
      await page.getByRole('slider', { name: 'Position' }).fill('250');
      await expect.poll(() => addresses().length, { timeout: WAIT_MS }).toBeGreaterThan(before.length);
      await page.getByRole('button', { name: 'Stop' }).waitFor();
      expect(asked.filter((one) => one.includes('as=wav'))).toEqual([]);
      expect(await page.getByText('cannot be played').count()).toBe(0);

      expect(asked.filter((one) => one.includes(key))).toEqual([]);
      const kept = await page.evaluate(() => [document.cookie, JSON.stringify(localStorage), document.referrer]);
      expect(kept.join()).not.toContain(key);
      const devtools = await page.context().newCDPSession(page);
      const { entries } = await devtools.send('Page.getNavigationHistory');
      for (const entry of entries) expect(entry.url).not.toContain(key);
      expect(complaints.filter((one) => !one.includes('401'))).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test('rescans one folder, and all folders', async () => {
    const browser = await launchBrowser();
    const http = await connectHttp({ origin: new URL(url).origin, key: new URL(url).hash.slice(1) });
    try {
      const { page, complaints } = await openPage(browser);
      await page.goto(url);
      await page.getByRole('link', { name: 'Library', exact: true }).click();
      for (const [name, folders] of [
        ['Rescan every file in sounds', [join(folder, 'sounds')]],
        ['Rescan all', []],
      ] as const) {
        const started = page.waitForResponse((response) => response.url().endsWith('/index.start'));
        await page.getByRole('button', { name, exact: true }).click();
        expect((await started).request().postDataJSON()).toEqual({ folders, again: true });
        // One run at a time; the page learns last that it has ended, and its buttons wait for that.
        const isOver = async () => (await http.client.call('job.list', null)).every(({ state }) => state === 'done');
        await expect.poll(isOver, { timeout: WAIT_MS }).toBe(true);
      }
      expect(await http.client.call('status.get', null)).toMatchObject({
        files: 4,
        ready: 4,
        lastJob: { state: 'done' },
      });
      expect(complaints).toEqual([]);
    } finally {
      http.close();
      await browser.close();
    }
  });

  test('finds, plays, survives a reload and the loss of the server', async () => {
    const browser = await launchBrowser();
    try {
      const { page, complaints } = await openPage(browser);
      await page.goto(url);
      await page.getByText('4 files', { exact: true }).first().waitFor();
      expect(page.url()).not.toContain(url.split('#')[1]!); // the key is out of the address
      const field = page.getByRole('combobox', { name: 'Describe a sound' });
      await field.fill('alarm');
      await page.waitForFunction(() => document.querySelector('[role=row] .name .title')?.textContent === 'alarm tone');
      await field.press('ArrowDown');
      await page.getByRole('button', { name: 'Stop' }).waitFor();
      await page.getByText('name matches "alarm"').waitFor();
      await page.reload();
      // What is looked for stands in the address, and nothing of the key does.
      await page.waitForFunction(() => document.querySelector('[role=row] .name .title')?.textContent === 'alarm tone');
      expect(await field.inputValue()).toBe('alarm');
      expect(page.url()).toMatch(/\/#\/search\?q=alarm$/);
      await page.getByRole('button', { name: 'Clear the search' }).click();
      await page.getByText('4 files', { exact: true }).first().waitFor();
      expect(complaints).toEqual([]);

      server.kill('SIGINT');
      await page.getByText('Earmark is not responding.').waitFor();
      expect(await page.locator('[role=row]').count()).toBe(4); // what was on the screen stays
    } finally {
      await browser.close();
    }
  });
});

/** A hole on the disk that reads as five minutes of stereo: more than a browser fetches in advance. */
function putLongSilence(path: string): void {
  const bytes = 300 * 44_100 * 4;
  const head = wavHeader({ sampleRate: 44_100, channels: 2, bitsPerSample: 16 }, bytes / 4);
  writeFileSync(path, head);
  truncateSync(path, head.length + bytes);
}
