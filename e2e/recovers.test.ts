/** What goes wrong around the window, over the program itself: it is said, nothing of the user's is lost, and the way on works. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, openPage, whatIsMissing } from './page.ts';
import { serveEarmark, type ServedEarmark } from './serving.ts';
import { tone } from './tone.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('the window recovers', { timeout: 300_000 }, () => {
  let folder: string;
  let served: ServedEarmark;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earmark-e2e-'));
    served = await serveEarmark([], { folder });
    const sounds = join(folder, 'Sounds');
    mkdirSync(sounds);
    writeFileSync(join(sounds, 'low hum.wav'), tone(110));
    writeFileSync(join(sounds, 'alarm.wav'), tone(880));
    browser = await launchBrowser();
    ({ page } = await openPage(browser));
    await page.goto(served.url);
  });
  afterAll(async () => {
    await browser.close();
    await served.end();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const field = () => page.getByRole('combobox', { name: 'Describe a sound' });
  const says = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const finds = (name: string) =>
    page.waitForFunction((wanted) => document.querySelector('[role=row] .name')?.textContent === wanted, name);

  test('a folder that is not there stays in the field, with the reason', async () => {
    await page.waitForSelector('nav');
    await page.keyboard.press('Control+o');
    const path = page.getByLabel('Which folder should Earmark listen to?');
    const mistyped = join(folder, 'Suonds');
    await path.fill(mistyped);
    await path.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'There is no folder' }).waitFor();
    expect(await path.inputValue()).toBe(mistyped);
    await path.fill(join(folder, 'Sounds'));
    await path.press('Enter');
    await path.waitFor({ state: 'detached' });
    await says('2 sounds');
  });

  test('a model that keeps crashing: no result under words that it did not answer, and back when it is over', async () => {
    await field().fill('alarm');
    await finds('alarm');
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await page.getByRole('button', { name: /^Check (and measure|again)$/ }).click();
    await says(/Self-check passed/);
    await page.getByRole('link', { name: 'Search', exact: true }).click();

    const crashing = new AbortController();
    const end = (async () => {
      while (!crashing.signal.aborted) {
        for (const pid of served.processes('inference')) {
          try {
            process.kill(pid, 'SIGKILL');
          } catch {
            // It has ended since it was listed.
          }
        }
        await sleep(50);
      }
    })();
    await field().fill('low hum');
    const failure = page.getByRole('alert').filter({ hasText: 'keeps crashing' });
    await failure.waitFor();
    crashing.abort();
    await end;
    expect(await page.locator('[role=row]').count()).toBe(0);
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await says(/The process that runs this model keeps crashing/);
    expect(await page.getByText('Self-check passed').count()).toBe(0);

    await page.getByRole('link', { name: 'Search', exact: true }).click();
    expect(await field().inputValue()).toBe('low hum');
    // It rests for a second or a few; until then it says so again.
    await expect
      .poll(async () => {
        const again = failure.getByRole('button', { name: 'Try again' });
        if (await again.isVisible()) await again.click();
        return page.locator('[role=row] .name').allTextContents();
      })
      .toContain('low hum');
    await failure.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await says(/Self-check passed/);
  });

  test('a server that was started again: the page says that it is of another run, and takes the new address', async () => {
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await field().fill('hum');
    await finds('low hum');
    const { port } = new URL(served.url);
    await served.end();
    await says('Earmark does not answer.');
    served = await serveEarmark([], { port: Number(port), folder });
    await says('Earmark was started again, and this page belongs to the run before.');
    expect(await page.locator('[role=row] .name').first().textContent()).toBe('low hum'); // what is on the screen stays
    // In the same tab only what stands behind the # changes: nothing is loaded by that alone.
    await page.evaluate((url) => window.location.assign(url), served.url);
    await page.getByText('this page belongs to the run before').waitFor({ state: 'detached' });
    await field().fill('alarm');
    await finds('alarm');
  });
});
