/** Library, Models, Settings and Collections over the program itself: what they say is what the engine says. */
import { copyFileSync, cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { violations } from './accessible.ts';
import { layoutFaults } from './geometry.ts';
import { launchBrowser, openPage, whatIsMissing } from './page.ts';
import { serveEarmark, TINY_PACK, type ServedEarmark } from './serving.ts';
import { tone } from './tone.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('the screens over earmark serve', { timeout: 300_000 }, () => {
  let served: ServedEarmark;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    served = await serveEarmark();
    const sounds = join(served.folder, 'Sounds');
    mkdirSync(sounds);
    writeFileSync(join(sounds, 'low hum.wav'), tone(110));
    writeFileSync(join(sounds, 'alarm.wav'), tone(880));
    writeFileSync(join(sounds, 'empty take.wav'), '');
    copyFileSync(join(sounds, 'low hum.wav'), join(sounds, 'low hum again.wav'));
    browser = await launchBrowser();
    ({ page, complaints } = await openPage(browser));
    await page.goto(served.url);
    await page.waitForSelector('nav');
  });
  beforeEach(() => {
    complaints.length = 0;
  });
  afterEach(() => expect(complaints).toEqual([]));
  afterAll(async () => {
    await browser.close();
    await served.end();
  });

  const sounds = () => join(served.folder, 'Sounds');
  const go = (name: string) => page.getByRole('link', { name, exact: true }).click();
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const says = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const gone = (text: string) => page.getByText(text, { exact: true }).first().waitFor({ state: 'detached' });
  /** In both themes. */
  async function expectAccessible(): Promise<void> {
    for (const theme of ['dark', 'light']) {
      await page.evaluate((name) => (document.documentElement.dataset['theme'] = name), theme);
      expect((await violations(page)).map((words) => `${theme} ${words}`)).toEqual([]);
    }
  }
  async function addFolder(path: string): Promise<void> {
    await page.getByLabel('Which folder should Earmark listen to?').fill(path);
    await page.keyboard.press('Enter');
  }

  test('a folder is added by its path, listened to, and what could not be read is said', async () => {
    await go('Library');
    await says('No folders yet.');
    await expectAccessible();
    await button('Add folders').click();
    await addFolder(join(served.folder, 'nowhere'));
    await says(/There is no folder/);
    await expectAccessible();
    await addFolder(sounds());
    await says('4 sounds in 1 folder, 3 of them heard');
    await says(/^4 sounds · 3 heard · 1 could not be read · looked through /);
    await page.getByRole('heading', { name: '1 file could not be read' }).waitFor();
    await page.getByText('Empty files').click();
    await says(/“empty take.wav” is empty/);
    await expectAccessible();
    expect(await layoutFaults(page)).toEqual([]);
  });

  test('a file that was mended is read when it is tried again', async () => {
    writeFileSync(join(sounds(), 'empty take.wav'), tone(2400));
    await button('Try again').click();
    await says('4 sounds in 1 folder, all of them heard');
    await page.locator('#failures').waitFor({ state: 'detached' });
  });

  test('sounds that are there twice are shown, and nothing offers to delete them', async () => {
    await says(/1 sound with copies; 48.0 kB could be won/);
    await button('Show them').click();
    const rows = page.locator('#duplicates .file .name');
    await expect
      .poll(async () => (await rows.allTextContents()).toSorted())
      .toEqual(['low hum again.wav', 'low hum.wav']);
    expect(await page.getByRole('button', { name: /delete|merge/i }).count()).toBe(0);
    await expectAccessible();
    expect(await layoutFaults(page)).toEqual([]);
    await button('Hide them').click();
  });

  test('a folder can be paused, unwatched by key, removed and brought back', async () => {
    await button('Pause Sounds').click();
    await page.locator('.badge', { hasText: 'paused' }).waitFor();
    await button('Resume Sounds').click();
    await page.locator('.badge').waitFor({ state: 'detached' });
    const watch = page.getByRole('switch', { name: 'Watch Sounds for changes' });
    await expect.poll(() => watch.isChecked()).toBe(true);
    await watch.focus();
    await page.keyboard.press('Space');
    await says('Changes in it are found when you look for them.');
    await expect.poll(() => watch.isChecked()).toBe(false);
    await button('Remove Sounds from the library').click();
    await says(/Sounds is out of the library/);
    await says('No folders yet.');
    await page.keyboard.press('Control+z');
    await says('4 sounds in 1 folder, all of them heard');
    await expect.poll(() => watch.isChecked()).toBe(false);
  });

  test('a folder that is away is said to be away, and keeps its sounds', async () => {
    renameSync(sounds(), `${sounds()} away`);
    await button('Look for changes').click();
    await says('The folder Sounds is not there now; its 4 sounds stay in the catalogue.');
    await expectAccessible();
    renameSync(`${sounds()} away`, sounds());
    await button('Look for changes').click();
    await gone('The folder Sounds is not there now; its 4 sounds stay in the catalogue.');
  });

  test('the model in use is checked and measured here; another is imported and taken into use', async () => {
    await go('Models');
    await says(/Self-check passed. It runs on the processor \(CPU, \d+ threads?\)/);
    await says(/× real time$/);
    await says('It has heard all 4 sounds of the library.');
    await expectAccessible();
    await button('Import from disk').click();
    const field = page.getByLabel('Which file or folder is the model?');
    await field.fill(sounds());
    await page.keyboard.press('Enter');
    await page.locator('.problem:not(:empty)').waitFor();
    await expectAccessible();
    await field.fill(packCalled('second'));
    await page.keyboard.press('Enter');
    await says('Tiny second is installed. Check it, then take it into use.');
    const second = page.getByRole('listitem', { name: 'Tiny second' });
    await second.getByRole('button', { name: 'Use this one' }).click();
    await second.getByText('in use', { exact: true }).waitFor();
    await says('Tiny second listens.');
    await says('It has heard all 4 sounds of the library.'); // it began by itself
  });

  function packCalled(id: string): string {
    const folder = join(served.folder, id);
    cpSync(TINY_PACK, folder, { recursive: true });
    const path = join(folder, 'model.json');
    const description = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...description, id, name: `Tiny ${id}` }));
    return folder;
  }

  test('settings hold at once and are still there after a reload', async () => {
    await go('Settings');
    await page.getByRole('radio', { name: 'Light' }).check();
    await page.waitForFunction(() => document.documentElement.dataset['theme'] === 'light');
    const priority = page.getByRole('switch', { name: 'Low priority' });
    await expect.poll(() => priority.isChecked()).toBe(true);
    await priority.focus();
    const saved = page.waitForResponse(
      (response) => response.url().endsWith('/call/setting.set') && 'lowPriority' in (response.request().postDataJSON() as object), // prettier-ignore
    );
    await page.keyboard.press('Space');
    await page.waitForFunction(() => document.querySelector('[aria-label="Low priority"]:not(:checked)') !== null);
    await says('Nothing leaves this machine.');
    await says('Your audio files are only read, unless you write tags into them');
    await says(join(served.folder, 'data'));
    await button('Check this machine').click();
    const checks = page.getByRole('list', { name: 'Checks' });
    await checks.getByText('model self-check').waitFor();
    await expect.poll(() => checks.getByRole('listitem').count()).toBeGreaterThan(6);
    await says(/^(Everything works here|\d things? to look at)\.$/);
    await page.getByRole('row', { name: 'Add to a collection C' }).waitFor();
    await expectAccessible();
    expect(await layoutFaults(page)).toEqual([]);
    await saved;
    await page.reload();
    await page.waitForFunction(() => document.documentElement.dataset['theme'] === 'light');
    await page.getByRole('switch', { name: 'Low priority' }).waitFor({ state: 'attached' });
    await expect.poll(() => page.getByRole('switch', { name: 'Low priority' }).isChecked()).toBe(false);
  });

  test('a collection is made, filled by C, opened, renamed and removed, and all of it can be undone', async () => {
    await go('Collections');
    const name = page.getByLabel('Name of a new collection');
    await name.fill('Night train');
    await name.press('Enter');
    await button('Nothing in it yet: Night train').waitFor();
    await name.fill('night TRAIN');
    await name.press('Enter');
    await says('There is a “night TRAIN” already. Choose another name.');
    await expectAccessible();

    await go('Search');
    await page.locator('[role=row]').first().click();
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('c');
    await page.keyboard.type('Night');
    await page.keyboard.press('Enter');
    await says('2 sounds added to “Night train”.');
    await go('Collections');
    await button('Open Night train, 2 sounds').waitFor();
    await expectAccessible();

    await button('Rename Night train').click();
    await page.keyboard.type('Day train');
    await page.keyboard.press('Enter');
    await button('Open Day train, 2 sounds').waitFor();
    await page.keyboard.press('Control+z');
    await button('Open Night train, 2 sounds').waitFor();
    await button('Remove Night train').click();
    await says('“Night train” is removed. Its 2 sounds stay in the library.');
    await button('Open Night train, 2 sounds').waitFor({ state: 'detached' });
    await button('Undo').click();
    await button('Open Night train, 2 sounds').waitFor();
    await button('Remove Night train').press('Enter');
    await button('Open Night train, 2 sounds').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+z');
    await button('Open Night train, 2 sounds').click();
    await says('2 sounds from “Night train”');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent === '2 sounds');
    await page.getByRole('button', { name: 'Show the whole library' }).click();
    const field = page.getByLabel('Describe a sound');
    await field.fill('col:"night train"');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent === '2 found');
    await field.fill('');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent === '4 sounds');
  });

  test('what is marked in one window is seen in the other', async () => {
    const { page: other } = await openPage(browser);
    await other.goto(served.url);
    await other.locator('[role=row]').first().click();
    const first = other.locator('#row-0');
    await first.getByText('★').waitFor({ state: 'detached' });
    await page.locator('#row-0').click();
    await page.keyboard.press('3');
    await page.keyboard.press('f');
    await first.getByText('3 ★').waitFor();
    await first.getByLabel('favourite', { exact: true }).waitFor();
    await other.getByRole('group', { name: '3 of 5 stars' }).waitFor(); // in the panel

    await other.getByRole('link', { name: 'Collections', exact: true }).click();
    await other.getByRole('button', { name: 'Open Night train, 2 sounds' }).click();
    await other.getByText('2 sounds from “Night train”').waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('c');
    await page.keyboard.type('Night');
    await page.keyboard.press('Enter');
    await other.getByText('4 sounds from “Night train”').waitFor();
    await page.keyboard.press('Control+z');
    await other.getByText('2 sounds from “Night train”').waitFor();
    await other.close();
  });

  test('tags: what can be had, before anything has been suggested', async () => {
    await go('Tags');
    await says(/Earmark can say what is in your sounds/);
    await expectAccessible();
  });
});
