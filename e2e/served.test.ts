/** The window over `earmark serve` with a real engine: real files, real searches (by a tiny model), real sound. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, openPage, whatIsMissing } from './page.ts';
import { tone } from './tone.ts';

const missing = whatIsMissing();
const ROOT = join(import.meta.dirname, '..');

describe.skipIf(missing !== null)('the window over earmark serve', () => {
  let folder: string;
  let server: ChildProcess;
  let url: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earmark-e2e-'));
    const sounds = join(folder, 'sounds');
    mkdirSync(sounds);
    for (const [name, hertz] of [
      ['low hum', 110],
      ['alarm tone', 880],
      ['high whistle', 2400],
    ] as const) {
      writeFileSync(join(sounds, `${name}.wav`), tone(hertz));
    }
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
    rmSync(folder, { recursive: true, force: true });
  });

  test('finds, plays, survives a reload and the loss of the server', { timeout: 300_000 }, async () => {
    const browser = await launchBrowser();
    try {
      const { page, complaints } = await openPage(browser);
      await page.goto(url);
      await page.getByText('3 sounds', { exact: true }).first().waitFor();
      expect(page.url()).not.toContain(url.split('#')[1]!); // the key is out of the address
      const field = page.getByRole('combobox', { name: 'Describe a sound' });
      await field.fill('alarm');
      await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent === 'alarm tone');
      await field.press('ArrowDown');
      await page.getByRole('button', { name: 'Stop' }).waitFor();
      await page.getByText('name matches "alarm"').waitFor();
      await page.reload();
      await page.getByText('3 sounds', { exact: true }).first().waitFor();
      expect(complaints).toEqual([]);

      server.kill('SIGINT');
      await page.getByText('Earmark does not answer.').waitFor();
      expect(await page.locator('[role=row]').count()).toBe(3); // what was on the screen stays
    } finally {
      await browser.close();
    }
  });
});
