/** Every screen at every size of the window: nothing clipped, covered, spilt or out of reach. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { layoutFaults } from './geometry.ts';
import { whatIsMissing } from './page.ts';
import { results } from './searching.ts';
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
      await says(page, /result|less likely/);
      await field.press('ArrowDown');
      await page.locator('#row-0 .duration').waitFor();
      await check('search results');
      await page.locator('#row-1').click({ modifiers: ['Shift'] });
      await check('search two selected');
      await page.locator('#row-0').click();
      await page.keyboard.press('g');
      await page.keyboard.press('z');
      await says(page, 'Selection');
      await check('search range selected');
      await page.keyboard.press('w');
      await check('search without lanes');
      await page.keyboard.press('w');
      await page.getByRole('button', { name: 'Hide the panel' }).or(page.getByRole('button', { name: /panel/i })).first().click(); // prettier-ignore
      await check('search panel toggled');
      await page.getByRole('button', { name: 'Saved' }).click();
      await check('search saved menu');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Facets' }).click();
      await page.getByRole('group', { name: 'Kind' }).waitFor();
      await check('search facets');
      await page.keyboard.press('Escape');
      await field.fill('door du');
      await page.locator('.offers.shown').waitFor();
      await check('search offers');
      await field.fill('zzzz');
      await says(page, 'No results');
      await check('search nothing');
      await field.fill('door dur:x');
      await says(page, /is not valid/);
      await check('search half a filter');
    });
  });

  test('before the first folder', async () => {
    const page = await enter('#/search', { size: 0 });
    await atEachSize(page, async (check) => {
      await says(page, 'Choose folders…');
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
    await says(page, /\d results?/);
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
        await results(page).focus();
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
      await page.getByRole('grid', { name: 'Files to review' }).getByRole('row').first().waitFor();
      await page.getByRole('grid', { name: 'Files to review' }).focus();
      await page.keyboard.press('ArrowDown');
      await page.locator('.why li').first().waitFor();
      await check('tags by tag');
      await page.keyboard.press('Shift+A');
      await page.getByRole('dialog').waitFor();
      await check('tags accept all');
      await page.keyboard.press('Escape');
      await tab(page, 'Tag views', 'By file');
      await page.locator('#review-0 .chip').first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.getByRole('heading', { name: /^Why/ }).waitFor();
      await check('tags by file');
      await tab(page, 'Tag views', 'Vocabularies');
      await says(page, 'Sounds of the world by UCS category.');
      await check('tags vocabularies');
      await page.getByRole('button', { name: 'Export Sound effects' }).click();
      await check('tags export');
      await page.getByRole('button', { name: 'Edit a copy of Sound effects' }).click();
      await page.getByRole('button', { name: 'Save' }).waitFor();
      await check('tags editor');
      await page.getByRole('button', { name: 'Cancel' }).click();
      await tab(page, 'Tag views', 'Learned');
      await says(page, /accuracy/);
      await check('tags taught');
    });
  });

  test('Write', async () => {
    const page = await enter('#/write');
    await page.evaluate(() => window.fake.call('tag.acceptAll', { minProbability: 0.6 }));
    await atEachSize(page, async (check) => {
      await says(page, /accepted tags$/);
      await check('write choices');
      await button(page, 'Edit a copy of DJ (comment block)').click();
      await button(page, 'Save').waitFor();
      await check('write profile');
      await button(page, 'Cancel').click();
      await button(page, 'Preview changes').click();
      await page.locator('.change .after').first().waitFor();
      await check('write plan');
      await page.keyboard.press('Control+Enter');
      await page.getByRole('dialog').waitFor();
      await check('write question');
      await page.keyboard.press('Enter');
      await says(page, /Tags written to \d+ files?\./);
      await check('write written');
      await tab(page, 'Write views', 'History and undo');
      await button(page, 'Restore this file').waitFor();
      await check('write history');
      await tab(page, 'Write views', 'Lists and sidecars');
      await button(page, 'Export list…').click();
      await check('write lists');
      await tab(page, 'Write views', 'File names');
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
        .getByRole('button', { name: /^Download/ })
        .first()
        .click();
      await page.getByRole('dialog').waitFor();
      await check('models fetch');
      await page.keyboard.press('Escape');
      await button(page, 'Import from disk…').click();
      await check('models import');
      await page.getByRole('link', { name: 'Settings', exact: true }).click();
      await check('settings');
    });
  });
});
