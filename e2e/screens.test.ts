/** Library, Models, Settings and Collections over the program itself: what they say is what the engine says. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectHttp, type HttpClient } from '../src/renderer/client/http-client.ts';
import { waitForJob } from '../src/shared/jobs.ts';
import { expectAccessible } from './accessible.ts';
import { layoutFaults } from './geometry.ts';
import { launchBrowser, openPage, openServed, whatIsMissing } from './page.ts';
import { serveEarmark, TINY_PACK, type ServedEarmark } from './serving.ts';
import { useSharedPage } from './shared-page.ts';
import { hiss, tone } from './tone.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('the screens over earmark serve', () => {
  let served: ServedEarmark;
  let browser: Browser;
  let http: HttpClient;
  let page: Page;

  beforeAll(async () => {
    served = await serveEarmark();
    const sounds = join(served.folder, 'Sounds');
    mkdirSync(sounds);
    writeFileSync(join(sounds, 'low hum.wav'), tone(110));
    writeFileSync(join(sounds, 'alarm.wav'), hiss(3, 5));
    writeFileSync(join(sounds, 'empty take.wav'), '');
    copyFileSync(join(sounds, 'low hum.wav'), join(sounds, 'low hum again.wav'));
    browser = await launchBrowser();
    const { origin, hash } = new URL(served.url);
    http = await connectHttp({ origin, key: hash.slice(1) });
  });
  useSharedPage(
    async (again) => {
      if (again) await restore();
      return openServed(browser, served.url);
    },
    (opened) => ({ page } = opened),
  );
  afterAll(async () => {
    http.close();
    await browser.close();
    await served.end();
  });

  const sounds = () => join(served.folder, 'Sounds');
  const emptyTake = () => join(sounds(), 'empty take.wav');
  async function analyse(): Promise<void> {
    await waitForJob(http.client, await http.client.call('index.start', { folders: [sounds()] }), 'index');
  }
  /** What all tests but the first find: the folder, analysed, nothing marked, and settings as at first. */
  async function restore(): Promise<void> {
    if (existsSync(`${sounds()} away`)) renameSync(`${sounds()} away`, sounds());
    if (readFileSync(emptyTake()).length === 0) writeFileSync(emptyTake(), hiss(2, 5));
    await analyse();
    for (const { id } of await http.client.call('collection.list', null))
      await http.client.call('collection.remove', id);
    await http.client.call('setting.set', { lowPriority: true, appearance: 'dark' });
  }
  const go = (name: string) => page.getByRole('link', { name, exact: true }).click();
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const says = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const gone = (text: string) => page.getByText(text, { exact: true }).first().waitFor({ state: 'detached' });
  async function addFolder(path: string): Promise<void> {
    await page.getByLabel('Which folder should Earmark analyse?').fill(path);
    await page.keyboard.press('Enter');
  }

  test('a folder is added by its path and analysed, and files that could not be read are reported', async () => {
    for (const { id } of await http.client.call('root.list', null)) await http.client.call('root.remove', id);
    writeFileSync(emptyTake(), '');
    await go('Library');
    await says('No folders yet.');
    await expectAccessible(page);
    await button('Add folders…').click();
    await addFolder(join(served.folder, 'nowhere'));
    await says(/was not found/);
    await expectAccessible(page);
    await addFolder(sounds());
    await says('4 files in 1 folder, 3 analysed');
    await says(/^4 files · 3 analysed · 1 could not be analysed · scanned /);
    await page.getByRole('heading', { name: '1 file could not be analysed' }).waitFor();
    await page.getByText('Empty files').click();
    await says(/“empty take.wav” is empty/);
    await expectAccessible(page);
    expect(await layoutFaults(page)).toEqual([]);
  });

  test('a repaired file is analysed when it is retried', async () => {
    if (readFileSync(emptyTake()).length > 0) {
      writeFileSync(emptyTake(), '');
      await analyse();
    }
    await go('Library');
    await says('4 files in 1 folder, 3 analysed');
    writeFileSync(emptyTake(), hiss(2, 5)); // the beginning of the alarm
    await button('Try again').click();
    await says('4 files in 1 folder, all analysed');
    await page.locator('#failures').waitFor({ state: 'detached' });
  });

  test('duplicates are shown without any button to delete them', async () => {
    await go('Library');
    await says(/1 file with copies; 48.0 kB could be freed/);
    await button('Show').click();
    const rows = page.locator('#duplicates .file .name');
    await expect
      .poll(async () => (await rows.allTextContents()).toSorted())
      .toEqual(['low hum again.wav', 'low hum.wav']);
    expect(await page.getByRole('button', { name: /delete|merge/i }).count()).toBe(0);
    await expectAccessible(page);
    expect(await layoutFaults(page)).toEqual([]);
    await button('Hide').click();
  });

  test('near-duplicates are looked for when asked, and shown with what differs and the best copy', async () => {
    await go('Library');
    const show = button('Show near-duplicates');
    await button('Find near-duplicates').or(show).first().waitFor();
    // Looked for already where this is the second try.
    if (!(await show.isVisible())) await button('Find near-duplicates').click();
    await says(/^1 group; 32.0 kB besides the best copies. Earmark never deletes/);
    await show.click();
    const rows = page.locator('#near-duplicates li li');
    await expect.poll(() => rows.count()).toBe(2);
    expect(await rows.first().textContent()).toMatch(/alarm\.wav.*Best copy: longer/);
    expect(await rows.last().textContent()).toMatch(/empty take\.wav.*1\.00 s cut at the end/);
    await expectAccessible(page);
    expect(await layoutFaults(page)).toEqual([]);
    await button('Hide near-duplicates').click();
  });

  test('issues are counted, and open as a search', async () => {
    await go('Library');
    await says('files with the same audio as another file');
    await button(/^Duplicates files with/).click();
    await page.waitForFunction(() => document.querySelector('.found')?.textContent === '2 results');
    await expect.poll(() => page.getByRole('row').filter({ hasText: 'low hum' }).count()).toBe(2);
    await expect.poll(() => page.getByRole('row').filter({ hasText: 'alarm' }).count()).toBe(0);
  });

  test('a folder can be paused, unwatched by key, removed and brought back', async () => {
    const [root] = await http.client.call('root.list', null);
    await http.client.call('root.set', { id: root!.id, watch: true, paused: false });
    await go('Library');
    await button('Pause Sounds').click();
    await page.locator('.badge', { hasText: 'paused' }).waitFor();
    await button('Resume Sounds').click();
    await page.locator('.badge').waitFor({ state: 'detached' });
    const watch = page.getByRole('switch', { name: 'Watch Sounds for changes' });
    await expect.poll(() => watch.isChecked()).toBe(true);
    await watch.focus();
    await page.keyboard.press('Space');
    await says('Not watched. Scan for changes to update it.');
    await expect.poll(() => watch.isChecked()).toBe(false);
    await button('Remove Sounds from the library').click();
    await says(/Sounds removed from the library/);
    await says('No folders yet.');
    await page.keyboard.press('Control+z');
    await says('4 files in 1 folder, all analysed');
    await expect.poll(() => watch.isChecked()).toBe(false);
  });

  test('an offline folder is shown as offline, and keeps its files', async () => {
    await go('Library');
    renameSync(sounds(), `${sounds()} away`);
    await button('Scan for changes').click();
    await says('The folder Sounds is not available; its 4 files stay in the catalogue.');
    await expectAccessible(page);
    renameSync(`${sounds()} away`, sounds());
    await button('Scan for changes').click();
    await gone('The folder Sounds is not available; its 4 files stay in the catalogue.');
  });

  test('the model in use is checked and measured here; another is imported and taken into use', async () => {
    await go('Models');
    await says(/Self-check passed. Runs on .*\d+ threads?/);
    await says(/× real time$/);
    await says('All 4 files in the library analysed.');
    await expectAccessible(page);
    await button('Import from disk…').click();
    const field = page.getByLabel('Model file or folder');
    await field.fill(sounds());
    await page.keyboard.press('Enter');
    await page.locator('.problem:not(:empty)').waitFor();
    await expectAccessible(page);
    const id = `second-${++packs}`; // a model stays installed, also when this is tried again
    await field.fill(packCalled(id));
    await page.keyboard.press('Enter');
    await says(`Tiny ${id} installed. Check it, then use it.`);
    const second = page.getByRole('listitem', { name: `Tiny ${id}` });
    await second.getByRole('button', { name: 'Use this model' }).click();
    await second.getByText('in use', { exact: true }).waitFor();
    await says(`In use: Tiny ${id}.`);
    await says('All 4 files in the library analysed.'); // it began by itself
  });

  let packs = 0;
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
    await says('No data leaves this machine unless you join a studio.');
    await says('Earmark only reads your audio files, unless you write tags into them');
    await says(join(served.folder, 'data'));
    await button('Run checks').click();
    const checks = page.getByRole('list', { name: 'Checks' });
    await checks.getByText('model self-check').waitFor();
    await expect.poll(() => checks.getByRole('listitem').count()).toBeGreaterThan(6);
    await says(/^(No problems found|\d problems? found)\.$/);
    await page.getByRole('row', { name: 'Add to a collection… C' }).waitFor();
    await expectAccessible(page);
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
    await button('Empty: Night train').waitFor();
    await name.fill('night TRAIN');
    await name.press('Enter');
    await says('The name “night TRAIN” is already in use. Choose another name.');
    await expectAccessible(page);

    await go('Search');
    // The search for issues is still there, also after the reload.
    await page.getByLabel('Describe a sound').fill('');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent === '4 files');
    await page.locator('[role=row]').first().click();
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('c');
    await page.keyboard.type('Night');
    await page.keyboard.press('Enter');
    await says('2 files added to “Night train”.');
    await go('Collections');
    await button('Open Night train, 2 files').waitFor();
    await expectAccessible(page);

    await button('Rename Night train').click();
    await page.keyboard.type('Day train');
    await page.keyboard.press('Enter');
    await button('Open Day train, 2 files').waitFor();
    await page.keyboard.press('Control+z');
    await button('Open Night train, 2 files').waitFor();
    await button('Remove Night train').click();
    await says('“Night train” removed. Its 2 files stay in the library.');
    await button('Open Night train, 2 files').waitFor({ state: 'detached' });
    await button('Undo').click();
    await button('Open Night train, 2 files').waitFor();
    await button('Remove Night train').press('Enter');
    await button('Open Night train, 2 files').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+z');
    await button('Open Night train, 2 files').click();
    await says('2 files from “Night train”');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent === '2 files');
    await page.getByRole('button', { name: 'Show all files' }).click();
    const field = page.getByLabel('Describe a sound');
    await field.fill('col:"night train"');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent === '2 results');
    await field.fill('');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent === '4 files');
  });

  test('marks set in one window appear in the other', async () => {
    const fileIds = await http.client.call('file.list', { of: {}, order: 'name', descending: false });
    await http.client.call('stars.set', { fileIds, stars: 0 });
    await http.client.call('favourite.set', { fileIds, favourite: false });
    for (const { id } of await http.client.call('collection.list', null))
      await http.client.call('collection.remove', id);
    await http.client.call('collection.restore', { name: 'Night train', fileIds: fileIds.slice(0, 2) });
    await go('Search');
    await page.getByLabel('Describe a sound').fill('');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent === '4 files');
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
    await other.getByRole('button', { name: 'Open Night train, 2 files' }).click();
    await other.getByText('2 files from “Night train”').waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('c');
    await page.keyboard.type('Night');
    await page.keyboard.press('Enter');
    await other.getByText('4 files from “Night train”').waitFor();
    await page.keyboard.press('Control+z');
    await other.getByText('2 files from “Night train”').waitFor();
    await other.close();
  });

  test('the Tags screen before the first suggestions', async () => {
    await go('Tags');
    await says(/Earmark suggests tags for your files/);
    await expectAccessible(page);
  });
});
