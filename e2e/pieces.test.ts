/** What was found leaves the window as files of its own, over the program itself: by keys, and compared to the sample. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../test/kit/temporary-folder.ts';
import { expectAccessible } from './accessible.ts';
import { launchBrowser, openPage, whatIsMissing } from './page.ts';
import { serveEarmark, type ServedEarmark } from './serving.ts';
import { useSharedPage } from './shared-page.ts';
import { hiss, tone } from './tone.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('pieces of what was found', () => {
  const folder = temporaryFolder('earmark-pieces');
  const sounds = join(folder, 'sounds');
  let served: ServedEarmark;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    mkdirSync(sounds);
    writeFileSync(join(sounds, 'alarm hiss.wav'), hiss(12, 3));
    writeFileSync(join(sounds, 'alarm tone.wav'), tone(880));
    served = await serveEarmark([sounds]);
    browser = await launchBrowser();
  });
  useSharedPage(
    async () => {
      const opened = await openPage(browser);
      await opened.page.goto(served.url);
      return opened;
    },
    (opened) => ({ page } = opened),
  );
  afterAll(async () => {
    await browser.close();
    await served.end();
  });

  const sheet = () => page.getByRole('dialog', { name: 'Export pieces' });
  const field = (name: string) => sheet().getByRole('textbox', { name });
  async function search(words: string): Promise<void> {
    const box = page.getByRole('combobox', { name: 'Describe a sound' });
    // All files first: the results of the search before would pass for those of this one.
    await box.fill('');
    await page.getByText('2 files', { exact: true }).first().waitFor();
    await box.fill(words);
    await page
      .getByText(/^\d+ (results?|less likely)/)
      .first()
      .waitFor();
    await box.press('Enter'); // from the field to the list
  }

  test('the match by keys alone: its very samples, in a folder that is made', async () => {
    rmSync(join(folder, 'pieces'), { recursive: true, force: true });
    await search('alarm hiss');
    await page.keyboard.press('e');
    await sheet().waitFor();
    await expectAccessible(page, 'export-pieces');
    const [from, to] = (await sheet().locator('.what').textContent())!.match(/0:\d\d\.\d{3}/g)!;
    await field('Folder').fill(join(folder, 'nowhere', 'pieces'));
    await page.keyboard.press('Enter');
    await sheet().getByText('does not exist').waitFor();
    await field('Folder').fill(join(folder, 'pieces'));
    await page.keyboard.press('Enter');
    await page.getByText('1 piece exported to pieces.').waitFor();
    await sheet().waitFor({ state: 'detached' });

    const [name] = readdirSync(join(folder, 'pieces'));
    expect(name).toBe(`alarm hiss_${from.replace(':', 'm')}s.wav`);
    const piece = readFileSync(join(folder, 'pieces', name!));
    const data = piece.subarray(piece.indexOf('data') + 8);
    const sample = (clock: string) => Math.round(Number(clock.slice(2)) * 8000);
    const source = readFileSync(join(sounds, 'alarm hiss.wav')).subarray(44);
    // The clock shows milliseconds: eight samples.
    const start = source.indexOf(data) / 2;
    expect(Math.abs(start - sample(from))).toBeLessThanOrEqual(4);
    expect(Math.abs(data.length / 2 - (sample(to!) - sample(from)))).toBeLessThanOrEqual(8);
    expect(data.length).toBeGreaterThan(0);
  });

  test('all matches of a search, as FLAC; the folder is kept', async () => {
    await search('alarm hiss');
    await page.keyboard.press('e');
    await field('Folder').fill(join(folder, 'pieces'));
    await field('Folder').press('Enter');
    await sheet().waitFor({ state: 'detached' });
    await page.keyboard.press('Shift+E');
    await sheet().getByRole('heading', { name: 'Export all matches' }).waitFor();
    expect(await field('Folder').inputValue()).toBe(join(folder, 'pieces'));
    await sheet().getByText('FLAC', { exact: true }).click();
    await field('Name').fill('{number} {stem}');
    await field('Name').press('Enter');
    await sheet().waitFor({ state: 'detached' });
    // The log still has the sentence of the export before: the files tell when this one has ended.
    const beginnings = () =>
      readdirSync(join(folder, 'pieces'))
        .filter((name) => name.endsWith('.flac'))
        .map((name) => readFileSync(join(folder, 'pieces', name)).toString('latin1', 0, 4));
    await expect.poll(() => new Set(beginnings())).toEqual(new Set(['fLaC']));
  });

  test('all matches as a list of times', async () => {
    rmSync(join(folder, 'matches.edl'), { force: true });
    await search('alarm hiss');
    await page.keyboard.press('Shift+E');
    await sheet().getByText('List of times', { exact: true }).click();
    await expectAccessible(page, 'export-pieces');
    await sheet().getByText('EDL', { exact: true }).click();
    await sheet().getByRole('button', { name: 'Export list…' }).click();
    await field('List file').fill(join(folder, 'matches.edl'));
    await field('List file').press('Enter');
    await page.getByText(/\d+ match(es)? exported to matches\.edl\./).waitFor();
    await sheet().waitFor({ state: 'detached' });
    expect(readFileSync(join(folder, 'matches.edl'), 'utf8')).toContain('* FROM CLIP NAME: alarm hiss.wav');
  });

  test('closed meanwhile, the sheet leaves the rest of the window alone', async () => {
    await search('alarm hiss');
    await page.route('**/call/cut.start', async (route) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await route.continue();
    });
    await page.keyboard.press('e');
    await field('Folder').fill(join(folder, 'later'));
    await field('Folder').press('Enter');
    await page.getByText('1 piece exported to later.').waitFor();
    expect(await sheet().count()).toBe(0);
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.unroute('**/call/cut.start');
  });

  test('an invalid name is reported in the sheet, which stays open', async () => {
    await search('alarm hiss');
    await page.keyboard.press('e');
    await field('Name').fill('{nothing}');
    await field('Name').press('Enter');
    await sheet().getByText('contains the unknown field {nothing}').waitFor();
    await page.keyboard.press('Escape');
    await sheet().waitFor({ state: 'detached' });
  });
});
