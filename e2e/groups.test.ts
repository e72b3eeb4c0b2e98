/** Results that stand for copies and variants: opened, walked, played, closed, and all shown. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { violations } from './accessible.ts';
import { whatIsMissing } from './page.ts';
import { asked, button, useStage } from './stage.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('copies and variants', () => {
  const enter = useStage();
  const titles = (page: Page) => page.locator('[role=row] .title').allTextContents();
  const current = (page: Page) => page.locator('.row.current .title').textContent();
  const members = (page: Page) => page.locator('.row.member').count();
  const more = (page: Page) => page.locator('[role=row] .more');

  async function search(page: Page): Promise<string[]> {
    await page.waitForSelector('[role=row]');
    await page.getByRole('combobox', { name: 'Describe a sound' }).fill('rain');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('result'));
    return titles(page);
  }

  test('a row opens and closes by key and by its button, and its sounds are walked and played', async () => {
    const page = await enter();
    const flat = await search(page);
    await page.evaluate(() => (window.fake.groupFirst = 4));
    await page.getByRole('combobox', { name: 'Describe a sound' }).fill('rain ');
    await more(page).waitFor();
    expect((await titles(page)).slice(0, 2)).toEqual([flat[0], flat[4]]);
    expect(await more(page).getAttribute('aria-label')).toBe('4 files: show 2 variants, 1 copy');

    await page.getByRole('combobox', { name: 'Describe a sound' }).press('Enter');
    await expect.poll(() => current(page)).toBe(flat[0]);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => members(page)).toBe(3);
    expect((await titles(page)).slice(0, 5)).toEqual(flat.slice(0, 5));
    expect(await more(page).getAttribute('aria-expanded')).toBe('true');
    expect(await violations(page)).toEqual([]);

    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => current(page)).toBe(flat[2]);
    await page.locator('.row.member [aria-label=playing]').waitFor(); // moving the selection plays

    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => members(page)).toBe(0);
    expect(await current(page)).toBe(flat[0]);

    await more(page).click();
    await expect.poll(() => members(page)).toBe(3);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => current(page)).toBe(flat[1]);
  });

  test('all are shown when asked for, and that is remembered', async () => {
    const page = await enter();
    await page.evaluate(() => (window.fake.groupFirst = 4));
    const rows = await search(page);
    await more(page).waitFor();
    await button(page, 'Group copies and variants').click();
    await expect.poll(() => more(page).count()).toBe(0);
    expect((await titles(page))[1]).not.toBe(rows[1]);
    await page.reload();
    await search(page);
    expect((await asked(page, 'search.query')).at(-1)).toMatchObject({ grouped: false });
    expect(await button(page, 'Group copies and variants').getAttribute('aria-pressed')).toBe('false');
  });
});
