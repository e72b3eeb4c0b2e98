/** Keys that are pressed before the answer to the one before has come: they mean what is on the screen. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { whatIsMissing } from './page.ts';
import { asked, says, useStage } from './stage.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('in haste', () => {
  const open = useStage();
  const enter = (hash: string) => open({ hash });
  const hold = (page: Page, what: string | null) => page.evaluate((held) => (window.fake.heldBack = held), what);
  const field = (page: Page) => page.getByRole('combobox', { name: 'Describe a sound' });
  const panel = (page: Page) => page.locator('aside').getByRole('heading', { level: 2 });
  /** The list of the search has the keys, its first row is selected and stands in the panel. @returns its name */
  async function firstRow(page: Page): Promise<string> {
    await page.waitForFunction(() => ![undefined, '…'].includes(document.querySelector('#row-1 .name')?.textContent));
    await field(page).press('Enter');
    const name = (await page.locator('#row-0 .name .title').textContent())!;
    await expect.poll(() => panel(page).textContent()).toBe(name);
    return name;
  }
  /** Without waiting for anything between the two. */
  async function twice(page: Page, name: string): Promise<void> {
    const button = page.getByRole('button', { name });
    await expect.poll(() => button.isEnabled()).toBe(true);
    const same = await button.elementHandle(); // it may be called something else after the first
    for (let press = 1; press <= 2; press++) await same.evaluate((one) => (one as HTMLElement).click());
  }
  async function reviewing(page: Page): Promise<void> {
    await page.getByRole('heading', { level: 2, name: /^wooden door/ }).waitFor();
    await says(page, '97 suggestions, about 23 wrong');
  }

  test('undo reverts the latest action, even before it is confirmed', async () => {
    const page = await enter('#/tags');
    await reviewing(page);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('a');
    await says(page, 'Accepted 1');
    await hold(page, 'tag.decide');
    await page.keyboard.press('r');
    await page.keyboard.press('Control+z');
    await hold(page, null);
    await says(page, 'Undone: reject “wooden door”.');
    await says(page, '96 suggestions,');
    await says(page, 'Accepted 1');
    expect((await asked(page, 'tag.undo')).length).toBe(1);
  });

  test('all are accepted by the figures that stand there, not by those of a moment ago', async () => {
    const page = await enter('#/tags');
    await reviewing(page);
    await hold(page, 'tag.forecast');
    const slider = page.getByRole('slider', { name: 'Confidence threshold' });
    await slider.fill('90');
    await slider.blur();
    await page.keyboard.press('Shift+A');
    await page.getByRole('heading', { name: 'Accept all 97 suggestions of “wooden door”?' }).waitFor();
    await page.keyboard.press('Enter');
    await hold(page, null);
    await page.getByRole('heading', { name: /^Accept all [1-4]\d suggestions of “wooden door”\?$/ }).waitFor();
    expect(await asked(page, 'tag.acceptAll')).toEqual([]);
    await expect.poll(() => page.getByRole('button', { name: /^Accept \d+ suggestions$/ }).isEnabled()).toBe(true);
    await page.keyboard.press('Enter');
    await says(page, /^[1-4]\d suggestions accepted\.$/);
  });

  test('in the panel A is about the selected sound, never about the one that is still shown', async () => {
    const page = await enter('');
    const first = await firstRow(page);
    await page.getByRole('list', { name: 'Suggested tags' }).waitFor();
    await hold(page, 'file.get');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('a');
    await hold(page, null);
    await expect.poll(() => panel(page).textContent()).not.toBe(first);
    expect(await asked(page, 'tag.decide')).toEqual([]);
    await page.getByRole('list', { name: 'Suggested tags' }).getByRole('button').first().waitFor();
    await page.keyboard.press('a');
    await expect
      .poll(async () => ((await asked(page, 'tag.decide')) as { decisions: { fileId: number }[] }[])[0]?.decisions[0])
      .toMatchObject({ fileId: 2, accepted: true });
  });

  test('a mark that is confirmed after one has walked on does not keep the panel where it was', async () => {
    const page = await enter('');
    await firstRow(page);
    await hold(page, 'favourite.set');
    await page.keyboard.press('f');
    await page.keyboard.press('ArrowDown');
    await hold(page, null);
    const second = (await page.locator('#row-1 .name .title').textContent())!;
    await expect.poll(() => panel(page).textContent()).toBe(second);
  });

  test('keys do not walk the list of another tag while its own is on the way', async () => {
    const page = await enter('#/tags');
    await page.locator('#review-0').waitFor();
    await page.locator('#review-0').click();
    await page.getByRole('grid', { name: 'Tags', exact: true }).focus();
    await hold(page, 'tag.files');
    await page.keyboard.press('Home');
    await page.getByRole('heading', { level: 2, name: 'All tags' }).waitFor();
    await page.getByRole('grid', { name: 'Files to review' }).focus();
    for (let press = 0; press < 3; press++) await page.keyboard.press('ArrowDown');
    await hold(page, null);
    await page.locator('#review-5').waitFor(); // more than the tag before has rows of what is shown
    expect(await page.locator('[id^=review-].current').count()).toBe(0);
    await page.keyboard.press('ArrowDown');
    await page.locator('#review-0.current').waitFor();
  });

  test('F twice is as before; both can be taken back', async () => {
    const page = await enter('');
    await firstRow(page);
    const before = await page.evaluate(async () => (await window.fake.call('file.get', 1)).favourite);
    await hold(page, 'favourite.set');
    await page.keyboard.press('f');
    await page.keyboard.press('f');
    await hold(page, null);
    await expect
      .poll(() => asked(page, 'favourite.set'))
      .toEqual([!before, before].map((favourite) => ({ fileIds: [1], favourite })));
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await says(page, /^Undone: .*favourite\.$/);
    await expect.poll(async () => (await asked(page, 'favourite.set')).length).toBe(4);
  });

  test('a collection that is removed is brought back by the key, though nothing has confirmed the removal yet', async () => {
    const page = await enter('#/collections');
    const create = page.getByLabel('Name of a new collection');
    await create.fill('Night train');
    await create.press('Enter');
    await page.getByRole('button', { name: 'Rename Night train' }).click();
    await page.keyboard.type('Day train');
    await page.keyboard.press('Enter');
    const open = page.getByRole('button', { name: 'Empty: Day train' });
    await open.waitFor();
    await hold(page, 'collection.remove');
    await page.getByRole('button', { name: 'Remove Day train' }).press('Enter');
    await page.locator('body').press('Control+z');
    await hold(page, null);
    await says(page, 'Undone: remove “Day train”.');
    await open.waitFor();
    expect((await asked(page, 'collection.rename')).length).toBe(1); // the rename before it stays
  });

  test('Arrow down right after typing selects the first result of the new query', async () => {
    const page = await enter('');
    await firstRow(page);
    await hold(page, 'thunder');
    await field(page).fill('thunder');
    await page.keyboard.press('ArrowDown');
    await hold(page, null);
    await page.locator('#row-0.current').waitFor();
    const title = page.locator('#row-0 .name .title');
    await expect.poll(() => title.textContent()).toContain('thunder');
    await expect.poll(async () => (await panel(page).textContent()) === (await title.textContent())).toBe(true);
    await hold(page, 'rain');
    await field(page).fill('rain');
    await page.keyboard.press('Enter');
    await hold(page, null);
    await page.getByRole('treegrid', { name: 'Files' }).and(page.locator(':focus')).waitFor();
    await expect.poll(() => panel(page).textContent()).toContain('rain');
  });

  test('a button that is pressed twice sends one call', async () => {
    const page = await enter('#/write');
    await page.evaluate(() => window.fake.call('tag.acceptAll', { minProbability: 0.6 }));
    await hold(page, 'write.plan');
    await twice(page, 'Preview changes');
    await hold(page, null);
    await says(page, /files change in \d+ fields/);
    expect((await asked(page, 'write.plan')).length).toBe(1);
    await page.getByRole('link', { name: 'Tags', exact: true }).click();
    await page.getByRole('radiogroup', { name: 'Tag views' }).getByText('Vocabularies', { exact: true }).click();
    await page.getByRole('switch', { name: 'Use Voices' }).check({ force: true });
    await hold(page, 'tag.score');
    await twice(page, 'Suggest tags');
    await hold(page, null);
    await says(page, /suggestions for 400 files/);
    expect((await asked(page, 'tag.score')).length).toBe(1);
  });

  test('the field has the keys at once, from any screen, and by the palette', async () => {
    const page = await enter('#/library');
    await page.getByRole('heading', { level: 1, name: 'Library' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('door');
    expect(await field(page).inputValue()).toBe('door');
    await page.waitForSelector('[role=row]');
    await page.getByLabel('Files', { exact: true }).focus();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('search');
    await page.keyboard.press('Enter');
    await page.keyboard.type('tram');
    expect(await field(page).inputValue()).toBe('tram'); // what stood there was selected
  });

  test('what is typed after Tab stands where Tab has led to', async () => {
    const page = await enter('');
    await field(page).fill('fm thunder');
    await field(page).press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('option', { name: /fmt:/ }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('wav');
    await expect.poll(() => field(page).inputValue()).toBe('fmt:wav thunder');
  });
});
