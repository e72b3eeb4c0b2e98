/** A path is looked for over the program itself, by keys and by the pointer, instead of typing it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { expectAccessible } from './accessible.ts';
import { launchBrowser, openServed, whatIsMissing } from './page.ts';
import { serveEarmark, type ServedEarmark } from './serving.ts';
import { useSharedPage } from './shared-page.ts';
import { tone } from './tone.ts';
import { temporaryFolder } from '../test/kit/temporary-folder.ts';

const missing = whatIsMissing();
const MANY = 3_000;

describe.skipIf(missing !== null)('looking for a path over earmark serve', () => {
  const home = temporaryFolder('earmark-home');
  let served: ServedEarmark;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    for (const folder of ['Sounds/Take 10', 'Sounds/Take 2', 'Music', '.cache', 'many']) {
      mkdirSync(join(home, folder), { recursive: true });
    }
    for (let number = 1; number <= MANY; number++) mkdirSync(join(home, 'many', `Roll ${number}`));
    writeFileSync(join(home, 'Sounds/Take 2/a.wav'), tone(300));
    writeFileSync(join(home, 'Sounds/words.csv'), 'label\nthunder\n');
    writeFileSync(join(home, 'Sounds/notes.txt'), 'no vocabulary');
    vi.stubEnv('HOME', home);
    served = await serveEarmark();
    browser = await launchBrowser();
  });
  useSharedPage(
    () => openServed(browser, served.url),
    (opened) => ({ page } = opened),
  );
  afterAll(async () => {
    await browser.close();
    await served.end();
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });

  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const sheet = () => page.getByRole('dialog').filter({ has: page.getByLabel('Folder contents') });
  const address = () => sheet().getByRole('textbox', { name: 'Folder path' });
  const shown = () => sheet().locator('[role=row] .text').allTextContents();
  const list = () => sheet().getByRole('grid', { name: 'Folder contents' });
  const question = () => page.getByLabel('Which folder should Earmark analyse?');
  /** The question for a folder is asked, with a path in its field and the browser of folders open at it. */
  async function browseFrom(path: string): Promise<void> {
    await page.keyboard.press('Control+O');
    await question().fill(path);
    await button('Browse…').click();
    await expectAt(path);
  }
  async function closeAll(): Promise<void> {
    await expect
      .poll(async () => {
        await page.keyboard.press('Escape');
        return page.getByRole('dialog').count();
      })
      .toBe(0);
  }
  async function expectAt(path: string): Promise<void> {
    await expect.poll(() => address().inputValue()).toBe(path);
  }

  async function showVocabularies(): Promise<void> {
    await page.getByRole('link', { name: 'Tags', exact: true }).click();
    await page.getByRole('radio', { name: 'Vocabularies' }).click();
    await button('Import').waitFor();
  }

  test('a folder to analyse is found by keys alone', async () => {
    await page.keyboard.press('Control+O');
    await question().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expectAt(home);
    await expect.poll(shown).toEqual(['many', 'Music', 'Sounds']);
    await page.keyboard.press('s');
    await page.keyboard.press('Enter');
    await expectAt(join(home, 'Sounds'));
    await expect.poll(shown).toEqual(['Take 2', 'Take 10']);
    await page.keyboard.press('ArrowDown');
    await expectAccessible(page, 'folder-browser');
    await page.keyboard.press('Backspace');
    await expectAt(home);
    await expect.poll(() => list().locator('.row.current .text').textContent()).toBe('Sounds');
    await page.keyboard.press('Enter');
    await expectAt(join(home, 'Sounds'));
    await expect.poll(shown).toEqual(['Take 2', 'Take 10']);
    await page.keyboard.press('Home');
    await button('Choose').press('Enter');
    await sheet().waitFor({ state: 'detached' });
    expect(await question().inputValue()).toBe(join(home, 'Sounds/Take 2'));
    await closeAll();
  });

  test('Escape closes the browser and not the question beneath it', async () => {
    await browseFrom(join(home, 'Sounds/Take 2'));
    await page.keyboard.press('Escape');
    await sheet().waitFor({ state: 'detached' });
    expect(await question().inputValue()).toBe(join(home, 'Sounds/Take 2'));
    await closeAll();
  });

  test('a path can be typed there, too; one that cannot be opened is reported and leaves the list unchanged', async () => {
    await browseFrom(join(home, 'Sounds/Take 2'));
    await address().fill(join(home, 'nowhere'));
    await address().press('Enter');
    await sheet()
      .getByText(/nowhere” was not found/)
      .waitFor();
    await address().fill(`"${join(home, 'many')}"`);
    await address().press('Enter');
    await expectAt(join(home, 'many'));
    await expect.poll(async () => (await shown()).slice(0, 2)).toEqual(['Roll 1', 'Roll 2']);
    // Only the rows that can be seen exist, however long the list.
    expect((await shown()).length).toBeLessThan(60);
    await page.keyboard.press('End');
    await sheet().getByText(`Roll ${MANY}`, { exact: true }).waitFor();
    await closeAll();
  });

  test('hidden folders are shown when they are wanted', async () => {
    await browseFrom(join(home, 'Sounds/Take 2'));
    await sheet().getByRole('button', { name: 'Home' }).click();
    await expectAt(home);
    await sheet()
      .getByText(/^Show \d+ hidden items?$/)
      .waitFor();
    expect(await shown()).not.toContain('.cache');
    await sheet().getByRole('switch', { name: 'Show hidden folders' }).press('Space');
    await expect.poll(shown).toContain('.cache');
    await closeAll();
  });

  test('files of the kinds that can be imported are offered, by the pointer', async () => {
    await showVocabularies();
    await button('Import').click();
    await button('Browse…').click();
    await list().getByText('Sounds', { exact: true }).dblclick();
    await expectAt(join(home, 'Sounds'));
    await expect.poll(shown).toEqual(['Take 2', 'Take 10', 'words.csv']);
    expect(await button('Choose').isDisabled()).toBe(true);
    await list().getByText('words.csv', { exact: true }).dblclick();
    await sheet().waitFor({ state: 'detached' });
    expect(await page.getByRole('textbox', { name: /vocabulary/i }).inputValue()).toBe(join(home, 'Sounds/words.csv'));
    await button('Close').click();
  });

  test('a file is written into a folder that was chosen, over one that is there only when that is asked for', async () => {
    const path = join(home, 'Music', 'music-mood.json');
    rmSync(path, { force: true });
    await showVocabularies();
    await page
      .getByRole('button', { name: /^Export Music mood/i })
      .first()
      .click();
    const field = page.getByRole('textbox', { name: /^Export .* to$/ });
    await button('Browse…').click();
    await sheet().getByRole('button', { name: 'Home' }).click();
    await expectAt(home);
    await list().getByText('Music', { exact: true }).click();
    await button('Choose').click();
    await sheet().waitFor({ state: 'detached' });
    expect(await field.inputValue()).toBe(path);
    await button('Export').click();
    await page.getByText(`Exported to ${path}.`).first().waitFor();
    expect(readFileSync(path, 'utf8')).toContain('"id": "music-mood"');
    writeFileSync(path, '{}');
    await page
      .getByRole('button', { name: /^Export Music mood/i })
      .first()
      .click();
    await field.fill(path);
    await page.keyboard.press('Enter');
    await page.getByText(/already/).waitFor();
    expect(readFileSync(path, 'utf8')).toBe('{}');
    await page.getByLabel('Replace an existing file').check();
    await button('Export').click();
    await field.waitFor({ state: 'detached' });
    expect(readFileSync(path, 'utf8')).toContain('"id": "music-mood"');
  });
});
