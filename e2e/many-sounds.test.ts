/** A catalogue of a hundred thousand sounds in the window, over the program itself. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, openPage, whatIsMissing } from './page.ts';
import { serveEarmark, type ServedEarmark } from './serving.ts';
import { useSharedPage } from './shared-page.ts';
import { temporaryFolder } from '../test/kit/temporary-folder.ts';

const missing = whatIsMissing();
const FILES = 100_000;
const PROGRAM = join(import.meta.dirname, '../test/catalogue/write-many-files.ts');

describe.skipIf(missing !== null)('a hundred thousand sounds', () => {
  let folder: string;
  let served: ServedEarmark;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = temporaryFolder('earmark-many');
    await promisify(execFile)(process.execPath, [PROGRAM, join(folder, 'data'), String(FILES)]);
    served = await serveEarmark([], { model: null, folder });
    browser = await launchBrowser();
  });
  useSharedPage(
    () => openPage(browser),
    (opened) => ({ page } = opened),
    { mayComplain: true }, // none of the files is there to be played
  );
  afterAll(async () => {
    await browser.close();
    await served.end();
  });

  const rowNamed = (row: number, name: string) =>
    page.waitForFunction(([id, wanted]) => document.querySelector(`#${id} .name`)?.textContent === wanted, [
      `row-${row}`,
      name,
    ] as const);

  /** The whole library is listed, whatever was looked for before. @returns the name of its first row, and of its last */
  async function listAll(): Promise<[first: string, last: string]> {
    if (page.url() === 'about:blank') await page.goto(served.url);
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await page.getByRole('combobox', { name: 'Describe a sound' }).fill('');
    await page.waitForFunction((many) => document.querySelector('.found')?.textContent === `${many} files`, '100,000');
    await page.getByRole('grid').focus();
    await page.keyboard.press('Home');
    const ends = ['sound 000001', 'sound 100000'] as const;
    const first = page.locator('#row-0 .name');
    await expect.poll(() => first.textContent()).toMatch(/^sound (000001|100000)$/);
    return (await first.textContent()) === ends[0] ? [ends[0], ends[1]] : [ends[1], ends[0]];
  }

  test('the list is there, scrolls, reaches its end, and is turned round', async () => {
    await page.goto(served.url);
    const began = performance.now();
    await rowNamed(0, 'sound 000001');
    console.info(`the first rows were there ${((performance.now() - began) / 1000).toFixed(1)} s after the page`);
    const grid = page.getByRole('grid');
    await page.locator(`[role=grid][aria-rowcount="${FILES}"]`).waitFor();

    const fetched: number[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/call/file.rows')) fetched.push((request.postDataJSON() as number[]).length);
    });
    const frames = await grid.evaluate(async (list) => {
      const times: number[] = [];
      for (let step = 0; step < 60; step++) {
        const before = performance.now();
        list.scrollTop += 24_000;
        await new Promise(requestAnimationFrame);
        times.push(performance.now() - before);
      }
      return times.sort((a, b) => a - b);
    });
    const [top, height] = await grid.evaluate((list) => [list.scrollTop, list.querySelector('.row')!.clientHeight]);
    const row = Math.ceil(top / (height + 1)) + 4;
    await page.waitForFunction(() => {
      const names = [...document.querySelectorAll('[role=row] .name')];
      return names.length > 10 && names.every((name) => name.textContent !== '…');
    });
    const passed = fetched.reduce((sum, many) => sum + many, 0);
    console.info(`scrolling: median frame ${frames[30]!.toFixed(0)} ms, ${passed} rows fetched of ${row} passed by`);
    expect(row).toBeGreaterThan(30_000);
    expect(passed).toBeLessThan(row / 5);

    await grid.focus();
    await page.keyboard.press('End');
    await rowNamed(FILES - 1, 'sound 100000');
    expect(await page.locator('[role=row]').count()).toBeLessThan(60);
    await page.keyboard.press('Home');
    await rowNamed(0, 'sound 000001');
    await page.getByRole('button', { name: 'Reverse the order' }).click();
    await rowNamed(FILES - 1, 'sound 000001'); // what was selected stays in sight
    await page.keyboard.press('Home');
    await rowNamed(0, 'sound 100000');
  });

  test('names are searched, filters narrow, a folder is one of them', async () => {
    await listAll();
    const field = page.getByRole('combobox', { name: 'Describe a sound' });
    await field.fill('in:"reel 042"');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('500 result'));
    await field.fill('in:"reel 042" dur:<1');
    await page.waitForFunction(() => {
      const many = /^(\d+) results?/.exec(document.querySelector('.found')?.textContent ?? '')?.[1];
      return many !== undefined && Number(many) > 0 && Number(many) < 20;
    });
  });

  let collections = 0;
  test('all of them are put into a collection, which is opened whole, turned round, and searched in', async () => {
    const [first, last] = await listAll();
    const grid = page.getByRole('grid');
    await grid.focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('c');
    const name = `Everything ${++collections}`; // one that was filled by a failed try stays full
    await page.keyboard.type(name);
    await page.keyboard.press('Enter');
    await page.getByText(`100,000 files added to “${name}”.`).waitFor();
    await page.getByRole('link', { name: 'Collections' }).click();
    const began = performance.now();
    await page.getByRole('button', { name: `Open ${name}, 100,000 files` }).click();
    await page.getByText(`100,000 files from “${name}”`).waitFor();
    console.info(`a collection of all was open after ${((performance.now() - began) / 1000).toFixed(1)} s`);
    await page.locator(`[role=grid][aria-rowcount="${FILES}"]`).waitFor();
    await grid.focus(); // opened anew, it has nothing selected
    await page.keyboard.press('Home');
    await rowNamed(0, first);
    const turned = page.waitForResponse((response) => response.url().endsWith('/call/file.list'));
    await page.getByRole('button', { name: 'Reverse the order' }).click();
    await turned;
    await rowNamed(FILES - 1, first); // what was selected stays in sight
    await grid.focus();
    await page.keyboard.press('Home');
    await rowNamed(0, last);
    await page.getByRole('combobox', { name: 'Describe a sound' }).fill('in:"reel 042"');
    await page.getByText(`in “${name}”`).waitFor();
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('500 result'));
  });
});
