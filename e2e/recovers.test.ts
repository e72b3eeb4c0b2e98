/** What goes wrong around the window, over the program itself: it is said, nothing of the user's is lost, and the way on works. */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layoutFaults } from './geometry.ts';
import { launchBrowser, openServed, whatIsMissing } from './page.ts';
import { serveEarmark, type ServedEarmark } from './serving.ts';
import { useSharedPage } from './shared-page.ts';
import { tone } from './tone.ts';
import { temporaryFolder } from '../test/kit/temporary-folder.ts';

const missing = whatIsMissing();
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

describe.skipIf(missing !== null)('the window recovers', () => {
  let folder: string;
  let served: ServedEarmark;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = temporaryFolder('earmark-e2e');
    served = await serveEarmark([], { folder });
    const sounds = join(folder, 'Sounds');
    mkdirSync(sounds);
    writeFileSync(join(sounds, 'low hum.wav'), tone(110));
    writeFileSync(join(sounds, 'alarm.wav'), tone(880));
    browser = await launchBrowser();
  });
  useSharedPage(
    async (again) => {
      if (again) await restore();
      const opened = await openServed(browser, served.url);
      if (again) await opened.page.getByText('2 files').first().waitFor();
      return opened;
    },
    (opened) => ({ page } = opened),
    { mayComplain: true },
  );
  /** What each test but the first finds: a server of its own user, and the library in its place. */
  async function restore(): Promise<void> {
    await served.end();
    const data = join(folder, 'data');
    if (existsSync(data)) {
      chmodSync(data, 0o755);
      for (const name of readdirSync(data, { recursive: true, encoding: 'utf8' })) {
        chmodSync(join(data, name), statSync(join(data, name)).isDirectory() ? 0o755 : 0o644);
      }
    }
    if (existsSync(join(folder, 'unplugged'))) renameSync(join(folder, 'unplugged'), join(folder, 'Sounds'));
    served = await serveEarmark([join(folder, 'Sounds')], { folder });
  }
  afterAll(async () => {
    await browser.close();
    await served.end();
  });

  const field = () => page.getByRole('combobox', { name: 'Describe a sound' });
  const says = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const finds = (name: string) =>
    page.waitForFunction((wanted) => document.querySelector('[role=row] .name .title')?.textContent === wanted, name);

  test('a folder that is not there stays in the field, with the reason', async () => {
    await page.keyboard.press('Control+o');
    const path = page.getByLabel('Which folder should Earmark analyse?');
    const mistyped = join(folder, 'Suonds');
    await path.fill(mistyped);
    await path.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'was not found' }).waitFor();
    expect(await path.inputValue()).toBe(mistyped);
    await path.fill(join(folder, 'Sounds'));
    await path.press('Enter');
    await path.waitFor({ state: 'detached' });
    await says('2 files');
  });

  test('a model that keeps crashing: no result under words that it did not answer, and back when it is over', async () => {
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await field().fill('');
    await finds('alarm'); // the library, by name
    await field().fill('low hum');
    await finds('low hum');
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    const inUse = page.getByRole('listitem').filter({ hasText: 'in use' });
    await inUse.getByRole('button', { name: /^Check (and benchmark|again)$/ }).click();
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
    await field().fill('alarm');
    const failure = page.getByRole('alert').filter({ hasText: 'keeps crashing' });
    await failure.waitFor();
    crashing.abort();
    await end;
    expect(await page.locator('[role=row]').count()).toBe(0);
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await says(/The process that runs this model keeps crashing/);
    expect(await page.getByText('Self-check passed').count()).toBe(0);

    await page.getByRole('link', { name: 'Search', exact: true }).click();
    expect(await field().inputValue()).toBe('alarm');
    // It rests for a second or a few; until then it says so again.
    await expect
      .poll(async () => {
        // Clicked in the page, which may take the button away at any moment.
        const again = failure.getByRole('button', { name: 'Try again' });
        await again.evaluateAll((buttons: HTMLElement[]) => buttons.forEach((button) => button.click()));
        return page.locator('[role=row] .name').allTextContents();
      })
      .toContain('alarm');
    await failure.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await says(/Self-check passed/);
  });

  test('a server that was started again: the page says that it is of another run, and takes the new address', async () => {
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await field().fill('alarm');
    await finds('alarm');
    const { port } = new URL(served.url);
    await served.end();
    await says('Earmark is not responding.');
    served = await serveEarmark([], { port: Number(port), folder });
    await says('Earmark was restarted, and this page belongs to the previous session.');
    expect(await page.locator('[role=row] .name .title').first().textContent()).toBe('alarm'); // what is on the screen stays
    // In the same tab only what stands behind the # changes: nothing is loaded by that alone.
    await page.evaluate((url) => window.location.assign(url), served.url);
    await page.getByText('this page belongs to the previous session').waitFor({ state: 'detached' });
    await field().fill('low hum');
    await finds('low hum');
  });

  test('all drives away: what is known stays listed as offline, a search says why, and back they are found', async () => {
    const lookForChanges = async () => {
      await page.getByRole('link', { name: 'Library', exact: true }).click();
      await page.getByRole('button', { name: 'Scan for changes', exact: true }).click();
    };
    renameSync(join(folder, 'Sounds'), join(folder, 'unplugged'));
    await lookForChanges();
    await says(/The folder Sounds is not available; its 2 files stay in the catalogue/);
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await field().fill('');
    await says('All folders of the library are offline');
    await page.locator('[role=row]').filter({ hasText: 'low hum' }).getByText('offline').waitFor();
    await field().fill('hum');
    await says('All files are offline: their drives or folders are not available.');
    expect(await page.locator('[role=row]').count()).toBe(0);
    renameSync(join(folder, 'unplugged'), join(folder, 'Sounds'));
    await lookForChanges();
    await page.getByText('is not available').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await finds('low hum');
    await page.getByText('All folders of the library are offline').waitFor({ state: 'detached' });
  });

  // Root may write anywhere: it becomes somebody else.
  const isRoot = process.getuid?.() === 0;
  const canBeOther = process.platform === 'linux' || (process.platform !== 'win32' && !isRoot);
  test.skipIf(!canBeOther)(
    'a data folder that cannot be written: said, searched, and what would be kept says why not',
    async () => {
      await served.end();
      const data = join(folder, 'data');
      chmodSync(folder, 0o755);
      for (const name of readdirSync(data, { recursive: true, encoding: 'utf8' })) {
        chmodSync(join(data, name), statSync(join(data, name)).isDirectory() ? 0o555 : 0o444);
      }
      chmodSync(data, 0o555);
      served = await serveEarmark([], { folder, through: isRoot ? NOBODY : [] });
      await page.goto(served.url);
      await says('The data folder is read-only.');
      await says('2 files');
      await field().fill('alarm');
      await finds('alarm');
      await page.locator('#row-0').click();
      await page.keyboard.press('f');
      await page
        .getByRole('log')
        .getByText(/The catalogue “.*” cannot be written\. Check the permissions/)
        .waitFor();
      await page.getByRole('link', { name: 'Settings', exact: true }).click();
      expect(await layoutFaults(page)).toEqual([]);
    },
  );
});
