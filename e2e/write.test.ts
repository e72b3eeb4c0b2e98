/** Writing tags into files, by keys, over an engine that is not there (test/renderer/fake-write.ts). */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { violations } from './accessible.ts';
import { whatIsMissing } from './page.ts';
import { asked, button, says, useStage, type StageOptions } from './stage.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('the Write screen', () => {
  const open = useStage();
  /** With tags that have been accepted, unless told otherwise. */
  async function enter(options: StageOptions & { accepted?: boolean } = {}): Promise<Page> {
    const { accepted = true, ...rest } = options;
    const page = await open({ hash: '#/write', ...rest });
    if (accepted) await page.evaluate(() => window.fake.call('tag.acceptAll', { minProbability: 0.6 }));
    return page;
  }
  const tab = (page: Page, name: string) =>
    page.getByRole('radiogroup', { name: 'What of writing' }).getByText(name, { exact: true });
  /** When it has come. */
  const currentName = async (page: Page) => {
    await page.waitForFunction(() => ![undefined, '…'].includes(document.querySelector('[id^=plan-].current .name')?.textContent)); // prettier-ignore
    return page.locator('[id^=plan-].current .name').textContent();
  };
  async function plan(page: Page): Promise<void> {
    await button(page, 'Show what would change').click();
    await currentName(page);
  }

  /** As on a busy machine: a browser tells of a dialog's end in a task of its own, here only after the next Enter. */
  const tellLateOfClosedDialogs = (page: Page) =>
    page.evaluate(() => {
      let closed: EventTarget | null = null;
      const withhold = (event: Event) => {
        if (!event.isTrusted) return;
        event.stopImmediatePropagation();
        closed = event.target;
      };
      const tell = ({ key }: KeyboardEvent) => {
        if (key !== 'Enter') return;
        closed?.dispatchEvent(new Event('close'));
        closed = null;
      };
      document.addEventListener('close', withhold, true);
      document.addEventListener('keyup', tell, true);
    });

  test.each(['dark', 'light'] as const)('nothing that axe finds wrong, %s', async (appearance) => {
    const page = await enter({ appearance });
    await says(page, /accepted tags$/);
    expect(await violations(page)).toEqual([]);
    await button(page, 'Copy DJ (comment block) and edit the copy').click();
    await button(page, 'Save').waitFor();
    expect(await violations(page)).toEqual([]);
    await button(page, 'Cancel').click();
    await plan(page);
    await page.keyboard.press('x');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await says(page, /files have their tags/);
    expect(await violations(page)).toEqual([]);
    await tab(page, 'History and undo').click();
    await button(page, 'Put this file back').waitFor();
    expect(await violations(page)).toEqual([]);
    await tab(page, 'Lists and sidecars').click();
    await button(page, 'Write the list…').click();
    expect(await violations(page)).toEqual([]);
    await tab(page, 'File names').click();
    await button(page, 'Propose names').click();
    await page.locator('#name-0').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test('without an accepted tag there is nothing to write, and the way to some is shown', async () => {
    const page = await enter({ accepted: false });
    await says(page, 'none accepted yet');
    await expect.poll(() => button(page, 'Show what would change').isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'the review' }).click();
    await page.getByRole('heading', { name: 'Tags', level: 1 }).waitFor();
  });

  test('plan, leave one out by key, write after a clear question, undo by one key', async () => {
    const page = await enter();
    await tellLateOfClosedDialogs(page);
    await plan(page);
    await says(page, /files change in \d+ fields · \d+ cannot be written · \d+ are as they should be/);
    const first = await currentName(page);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => currentName(page)).not.toBe(first);
    const out = await currentName(page);
    await page.keyboard.press('x');
    await says(page, '1 file left out');
    await expect.poll(() => currentName(page)).not.toBe(out);
    await page.keyboard.press('Control+Enter');
    const title = (await page.getByRole('dialog').getByRole('heading').textContent()) ?? '';
    expect(title).toMatch(/^Write tags into \d+ files\?$/);
    await says(page, 'The sound itself stays byte for byte as it is.');
    expect(await asked(page, 'write.start')).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await asked(page, 'write.start')).toEqual([]);
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^\d+ files have their tags\.$/ }).waitFor();
    const [start] = (await asked(page, 'write.start')) as { leaveOut: number[] }[];
    expect(start!.leaveOut.length).toBe(1);
    await page.keyboard.press('Control+z');
    await says(page, /Undone: write tags into \d+ files\./);
    await says(page, /put back · .*could not be put back/);
    expect(((await asked(page, 'write.undo')) as { fileIds: number[] }[])[0]!.fileIds).toEqual([]);
  });

  test('refused files say why; those that are as they should be are listed', async () => {
    const page = await enter();
    await plan(page);
    await page.getByRole('radio', { name: /^Cannot be written/ }).check();
    await says(page, /Its drive or folder is missing|The file may only be read/);
    await page.getByRole('radio', { name: /^As they should be/ }).check();
    await says(page, 'It has everything that would be written.');
  });

  test('a run is looked at later; one file is put back, then all of them, and what could not be says why', async () => {
    const page = await enter();
    await plan(page);
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('Enter');
    await says(page, /files have their tags/);
    await tab(page, 'History and undo').click();
    await button(page, 'Put this file back').click();
    await says(page, '1 put back');
    await page.locator('#run-0').getByText('put back').waitFor();
    await button(page, 'Undo this run…').click();
    await says(page, 'Files that another program changed since are left alone.');
    await page.keyboard.press('Enter');
    await says(page, /could not be put back/);
    await page.getByRole('combobox').selectOption('not-restored');
    await says(page, 'Another program has changed it since, so it was left alone.');
    await expect.poll(() => button(page, 'Undo this run…').isDisabled()).toBe(true);
  });

  test('a profile is copied, changed and used', async () => {
    const page = await enter();
    await button(page, 'Copy Music (genre and mood) and edit the copy').click();
    await page.getByLabel('Name', { exact: true }).fill('Genre only');
    await button(page, 'Remove the line Mood').click();
    await page.getByLabel('What becomes of what is there, Genre').selectOption('replace');
    await page.getByLabel(/keep the time/).check();
    await button(page, 'Save').click();
    await page.getByRole('radio', { name: 'Genre only', checked: true }).waitFor();
    expect(await asked(page, 'write.saveProfile')).toEqual([
      {
        ...{ id: 'my-music', name: 'Genre only', shipped: false, keepTime: true },
        rules: [{ field: 'genre', mode: 'replace', vocabularyIds: ['music-genre'] }],
      },
    ]);
    await plan(page);
    expect(await asked(page, 'write.plan')).toEqual([{ profileId: 'my-music', fileIds: [], folders: [] }]);
  });

  test('the selection of the search, or folders, and nothing else', async () => {
    const page = await enter({ hash: '#/search' });
    await page.waitForSelector('[role=row]');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByRole('link', { name: 'Write', exact: true }).click();
    await page.getByRole('radio', { name: /^Sounds selected in the search/ }).check();
    await plan(page);
    await button(page, 'Start over').click();
    await page.getByRole('radio', { name: /^Files below some folders/ }).check();
    await expect.poll(() => button(page, 'Show what would change').isDisabled()).toBe(true);
    await button(page, 'Add a folder').click();
    await says(page, '/Volumes/SFX');
    await plan(page);
    expect(await asked(page, 'write.plan')).toEqual([
      { profileId: 'sfx', fileIds: [1, 2], folders: [] },
      { profileId: 'sfx', fileIds: [], folders: ['/Volumes/SFX'] },
    ]);
  });

  test('lists are written where they are wanted, never over something by accident; sidecars say what was left out', async () => {
    const page = await enter();
    await tab(page, 'Lists and sidecars').click();
    await button(page, 'Write the list…').click();
    const path = page.getByLabel('Where should the list be written?');
    await path.fill('/home/me/there-already.csv');
    await page.keyboard.press('Enter');
    await says(page, /is there already/);
    await page.getByLabel('Replace a file that is there already').check();
    await button(page, /^Write the list$/).click();
    await says(page, /sounds listed in there-already\.csv\./);
    await button(page, 'Write sidecars').click();
    await says(page, '1 file left out:');
    await says(page, 'It has no accepted tags.');
  });

  test('names are proposed, one is left out, the rest is given and taken back', async () => {
    const page = await enter();
    await tab(page, 'File names').click();
    await page.getByLabel('Creator').fill('NHR');
    await button(page, 'Propose names').click();
    await page.getByRole('grid', { name: 'Names' }).focus();
    await page
      .locator('#name-0')
      .getByText(/^DOORWood_/)
      .waitFor();
    const before = Number(/\d+/.exec((await button(page, /^Rename \d+ files…$/).textContent())!)![0]);
    await page.keyboard.press('x');
    await button(page, `Rename ${before - 1} files…`).click();
    await says(page, 'Only names change, within the same folders; the library follows. You can undo this.');
    await page.keyboard.press('Enter');
    await says(page, /^Names: \d+ renamed\.$/);
    expect(((await asked(page, 'rename.start')) as { creatorId: string }[])[0]!.creatorId).toBe('NHR');
    await page.keyboard.press('Control+z');
    await says(page, /Undone: rename \d+ files\./);
  });
});
