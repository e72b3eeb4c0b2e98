/** The review of tags, by keys, over an engine that is not there (test/renderer/fake-client.ts). */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { violations } from './accessible.ts';
import { whatIsMissing } from './page.ts';
import { asked, says, useStage, type StageOptions } from './stage.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('the Tags screen', () => {
  const open = useStage();
  const enter = (options: StageOptions = {}) => open({ hash: '#/tags', ...options });
  const rows = (page: Page) => page.getByRole('grid', { name: 'Files to review' }).getByRole('row');
  /** When it has come. */
  const currentName = async (page: Page) => {
    await page.waitForFunction(() => ![undefined, '…'].includes(document.querySelector('[id^=review-].current .name')?.textContent)); // prettier-ignore
    return page.locator('[id^=review-].current .name').textContent();
  };
  const state = (page: Page, name: RegExp) => page.getByRole('radio', { name });
  const tab = (page: Page, name: string) =>
    page.getByRole('radiogroup', { name: 'Tag views' }).getByText(name, { exact: true });
  /** The tag that most suggestions wait for, and its list. */
  async function firstTag(page: Page): Promise<void> {
    await page.getByRole('heading', { level: 2, name: /^wooden door/ }).waitFor();
    await rows(page).first().waitFor();
  }

  test.each(['dark', 'light'] as const)('nothing that axe finds wrong, %s', async (appearance) => {
    const page = await enter({ appearance });
    await firstTag(page);
    await page.keyboard.press('ArrowDown');
    await says(page, /^Why “wooden door”/);
    await says(page, /of all sounds/);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Shift+A');
    await page.getByRole('dialog').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('a');
    await page.keyboard.press('a');
    await tab(page, 'By file').click();
    await rows(page).first().waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await violations(page)).toEqual([]);
    await tab(page, 'Vocabularies').click();
    await says(page, 'Sounds of the world by UCS category.');
    await page.getByRole('button', { name: 'Export Sound effects' }).click();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Edit a copy of Sound effects' }).click();
    await page.getByRole('button', { name: 'Remove tag' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await tab(page, 'Learned').click();
    await says(page, 'accuracy 88 %, before 62 %');
    expect(await violations(page)).toEqual([]);
  });

  test('arrows move and play the best window of the tag; A and R decide and move on; Ctrl+Z undoes it', async () => {
    const page = await enter();
    await firstTag(page);
    await says(page, '97 suggestions, about 23 wrong');
    await page.keyboard.press('ArrowDown');
    const first = await currentName(page);
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Loop match' }).isEnabled()).toBe(true);
    await page.keyboard.press('a');
    await expect.poll(() => currentName(page)).not.toBe(first);
    const second = await currentName(page);
    await page.keyboard.press('r');
    await expect.poll(() => currentName(page)).not.toBe(second);
    await says(page, '95 suggestions,');
    const decisions = (await asked(page, 'tag.decide')) as { decisions: { fileId: number; accepted: boolean }[] }[];
    expect(decisions.map(({ decisions: [one] }) => one?.accepted)).toEqual([true, false]);
    await says(page, 'Accepted 1');
    await says(page, 'Rejected 1');
    await page.keyboard.press('Control+z');
    await says(page, 'Undone: reject “wooden door”.');
    await page.keyboard.press('Control+z');
    await says(page, 'Undone: accept “wooden door”.');
    await says(page, '97 suggestions,');
    await expect.poll(() => rows(page).first().locator('.name').textContent()).toBe(first);
  });

  test('several at once; decided files are listed under their state and can be reset', async () => {
    const page = await enter();
    await firstTag(page);
    await page.keyboard.press('ArrowDown');
    await page.getByRole('grid', { name: 'Files to review' }).focus();
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await says(page, '3 files selected. A and R apply to all of them.');
    await page.keyboard.press('a');
    await says(page, '94 suggestions,');
    await state(page, /^Accepted 3/).check();
    await page.waitForFunction(() => document.querySelectorAll('[id^=review-]').length === 3);
    await page.getByRole('grid', { name: 'Files to review' }).focus();
    await page.keyboard.press('Backspace');
    await page.waitForFunction(() => document.querySelectorAll('[id^=review-]').length === 2);
    await state(page, /^Suggested 95/).waitFor();
  });

  test('a higher threshold leaves fewer and surer ones; all of them are accepted after their errors were shown', async () => {
    const page = await enter();
    await firstTag(page);
    const slider = page.getByRole('slider', { name: 'Confidence threshold' });
    await slider.fill('90');
    const forecast = () => page.locator('.bar p').first().textContent();
    await page.waitForFunction(() =>
      /^[1-4]\d suggestions, about \d wrong$/.test(document.querySelector('.bar p')!.textContent),
    );
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('90 %, right 9 in 10 or better');
    const [many, wrong] = ((await forecast()) ?? '').match(/\d+/g)!;
    await slider.blur();
    await page.keyboard.press('Shift+A');
    await page.getByRole('heading', { name: `Accept all ${many} suggestions of “wooden door”?` }).waitFor();
    await page.getByRole('dialog').getByText(`about ${wrong} wrong`).waitFor();
    expect(await asked(page, 'tag.acceptAll')).toEqual([]);
    await page.keyboard.press('Enter');
    await says(page, `${many} suggestions accepted.`);
    const [scope] = (await asked(page, 'tag.acceptAll')) as { minProbability: number; tagId: number }[];
    expect(scope).toEqual({ minProbability: 0.9, tagId: 1 });
    await says(page, `Accepted ${many}`);
    await page.keyboard.press('Control+z');
    await says(page, 'Undone: accept all “wooden door”.');
    await says(page, 'Accepted 0');
  });

  test('an emptied tag keeps its place, and Alt+↓ continues from there; the badge does not follow the slider', async () => {
    const page = await enter();
    await firstTag(page);
    const names = page.getByRole('grid', { name: 'Tags' }).locator('.row .name');
    const badge = page.getByRole('navigation').locator('.count');
    const before = await names.allTextContents();
    expect(before.slice(0, 3)).toEqual(['All tags', 'wooden door', 'door slam']);
    await page.keyboard.press('Alt+ArrowDown');
    await page.getByRole('heading', { level: 2, name: /^door slam/ }).waitFor();
    await rows(page).first().waitFor();
    await page.keyboard.press('Shift+A');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Enter');
    await state(page, /^Accepted 42$/).waitFor();
    await page.locator('#tag-2 .suggested').getByText('·').waitFor();
    expect(await names.allTextContents()).toEqual(before);
    await page.keyboard.press('Alt+ArrowDown');
    await page.getByRole('heading', { level: 2, name: new RegExp(`^${before[3]!}`) }).waitFor();
    const shown = await badge.textContent();
    await page.getByRole('slider', { name: 'Confidence threshold' }).fill('95');
    await expect.poll(() => page.locator('#tag-0 .suggested').textContent()).not.toBe(shown);
    expect(await badge.textContent()).toBe(shown);
  });

  test('by file: arrows walk the tags of a sound, and the last decision moves on to the next file', async () => {
    const page = await enter();
    await firstTag(page);
    await tab(page, 'By file').click();
    await page.waitForFunction(() => document.querySelectorAll('[id^=review-] .chip').length > 5);
    await page.getByRole('searchbox', { name: 'Filter by file name' }).fill('slam heavy oak_03');
    await page.waitForFunction(() => {
      const names = [...document.querySelectorAll('[id^=review-] .name')].map(({ textContent }) => textContent);
      return names.length > 3 && names.every((name) => name.includes('slam heavy oak_03'));
    });
    await page.getByRole('grid', { name: 'Files to review' }).focus();
    const here = () => page.locator('.chip.here').textContent();
    const [first, sound] = [await here(), await currentName(page)];
    await page.keyboard.press('ArrowRight');
    await expect.poll(here).not.toBe(first);
    const second = await here();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(here).toBe(first);
    await page.keyboard.press('a');
    await expect.poll(here).toBe(second);
    await page.keyboard.press('r');
    await page.waitForFunction((before) => document.querySelector('.current .name')?.textContent !== before, sound);
    expect((await asked(page, 'tag.decide')).length).toBe(2);
  });

  test('tags are found by name in the left list, and walked there', async () => {
    const page = await enter();
    await firstTag(page);
    await page.getByRole('searchbox', { name: 'Find a tag' }).fill('wood');
    const list = page.getByRole('grid', { name: 'Tags' });
    await page.waitForFunction(() => document.querySelectorAll('[id^=tag-]').length === 3); // with the line of all
    await list.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('heading', { level: 2, name: /^wood impact/ }).waitFor();
    await page.keyboard.press('Home');
    await page.getByRole('heading', { level: 2, name: 'All tags' }).waitFor();
    await list.blur();
    await page.getByRole('searchbox', { name: 'Find a tag' }).fill('');
    await page.getByRole('searchbox', { name: 'Find a tag' }).blur();
    await page.keyboard.press('Alt+ArrowDown');
    await page.getByRole('heading', { level: 2, name: /^wooden door/ }).waitFor();
  });

  test('suggesting shows its progress; a copy of a vocabulary is changed, saved, removed and restored', async () => {
    const page = await enter();
    await tab(page, 'Vocabularies').click();
    await page.getByRole('switch', { name: 'Use Voices' }).check({ force: true });
    await tab(page, 'By tag').click();
    await says(page, '400 files not scored yet with the current vocabularies.');
    await tab(page, 'Vocabularies').click();
    await page.evaluate(() => (window.fake.heldBack = 'job.wait')); // as long as it takes to be seen
    await page.getByRole('button', { name: 'Suggest tags' }).click();
    await page
      .getByRole('progressbar', { name: /^Tagging: 133 of 400/ })
      .first()
      .waitFor();
    await page.evaluate(() => (window.fake.heldBack = null));
    await says(page, /suggestions for 400 files; no tag fits 20 files\./);
    expect(await asked(page, 'tag.score')).toEqual([{ vocabularyIds: ['sfx', 'voice'], folders: [], again: false }]);
    await page.getByRole('button', { name: 'Edit a copy of Sound effects' }).click();
    await page.getByRole('button', { name: 'Tag', exact: true }).click();
    const one = page.getByRole('region', { name: 'Selected tag' });
    await one.getByLabel('Name', { exact: true }).fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await says(page, /has no name/);
    await one.getByLabel('Name', { exact: true }).fill('Garden gate!');
    await one.getByLabel(/^Prompts/).fill('a garden gate\na squeaking gate');
    await one.getByLabel(/^Keywords/).fill('gate, hinge');
    await page.getByRole('button', { name: 'Save' }).click();
    await says(page, '“Sound effects (copy)” saved with 17 tags.');
    const saved = (await asked(page, 'vocabulary.save')).at(-1) as { id: string; labels: object[] };
    expect(saved.id).toBe('my-sfx');
    expect(saved.labels[0]).toMatchObject({
      ...{ id: 'garden-gate', name: 'Garden gate!', prompts: ['a garden gate', 'a squeaking gate'] },
      keywords: ['gate', 'hinge'],
    });
    await page.getByRole('button', { name: 'Remove Sound effects (copy)' }).click();
    await says(page, 'removed. Decisions made with it are kept.');
    await page.keyboard.press('Control+z');
    await page.getByRole('listitem', { name: 'Sound effects (copy)' }).waitFor();
  });

  test('the panel: A and R for the most probable tag, T by name, a new tag from three files', async () => {
    const page = await enter({ hash: '#/search' });
    await page.waitForSelector('[role=row]');
    await page.keyboard.press('Enter');
    const suggested = page.getByRole('list', { name: 'Suggested tags' });
    await suggested.getByText('door slam').waitFor();
    await suggested.getByRole('button', { name: /^.*door slam$/, expanded: false }).click();
    await says(page, /sounds more like it than/);
    await page.getByRole('grid').focus();
    await page.keyboard.press('a');
    await page.getByRole('button', { name: /^Remove the tag .*$/ }).waitFor();
    await page.keyboard.press('r');
    await suggested.waitFor({ state: 'detached' });
    const [yes, no] = (await asked(page, 'tag.decide')) as { decisions: { accepted: boolean }[] }[];
    expect([yes?.decisions[0]?.accepted, no?.decisions[0]?.accepted]).toEqual([true, false]);
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('t');
    await page.getByRole('combobox', { name: 'Tag 2 files' }).fill('laughter');
    await page.keyboard.press('Enter');
    await says(page, '2 files tagged “laughter”.');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Commands' }).fill('new tag from');
    await page.keyboard.press('Enter');
    await page.getByLabel(/^What do these 3 files/).fill('my doors');
    await page.keyboard.press('Enter');
    await says(page, '“my doors” learned from 3 files');
    expect(await asked(page, 'tag.make')).toEqual([{ name: 'my doors', fileIds: [1, 2, 3] }]);
  });

  test('learned tags are switched on and off, exported and imported', async () => {
    const page = await enter();
    await tab(page, 'Learned').click();
    const impact = page.getByRole('switch', { name: 'Use the learned tag wood impact' });
    await impact.click({ force: true });
    await page.waitForFunction(() => window.fake.asked.some(({ name }) => name === 'tag.useTaught'));
    expect(await asked(page, 'tag.useTaught')).toEqual([{ tagId: 9, inUse: true }]);
    await page.getByRole('button', { name: 'Export' }).first().click();
    await page.getByLabel('Export to').fill('/home/me/taught.json');
    await page.keyboard.press('Enter');
    await says(page, '2 tags and 0 decisions exported to /home/me/taught.json.');
  });

  test('a hundred thousand suggestions: first rows, the last one, and a decision in the middle leaves the order', async () => {
    const page = await enter({ size: 120_000 });
    await page.getByRole('heading', { level: 2, name: /^wooden door/ }).waitFor();
    await page.getByRole('grid', { name: 'Tags' }).focus();
    await page.keyboard.press('Home');
    await page.getByRole('heading', { level: 2, name: 'All tags' }).waitFor();
    const grid = page.getByRole('grid', { name: 'Files to review' });
    const length = async () => Number(await grid.getAttribute('aria-rowcount'));
    await expect.poll(length).toBeGreaterThan(100_000);
    const many = await length();
    const named = (row: number) => page.waitForFunction((id) => ![undefined, '…'].includes(document.querySelector(`#review-${id} .name`)?.textContent), row); // prettier-ignore
    await named(0);
    await grid.focus();
    await page.keyboard.press('End');
    await named(many - 1);
    expect(await rows(page).count()).toBeLessThan(60);

    const middle = Math.floor(many / 2);
    await grid.evaluate((list, share) => (list.scrollTop = share * list.scrollHeight), middle / many);
    await page.waitForFunction((id) => document.querySelector(`#review-${id}`) !== null && [...document.querySelectorAll('[id^=review-] .name')].every((name) => name.textContent !== '…'), middle); // prettier-ignore
    const shown = () => page.locator('[id^=review-]').evaluateAll((all) => all.map((row) => `${row.id} ${row.querySelector('.name')!.textContent}`)); // prettier-ignore
    await page.locator(`#review-${middle}`).click();
    const before = new Map((await shown()).map((line) => [Number(/\d+/.exec(line)![0]), line.split(' ').slice(1).join(' ')])); // prettier-ignore
    await page.keyboard.press('a');
    await expect.poll(length).toBe(many - 1);
    await page.getByRole('radio', { name: /^Accepted 1$/ }).waitFor(); // the engine has said so, and the list is its own again
    await page.waitForFunction((id) => document.querySelector(`[id^=review-].current`)?.id === id, `review-${middle}`);
    for (const [row, name] of before) {
      if (row < middle - 5 || row > middle + 5 || row === middle) continue;
      const now = row > middle ? row - 1 : row;
      await expect.poll(() => page.locator(`#review-${now} .name`).textContent()).toBe(name);
    }
  });

  test('a failed call shows its message and offers to try again', async () => {
    const page = await enter();
    await firstTag(page);
    await page.evaluate(() => {
      const sentence = 'Another Earmark is writing to the catalogue. Close it, then try again.';
      window.fake.broken = Object.assign(new Error(sentence), {
        code: 'catalogue-busy',
        userMessage: sentence,
      }) as never;
      Object.setPrototypeOf(window.fake.broken, window.UserErrorPrototype);
    });
    await state(page, /^Rejected/).check();
    await page.getByRole('alert').getByText('Close it, then try again.').waitFor();
    await page.evaluate(() => (window.fake.broken = null));
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
    await says(page, 'No rejected tags.');
  });
});
