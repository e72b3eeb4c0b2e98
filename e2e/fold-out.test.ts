/** A long recording is many sounds: its result folds out into its matches, and keys lead from one to the next. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { MarkerRequest } from '../src/shared/calls/markers.ts';
import { violations } from './accessible.ts';
import { whatIsMissing } from './page.ts';
import { field, noteJumps } from './searching.ts';
import { asked, button, useStage } from './stage.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('the matches of a file', () => {
  const enter = useStage();
  const rows = (page: Page) => page.locator('.row.match');
  const times = (page: Page) => rows(page).locator('.time').allTextContents();
  const currentTime = (page: Page) => page.locator('.row.match.current .time').textContent();
  const active = (page: Page) => page.getByRole('treegrid').getAttribute('aria-activedescendant');

  /** @returns the number of matches of the first result, which is selected */
  async function search(page: Page): Promise<number> {
    await field(page).fill('rain');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('result'));
    await field(page).press('Enter');
    const chip = page.locator('.row.current .matches');
    await chip.waitFor();
    return Number.parseInt((await chip.textContent())!);
  }

  test('a result folds out and in by key and by its button, and the arrows walk through its matches', async () => {
    const page = await enter();
    const count = await search(page);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => rows(page).count()).toBe(count);
    const file = page.locator('#row-0');
    expect(await file.getAttribute('aria-expanded')).toBe('true');
    expect(await rows(page).first().getAttribute('aria-level')).toBe('2');
    expect(await violations(page)).toEqual([]);
    const all = await times(page);
    expect(all).toEqual(all.toSorted());

    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await currentTime(page)).toBe(all[1]);
    expect(await active(page)).toBe('match-0-1');
    await rows(page).nth(1).locator('[aria-label=playing]').waitFor(); // moving the selection plays
    for (let step = 1; step < count; step++) await page.keyboard.press('ArrowDown');
    expect(await active(page)).toBe('row-1');
    await page.keyboard.press('ArrowUp');
    expect(await active(page)).toBe(`match-0-${count - 1}`);

    await page.keyboard.press('ArrowLeft'); // from a match to its file, which folds in
    await expect.poll(() => rows(page).count()).toBe(0);
    expect(await active(page)).toBe('row-0');
    expect(await file.getAttribute('aria-expanded')).toBe('false');

    await button(page, `${count} matches: show each`).first().click();
    await rows(page).last().click();
    expect(await active(page)).toBe(`match-0-${count - 1}`);
    await page.keyboard.press('o');
    await expect.poll(() => rows(page).count()).toBe(0);
  });

  test('N and Shift+N play the next match and the one before, folded out or not, and stop at the last', async () => {
    const page = await enter();
    // The playhead stays where it is put, however long a step of this test takes.
    await page.evaluate(() => (HTMLMediaElement.prototype.play = () => Promise.resolve()));
    const count = await search(page);
    await noteJumps(page);
    const last = () => page.evaluate(() => window.jumps.at(-1)?.to);
    const windows = (await asked(page, 'search.matches')) as { fileIds: number[] }[];
    expect(windows.flatMap(({ fileIds }) => fileIds).length).toBeLessThan(100); // what can be seen, not all results

    await page.keyboard.press('Shift+P'); // from the start of the file
    await page.keyboard.press('n');
    await expect.poll(last).toBe(5);
    await page.keyboard.press('o');
    expect(await active(page)).toBe('match-0-1');
    await page.keyboard.press('Shift+N');
    await expect.poll(last).toBe(0);
    for (let step = 1; step < count; step++) await page.keyboard.press('n');
    await page.locator('.row.match.current').waitFor();
    await expect.poll(last).toBe(5 * (count - 1));
    await page.keyboard.press('n');
    await page.getByText('No later match in this file.').waitFor();
    expect(await page.locator('.strip .strength .matches').getAttribute('d')).toMatch(/^M0 1V/);
  });

  test('the timeline shows the markers of a file; its matches are previewed and written as markers', async () => {
    const page = await enter();
    await search(page);
    const markers = page.getByRole('list', { name: 'Markers' }).getByRole('listitem');
    await expect.poll(() => markers.locator('span').allTextContents()).toEqual(['latch', 'squeak']);
    await button(page, 'Write markers').click();
    await page.getByRole('heading', { name: '2 markers into 1 file' }).waitFor();
    const [request] = (await asked(page, 'markers.plan')) as MarkerRequest[];
    expect(request).toMatchObject({ from: { query: { text: 'rain' }, fileIds: [expect.any(Number)] }, kind: 'region' });
    await page.getByText('0:01.000–0:01.750 rain').waitFor();
    expect(await violations(page)).toEqual([]);
    await button(page, 'Write 1 file…').click();
    await page.getByRole('dialog', { name: 'Write markers into 1 file?' }).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Write 1 file' }).click();
    await page.getByRole('heading', { name: 'Markers written to 1 file.' }).waitFor();
  });
});
