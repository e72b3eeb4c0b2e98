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
    page.getByRole('radiogroup', { name: 'Write views' }).getByText(name, { exact: true });
  /** When it has come. */
  const currentName = async (page: Page) => {
    await page.waitForFunction(() => ![undefined, '…'].includes(document.querySelector('[id^=plan-].current .name')?.textContent)); // prettier-ignore
    return page.locator('[id^=plan-].current .name').textContent();
  };
  async function plan(page: Page): Promise<void> {
    await button(page, 'Preview changes').click();
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
    await button(page, 'Edit a copy of DJ (comment block)').click();
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
    await says(page, /Tags written to \d+ files?\./);
    expect(await violations(page)).toEqual([]);
    await tab(page, 'History and undo').click();
    await button(page, 'Restore this file').waitFor();
    expect(await violations(page)).toEqual([]);
    await tab(page, 'Lists and sidecars').click();
    await button(page, 'Export list…').click();
    expect(await violations(page)).toEqual([]);
    await tab(page, 'File names').click();
    await button(page, 'Propose names').click();
    await page.locator('#name-0').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test('a plan of an agent is looked at and confirmed; another one is rejected', async () => {
    const page = await enter();
    const ask = (from: string) =>
      page.evaluate(async (from) => {
        const [first, second] = await window.fake.call('tag.files', { scope: {}, state: 'accepted', order: 'name' });
        const fileIds = [first!.fileId, second!.fileId];
        const job = await window.fake.call('write.plan', { profileId: 'sfx', fileIds, folders: [] });
        const { summary } = await window.fake.call('job.wait', job);
        const { planId } = summary as { planId: number };
        await window.fake.call('writeRequest.make', { planId, from, tempoAndKey: false });
      }, from);
    await ask('cataloguer');
    await says(page, /The agent “cataloguer” asks to write \d+ fields? in \d files?/);
    await button(page, 'Review changes…').click();
    await page.getByRole('list', { name: 'Files of the request' }).getByRole('button').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await button(page, 'Confirm').click();
    await says(page, /The agent “cataloguer” may now write/);
    expect(await button(page, 'Confirm').count()).toBe(0);
    await button(page, 'Reject').click();
    await page.getByText('cataloguer').waitFor({ state: 'detached' });
    await ask('');
    await says(page, /^An agent asks to write/);
    await button(page, 'Reject').click();
    await page.getByText('An agent').waitFor({ state: 'detached' });
    expect((await asked(page, 'writeRequest.confirm')).length).toBe(1);
  });

  test('without an accepted tag there is nothing to write, and the way to some is shown', async () => {
    const page = await enter({ accepted: false });
    await says(page, 'none accepted yet');
    await expect.poll(() => button(page, 'Preview changes').isDisabled()).toBe(true);
    await page.getByRole('link', { name: /suggestions to review$/ }).click();
    await page.getByRole('heading', { name: 'Tags', level: 1 }).waitFor();
  });

  test('plan, leave one out by key, write after a clear question, undo by one key', async () => {
    const page = await enter();
    await tellLateOfClosedDialogs(page);
    await plan(page);
    await says(page, /files change in \d+ fields · \d+ cannot be written · \d+ up to date/);
    const first = await currentName(page);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => currentName(page)).not.toBe(first);
    const out = await currentName(page);
    await page.keyboard.press('x');
    await says(page, '1 file excluded');
    await expect.poll(() => currentName(page)).not.toBe(out);
    await page.keyboard.press('Control+Enter');
    const title = (await page.getByRole('dialog').getByRole('heading').textContent()) ?? '';
    expect(title).toMatch(/^Write tags into \d+ files\?$/);
    await says(page, 'The audio data stays identical, byte for byte.');
    expect(await asked(page, 'write.start')).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await asked(page, 'write.start')).toEqual([]);
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Tags written to \d+ files?\.$/ }).waitFor();
    const [start] = (await asked(page, 'write.start')) as { leaveOut: number[] }[];
    expect(start!.leaveOut.length).toBe(1);
    await page.keyboard.press('Control+z');
    await says(page, /Undone: write tags into \d+ files\./);
    await says(page, /restored · .*not restored/);
    expect(((await asked(page, 'write.undo')) as { fileIds: number[] }[])[0]!.fileIds).toEqual([]);
  });

  test('a preview is outdated as soon as others write or decide, and is made again for the same files', async () => {
    const page = await enter();
    await plan(page);
    const request = await asked(page, 'write.plan');
    await page.evaluate(() => window.fake.push('tag.changed', { tagIds: [1], decided: false }));
    expect(await button(page, /^Write \d+ files…$/).isEnabled()).toBe(true);
    await page.evaluate(() => window.fake.push('write.changed', { runId: 1 }));
    await says(page, 'Tags or files have changed since this preview. Preview the changes again before writing.');
    await page.keyboard.press('Control+Enter');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await button(page, 'Preview again').click();
    await button(page, /^Write \d+ files…$/).waitFor();
    expect(await asked(page, 'write.plan')).toEqual([...request, ...request]);
    await page.keyboard.press('Control+Enter');
    await page.evaluate(() =>
      window.fake.call('tag.decide', { decisions: [{ fileId: 2, tagId: 1, accepted: false }] }),
    );
    await page.keyboard.press('Enter');
    await button(page, 'Preview again').waitFor();
    expect(await asked(page, 'write.start')).toEqual([]);
  });

  test('refused files show a reason; up-to-date files are listed', async () => {
    const page = await enter();
    await plan(page);
    await page.getByRole('radio', { name: /^Cannot be written/ }).check();
    await says(page, /Its drive or folder is missing|The file is read-only/);
    await page.getByRole('radio', { name: /^Up to date/ }).check();
    await says(page, 'Up to date. Nothing to write.');
  });

  test('a run is looked at later; one file is put back, then all of them, and what could not be says why', async () => {
    const page = await enter();
    await plan(page);
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('Enter');
    await says(page, /Tags written to \d+ files?\./);
    await tab(page, 'History and undo').click();
    await button(page, 'Restore this file').click();
    await says(page, '1 restored');
    await page.locator('#run-0').getByText('restored').waitFor();
    await button(page, 'Undo this run…').click();
    await says(page, 'Files changed by another program since are skipped.');
    await page.keyboard.press('Enter');
    await says(page, /not restored/);
    await page.getByRole('combobox').selectOption('not-restored');
    await says(page, 'The file has been changed by another program since and was skipped.');
    await expect.poll(() => button(page, 'Undo this run…').isDisabled()).toBe(true);
  });

  test('a profile is copied, changed and used', async () => {
    const page = await enter();
    await button(page, 'Edit a copy of Music (genre and mood)').click();
    await page.getByLabel('Name', { exact: true }).fill('Genre only');
    await button(page, 'Remove the field Mood').click();
    await page.getByLabel('Existing values, Genre').selectOption('replace');
    await page.getByLabel(/Preserve the modification time/).check();
    await button(page, 'Save').click();
    await page.getByRole('radio', { name: 'Genre only', checked: true }).waitFor();
    expect(await asked(page, 'write.saveProfile')).toEqual([
      {
        ...{ id: 'my-music', name: 'Genre only', shipped: false, keepTime: true },
        rules: [{ field: 'genre', mode: 'replace', vocabularyIds: ['music-genre'] }],
      },
    ]);
    await page.getByRole('checkbox', { name: 'Tempo and key' }).check();
    await says(page, 'Every file with accepted tags, a tempo or a key');
    expect(await violations(page)).toEqual([]);
    await plan(page);
    expect(await asked(page, 'write.plan')).toEqual([
      { profileId: 'my-music', fileIds: [], folders: [], tempoAndKey: true },
    ]);
  });

  test('the selection of the search, or folders, and nothing else', async () => {
    const page = await enter({ hash: '#/search' });
    await page.waitForSelector('[role=row]');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByRole('link', { name: 'Write', exact: true }).click();
    await page.getByRole('radio', { name: /^Files selected in Search/ }).check();
    await plan(page);
    await button(page, 'Start over').click();
    await page.getByRole('radio', { name: /^Files in selected folders/ }).check();
    await expect.poll(() => button(page, 'Preview changes').isDisabled()).toBe(true);
    await button(page, 'Add folder').click();
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
    await button(page, 'Export list…').click();
    const path = page.getByLabel('Export the list to');
    await path.fill('/home/me/there-already.csv');
    await page.keyboard.press('Enter');
    await says(page, /already exists/);
    await page.getByLabel('Replace an existing file').check();
    await button(page, /^Export$/).click();
    await says(page, /files exported to there-already\.csv\./);
    await button(page, 'Write sidecars').click();
    await says(page, '1 file skipped:');
    await says(page, 'It has no accepted tags.');
  });

  test('on the desktop the system’s dialog selects the path; errors are reported, and it can be selected again', async () => {
    const page = await enter();
    await page.evaluate(() => {
      const answers = [null, 'there-already.csv', 'sounds.csv'];
      window.earmark!.host.chooseOutput = async () => {
        const name = answers.shift() ?? null;
        if (name === null) return null;
        const path = `/home/me/${name}`;
        return { path, output: await window.fake.call('output.grant', { path, replace: false }) };
      };
    });
    await tab(page, 'Lists and sidecars').click();
    await button(page, 'Export list…').click(); // and the dialog is closed
    await button(page, 'Export list…').click();
    await says(page, /already exists/);
    await button(page, 'Try again').click();
    await says(page, /files exported to sounds\.csv\./);
    await button(page, 'Export list…').waitFor();
    expect(await asked(page, 'export.files')).toHaveLength(2);
  });

  test('names that were proposed for other parts, or before others renamed, are not given', async () => {
    const page = await enter();
    await tab(page, 'File names').click();
    await button(page, 'Propose names').click();
    await page.locator('#name-0').waitFor();
    await page.evaluate(() => window.fake.push('catalogue.changed', { fileIds: [1] }));
    await says(page, 'Tags or files have changed since. Propose names again before renaming.');
    expect(await button(page, /^Rename/).isEnabled()).toBe(false);
    await button(page, 'Propose names').click();
    await expect.poll(() => button(page, /^Rename/).isEnabled()).toBe(true);
    await page.evaluate(() => {
      const broken = Object.assign(new Error(), { code: 'bad-input', userMessage: '“a/b” cannot stand in a name.' });
      window.fake.broken = Object.setPrototypeOf(broken, window.UserErrorPrototype) as never;
    });
    await page.getByLabel('Creator').fill('a/b');
    await button(page, 'Propose names').click();
    await says(page, '“a/b” cannot stand in a name.');
    expect(await page.locator('#name-0').count()).toBe(0);
    expect(await button(page, /^Rename/).isEnabled()).toBe(false);
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
    await says(page, 'Only the file names change; files stay in their folders and in the library. You can undo this.');
    await page.keyboard.press('Enter');
    await says(page, /^Names: \d+ renamed\.$/);
    expect(((await asked(page, 'rename.start')) as { creatorId: string }[])[0]!.creatorId).toBe('NHR');
    await page.keyboard.press('Control+z');
    await says(page, /Undone: rename \d+ files\./);
  });
});
