/** Several sounds as one query, less like others, and the balance between sounds and words, by keys and by mouse. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { violations } from './accessible.ts';
import { whatIsMissing } from './page.ts';
import { field, lastAsked, names } from './searching.ts';
import { button, useStage } from './stage.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('sounds as a query', () => {
  const enter = useStage();
  const chips = (page: Page) => page.getByRole('list', { name: 'Reference sounds' }).getByRole('listitem');
  const chipTexts = async (page: Page) => (await chips(page).allInnerTexts()).map((text) => text.trim());
  const slider = (page: Page) => page.getByRole('slider', { name: 'Balance between sound and words' });
  const query = (page: Page) => lastAsked(page, 'search.query');

  test.each(['dark', 'light'] as const)(
    'by keys: S, Q and ⇧Q; a chip for each, taken away again; %s',
    async (appearance) => {
      const page = await enter({ appearance, width: 900, height: 600 });
      await field(page).fill('rain');
      await expect.poll(async () => (await names(page))[0]).toContain('rain');
      await page.keyboard.press('Enter');
      await page.keyboard.press('s');
      await expect.poll(() => chips(page).count()).toBe(1);
      await expect.poll(() => query(page)).not.toHaveProperty('text'); // Similar starts clean
      const [first] = await chipTexts(page);
      await expect.poll(async () => (await names(page)).length).toBeGreaterThan(2);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('q');
      await expect.poll(() => query(page)).toHaveProperty('alsoLike');
      await expect.poll(async () => (await names(page)).length).toBeGreaterThan(2);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Shift+Q');
      await expect.poll(() => query(page)).toHaveProperty('unlike');
      expect((await chipTexts(page)).map((text) => text.split(' ').slice(0, 2).join(' '))).toEqual(['sounds like', 'and like', 'less like']); // prettier-ignore
      // There is nothing to balance without words.
      expect(await slider(page).count()).toBe(0);
      await field(page).fill('heavy');
      await slider(page).waitFor();
      await slider(page).focus();
      await page.keyboard.press('End');
      await expect.poll(() => query(page)).toHaveProperty('balance', 1);
      await page.keyboard.press('Home');
      await expect.poll(() => query(page)).toHaveProperty('balance', 0);
      for (let step = 0; step < 8; step++) await page.keyboard.press('ArrowRight');
      await expect.poll(() => query(page)).toMatchObject({ text: 'heavy', balance: 0.4 });
      expect(await violations(page)).toEqual([]);
      // Nothing of it is lost in a reload.
      await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/&also=.*&unlike=.*&balance=0\.4/);
      // Each goes by the key at the beginning of the field, the last first.
      await page.keyboard.press('/');
      for (const left of [2, 1, 0]) {
        await page.keyboard.press('Home');
        await page.keyboard.press('Backspace');
        await expect.poll(() => chips(page).count()).toBe(left);
        if (left === 1) expect(await chipTexts(page)).toEqual([first]);
      }
      await expect.poll(() => query(page)).not.toHaveProperty('likePath');
    },
  );

  test('by mouse: from the menu of a result, and from an address', async () => {
    const page = await enter();
    await page.locator('#row-0').waitFor();
    await page.locator('#row-0').click({ button: 'right' });
    await page.getByRole('menuitem', { name: /^Find similar files/ }).click();
    await expect.poll(() => chips(page).count()).toBe(1);
    await page.locator('#row-1').click({ button: 'right' });
    await page.getByRole('menuitem', { name: /^Less like this/ }).click();
    await expect.poll(() => chips(page).count()).toBe(2);
    await page.locator('#row-1').click({ button: 'right' });
    await page.getByRole('menuitem', { name: /^Also like this/ }).click();
    await expect.poll(() => chips(page).count()).toBe(3);
    await button(page, /^Stop searching by/)
      .nth(2)
      .click();
    await expect.poll(() => query(page)).not.toHaveProperty('unlike');
    await page.evaluate(
      () => (location.hash = '#/search?q=door&like=/a/kick.wav&also=/a/snare.wav%23t=1,2.5&balance=0.9'),
    );
    await expect
      .poll(() => query(page))
      .toMatchObject({
        ...{ text: 'door', likePath: '/a/kick.wav', balance: 0.9 },
        alsoLike: [{ path: '/a/snare.wav', startSeconds: 1, endSeconds: 2.5 }],
      });
    expect(await slider(page).inputValue()).toBe('0.9');
    await slider(page).dblclick();
    await expect.poll(() => query(page)).not.toHaveProperty('balance');
  });
});
