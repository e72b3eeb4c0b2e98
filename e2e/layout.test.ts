/** Every screen at every size of the window: nothing clipped, covered, spilt or out of reach. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { layoutFaults } from './geometry.ts';
import { whatIsMissing } from './page.ts';
import { button, says, useStage } from './stage.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('the layout at all sizes of the window', () => {
  const open = useStage();
  const enter = (hash: string, options = {}) => open({ hash, size: 400, longNames: true, ...options });
  const tab = (page: Page, group: string, name: string) =>
    page.getByRole('radiogroup', { name: group }).getByText(name, { exact: true }).click();
  /** @param look takes the page to one state of the screen after another and says each */
  async function atEachSize(
    page: Page,
    look: (check: (state: string) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const found: string[] = [];
    await look(async (state) => {
      found.push(...(await layoutFaults(page)).map((fault) => `${state}, ${fault}`));
    });
    expect(found).toEqual([]);
  }

  test('Search', async () => {
    const page = await enter('#/search');
    const field = page.getByRole('combobox', { name: 'Describe a sound' });
    await atEachSize(page, async (check) => {
      await page.locator('#row-3 .duration').waitFor();
      await check('search library');
      await field.fill('door dur:<20 -squeak fmt:wav stars:>=1');
      await says(page, /found|maybe/);
      await field.press('ArrowDown');
      await page.locator('#row-0 .duration').waitFor();
      await check('search results');
      await page.locator('#row-1').click({ modifiers: ['Shift'] });
      await check('search two selected');
      await page.locator('#row-0').click();
      await page.getByRole('button', { name: 'Hide the panel' }).or(page.getByRole('button', { name: /panel/i })).first().click(); // prettier-ignore
      await check('search panel toggled');
      await page.getByRole('button', { name: 'Saved' }).click();
      await check('search saved menu');
      await page.keyboard.press('Escape');
      await field.fill('door du');
      await page.locator('.offers.shown').waitFor();
      await check('search offers');
      await field.fill('zzzz');
      await says(page, 'nothing found');
      await check('search nothing');
      await field.fill('door dur:x');
      await says(page, /is not understood/);
      await check('search half a filter');
    });
  });

  test('before the first folder', async () => {
    const page = await enter('#/search', { size: 0 });
    await atEachSize(page, async (check) => {
      await says(page, 'Choose folders');
      await check('first start');
      for (const screen of ['Map', 'Collections', 'Library', 'Tags', 'Write']) {
        await page.getByRole('link', { name: screen, exact: true }).click();
        await check(`empty ${screen}`);
      }
    });
  });

  test('dialogs', async () => {
    const page = await enter('#/search');
    await page.getByRole('combobox', { name: 'Describe a sound' }).fill('door');
    await says(page, /\d found/);
    await atEachSize(page, async (check) => {
      await page.locator('#row-0').click();
      for (const [keys, state] of [
        ['Control+k', 'palette'],
        ['?', 'help'],
        ['c', 'collection picker'],
        ['t', 'tag picker'],
        ['Control+s', 'save search'],
      ] as const) {
        // prettier-ignore
        await page.keyboard.press(keys);
        await page.getByRole('dialog').waitFor();
        await check(state);
        await page.keyboard.press('Escape');
        await page.getByRole('grid').first().focus();
      }
    });
  });

  test('Map and Collections', async () => {
    const page = await enter('#/map');
    await atEachSize(page, async (check) => {
      await page.locator('canvas').first().waitFor();
      await check('map');
      await page.getByRole('link', { name: 'Collections', exact: true }).click();
      await says(page, 'Night shift');
      await check('collections');
    });
  });

  test('Tags', async () => {
    const page = await enter('#/tags');
    await atEachSize(page, async (check) => {
      await page.getByRole('grid', { name: 'Sounds to review' }).getByRole('row').first().waitFor();
      await page.getByRole('grid', { name: 'Sounds to review' }).focus();
      await page.keyboard.press('ArrowDown');
      await page.locator('.why li').first().waitFor();
      await check('tags by tag');
      await page.keyboard.press('Shift+A');
      await page.getByRole('dialog').waitFor();
      await check('tags accept all');
      await page.keyboard.press('Escape');
      await tab(page, 'What of the tags', 'By file');
      await page.locator('#review-0 .chip').first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.getByRole('heading', { name: /^Why/ }).waitFor();
      await check('tags by file');
      await tab(page, 'What of the tags', 'Vocabularies');
      await says(page, 'Sounds of the world by UCS category.');
      await check('tags vocabularies');
      await page.getByRole('button', { name: 'Export Sound effects' }).click();
      await check('tags export');
      await page.getByRole('button', { name: 'Copy Sound effects and edit the copy' }).click();
      await page.getByRole('button', { name: 'Save' }).waitFor();
      await check('tags editor');
      await page.getByRole('button', { name: 'Cancel' }).click();
      await tab(page, 'What of the tags', 'Taught');
      await says(page, /of the time/);
      await check('tags taught');
    });
  });

  test('Write', async () => {
    const page = await enter('#/write');
    await page.evaluate(() => window.fake.call('tag.acceptAll', { minProbability: 0.6 }));
    await atEachSize(page, async (check) => {
      await says(page, /accepted tags$/);
      await check('write choices');
      await button(page, 'Copy DJ (comment block) and edit the copy').click();
      await button(page, 'Save').waitFor();
      await check('write profile');
      await button(page, 'Cancel').click();
      await button(page, 'Show what would change').click();
      await page.locator('.change .after').first().waitFor();
      await check('write plan');
      await page.keyboard.press('Control+Enter');
      await page.getByRole('dialog').waitFor();
      await check('write question');
      await page.keyboard.press('Enter');
      await says(page, /files have their tags/);
      await check('write written');
      await tab(page, 'What of writing', 'History and undo');
      await button(page, 'Put this file back').waitFor();
      await check('write history');
      await tab(page, 'What of writing', 'Lists and sidecars');
      await button(page, 'Write the list…').click();
      await check('write lists');
      await tab(page, 'What of writing', 'File names');
      await check('write names');
      await button(page, 'Propose names').click();
      await page.locator('#name-0').waitFor();
      await check('write proposed names');
    });
  });

  test('Models and Settings', async () => {
    const page = await enter('#/models');
    await atEachSize(page, async (check) => {
      await says(page, /Self-check passed/);
      await check('models');
      await page
        .getByRole('button', { name: /^Fetch/ })
        .first()
        .click();
      await page.getByRole('dialog').waitFor();
      await check('models fetch');
      await page.keyboard.press('Escape');
      await button(page, 'Import from disk').click();
      await check('models import');
      await page.getByRole('link', { name: 'Settings', exact: true }).click();
      await check('settings');
    });
  });
});
