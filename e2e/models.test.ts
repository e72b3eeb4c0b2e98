/** Fetching models and moving to them, by keys, over a network that is not there (test/renderer/fake-models.ts). */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { violations } from './accessible.ts';
import { whatIsMissing } from './page.ts';
import { asked, button, says, useStage, type StageOptions } from './stage.ts';

const missing = whatIsMissing();
const MB = 1_000_000;
const OFFLINE = 'models.example.org was not found. Connect this machine to a network, then try again.';

describe.skipIf(missing !== null)('the Models screen', () => {
  const open = useStage();
  const enter = (options: StageOptions = {}) => open({ hash: '#/models', ...options });
  const card = (page: Page, name: string) =>
    page.getByRole('list', { name: 'Models on this machine' }).getByRole('listitem', { name });
  const known = (page: Page, name: string) =>
    page.getByRole('region', { name: 'Models that can be fetched' }).getByRole('listitem', { name });
  const msclap = (page: Page) => known(page, 'MS CLAP 2023');
  const noSheet = (page: Page) => page.getByRole('dialog').waitFor({ state: 'detached' });
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent.replace(/\s+/g, ' ').trim());
  const command = async (page: Page, name: string) => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Commands' }).fill(name);
    await page.getByRole('option', { name: new RegExp(`^\\s*${name}`) }).waitFor();
    await page.keyboard.press('Enter');
  };
  /** The engine that is not there has got a call so many times: what goes on from then on is the test's to say. */
  const reached = (page: Page, name: string, times = 1) =>
    page.waitForFunction(
      ([wanted, least]) => window.fake.answered.filter((call) => call.name === wanted).length >= least,
      [name, times] as const,
    );
  /** By keys, from the list to the bytes. */
  async function fetchMsclap(page: Page): Promise<void> {
    await msclap(page)
      .getByRole('button', { name: /^Fetch/ })
      .focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Space');
    await button(page, 'Fetch 690 MB').and(page.locator(':enabled')).waitFor();
    await page.keyboard.press('Enter');
    await reached(page, 'model.download');
    await page.evaluate(
      (bytes) => window.fake.models.fetched({ stage: 'fetching', bytes, bytesPerSecond: 5_200_000 }),
      123 * MB,
    );
    await msclap(page).getByText('123 of 690 MB · 5.2 MB a second · about 2 min left').waitFor();
  }
  /** Both models there, the starter in use, the library on its way to the other one. */
  async function startMoving(page: Page): Promise<void> {
    await card(page, 'MS CLAP 2023').getByRole('button', { name: 'Use this one' }).press('Enter');
    await says(page, 'Listening: 0 of 400 sounds; until then Earmark Starter answers.');
  }
  const hears = (page: Page, sounds: number) => page.evaluate((number) => window.fake.models.heard(number), sounds);

  test.each(['dark', 'light'] as const)('nothing that axe finds wrong, %s', async (appearance) => {
    const page = await enter({ appearance, models: { outOfReach: 20 } });
    await says(page, /Self-check passed/);
    expect(await violations(page)).toEqual([]);
    await msclap(page)
      .getByRole('button', { name: /^Fetch/ })
      .click();
    await page.getByRole('dialog').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await noSheet(page);
    await fetchMsclap(page);
    expect(await violations(page)).toEqual([]);
    await page.evaluate((sentence) => window.fake.models.fetchEnds({ code: 'offline', sentence }), OFFLINE);
    await says(page, OFFLINE);
    expect(await violations(page)).toEqual([]);
    await button(page, 'Try again MS CLAP 2023').click();
    await reached(page, 'model.download', 2);
    await page.evaluate(() => window.fake.models.fetchEnds());
    await msclap(page).getByText('Installed').waitFor();
    expect(await violations(page)).toEqual([]);
    await startMoving(page);
    await hears(page, 100);
    await says(page, 'Listening: 100 of 400 sounds');
    await says(page, '20 are on drives that are away or in paused folders');
    expect(await violations(page)).toEqual([]);
    await button(page, 'Use it now…').click();
    await page.getByRole('dialog').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await noSheet(page);
    await hears(page, 400);
    await card(page, 'MS CLAP 2023').getByText('in use', { exact: true }).waitFor();
    await button(page, 'Forget what it heard…').click();
    await page.evaluate(() => (window.fake.models.refusal = 'Earmark is listening now.'));
    await button(page, 'Forget it').click();
    await says(page, 'Earmark is listening now.');
    expect(await violations(page)).toEqual([]);
  });

  test('nothing is fetched before its licence is accepted', async () => {
    const page = await enter();
    const fetch = msclap(page).getByRole('button', { name: /^Fetch/ });
    await msclap(page).getByText('https://models.example.org/msclap', { exact: true }).waitFor();
    await fetch.press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Fetch MS CLAP 2023?' });
    await sheet.getByText('Nothing but the model’s own files is asked for').waitFor();
    await sheet.getByText('https://models.example.org/msclap/LICENSE').waitFor();
    await sheet.getByText('Its publisher').waitFor();
    await sheet.getByText('690 MB', { exact: true }).waitFor();
    expect(await button(page, 'Fetch 690 MB').isDisabled()).toBe(true);
    await page.keyboard.press('Enter'); // on the box: there is nothing to be done yet
    await page.keyboard.press('Space');
    await button(page, 'Fetch 690 MB').and(page.locator(':enabled')).waitFor();
    await page.keyboard.press('Escape');
    await noSheet(page);
    expect(await focused(page)).toBe('Fetch… MS CLAP 2023');
    expect(await asked(page, 'model.download')).toEqual([]);
  });

  test('a model is fetched, verified and installed, and told so; its card is there to take it into use', async () => {
    const page = await enter();
    await fetchMsclap(page);
    expect(await asked(page, 'model.download')).toEqual([{ id: 'msclap-2023', acceptLicense: true }]);
    const meter = msclap(page).getByRole('progressbar');
    expect(await meter.getAttribute('aria-valuenow')).toBe('17');
    expect(await button(page, 'Fetch… LAION CLAP').isDisabled()).toBe(true); // one at a time
    await page.evaluate((bytes) => window.fake.models.fetched({ stage: 'verifying', bytes }), 690 * MB);
    await msclap(page).getByText('Verifying what was fetched…').first().waitFor();
    await page.evaluate(() => {
      window.fake.models.fetched({ stage: 'importing' });
      window.fake.models.building(0.42);
    });
    await msclap(page).getByText('Building the model: 42 %').waitFor();
    await page.evaluate(() => window.fake.models.fetchEnds());
    await says(page, 'MS CLAP 2023 is installed. Check it, then take it into use.');
    await msclap(page).getByText('Installed').waitFor();
    await card(page, 'MS CLAP 2023').getByRole('button', { name: 'Use this one' }).waitFor();
    expect(await msclap(page).getByRole('button').count()).toBe(0);
    expect(await focused(page)).toContain('MS CLAP 2023'); // the button is gone, the keys are not
  });

  test('cancelled, it goes on from where it was, or is thrown away', async () => {
    const page = await enter();
    await fetchMsclap(page);
    expect(await focused(page)).toBe('Cancel MS CLAP 2023');
    await page.keyboard.press('Enter');
    await msclap(page).getByText('123 of 690 MB are here already.').first().waitFor();
    expect(await asked(page, 'model.cancelDownload')).toEqual([null]);
    expect(await focused(page)).toBe('Go on MS CLAP 2023'); // its licence is accepted: no sheet
    await page.keyboard.press('Enter');
    await reached(page, 'model.download', 2);
    await msclap(page).getByText('Connecting… 123 of 690 MB are here already').waitFor();
    await page.keyboard.press('Enter');
    await button(page, 'Throw away what was fetched of MS CLAP 2023').press('Enter');
    await button(page, 'Fetch MS CLAP 2023').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent.includes('Fetch'));
    expect(await asked(page, 'model.discardDownload')).toEqual([{ id: 'msclap-2023' }]);
    expect(await msclap(page).getByRole('progressbar').count()).toBe(0);
  });

  test('what is left of an earlier day asks for the licence again, and only for the rest of the bytes', async () => {
    const page = await enter({ models: { msclap: 123 * MB } });
    await msclap(page).getByText('123 of 690 MB are here already.').first().waitFor();
    await button(page, 'Go on… MS CLAP 2023').press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Go on fetching MS CLAP 2023?' });
    await sheet.getByText('690 MB; 123 of 690 MB are here already').waitFor();
    await sheet.getByLabel('I have read the licence and accept it').check();
    await sheet.getByRole('button', { name: 'Fetch 567 MB' }).click();
    await noSheet(page);
    await reached(page, 'model.download');
  });

  test('a failure says its sentence and how much is kept; it can be tried again', async () => {
    const page = await enter();
    await fetchMsclap(page);
    await page.evaluate((sentence) => window.fake.models.fetchEnds({ code: 'offline', sentence }), OFFLINE);
    await msclap(page).getByRole('alert').getByText(OFFLINE).waitFor();
    await msclap(page).getByText('123 of 690 MB are here already.').first().waitFor();
    expect(await focused(page)).toBe('Try again MS CLAP 2023');
    await page.keyboard.press('Enter');
    await msclap(page).getByRole('alert').waitFor({ state: 'detached' });
    await reached(page, 'model.download', 2);
    await page.evaluate(() => window.fake.models.fetchEnds());
    await msclap(page).getByText('Installed').waitFor();
  });

  test('what another window fetches is seen here, and can be stopped here', async () => {
    const page = await enter();
    await button(page, 'Fetch… MS CLAP 2023').waitFor();
    await page.evaluate(
      ([bytes, total]) => window.fake.push('model.download', { id: 'msclap-2023', stage: 'fetching', bytes, total, bytesPerSecond: null }), // prettier-ignore
      [200 * MB, 690 * MB] as const,
    );
    await msclap(page).getByText('200 of 690 MB').waitFor();
    await button(page, 'Cancel MS CLAP 2023').click();
    await reached(page, 'model.cancelDownload');
  });

  test('the library moves: the old model answers until the new one has heard everything', async () => {
    const page = await enter({ models: { msclap: 'installed' } });
    await startMoving(page);
    expect(await asked(page, 'setting.set')).toEqual([{ nextModel: 'msclap-2023' }]);
    await card(page, 'MS CLAP 2023').getByText('next', { exact: true }).waitFor();
    await says(page, 'Earmark Starter answers; the library moves to MS CLAP 2023.');
    expect(await focused(page)).toBe('MS CLAP 2023'); // the button that was pressed is gone
    await hears(page, 100);
    await says(page, 'Listening: 100 of 400 sounds; until then Earmark Starter answers.');
    expect(await page.getByRole('progressbar', { name: 'Heard by MS CLAP 2023' }).getAttribute('aria-valuenow')).toBe(
      '25',
    );
    await page.getByRole('progressbar', { name: 'Listening to 300 sounds with MS CLAP 2023 · 38 min left' }).waitFor();
    // Neither can be removed now, nor taken into use again.
    expect(await button(page, /^(Remove|Forget)/).count()).toBe(0);
    expect(await button(page, 'Use this one').count()).toBe(0);
    await page.getByRole('link', { name: 'Library', exact: true }).click();
    await page.getByRole('heading', { name: 'Listening to 300 sounds with MS CLAP 2023 · 38 min left' }).waitFor();
    await says(page, 'Until MS CLAP 2023 has heard everything, Earmark Starter answers.');
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await says(page, /Listening to 300 sounds with MS CLAP 2023 .* until then Earmark Starter answers/);
    await hears(page, 400);
    await says(page, '“MS CLAP 2023” has listened to everything and is in use now.');
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await card(page, 'MS CLAP 2023').getByText('in use', { exact: true }).waitFor();
    await card(page, 'Earmark Starter').getByText('Heard 400 sounds (1.7 MB of the catalogue).').waitFor();
    expect(await page.getByRole('group', { name: /^Moving to/ }).count()).toBe(0);
  });

  test('a model that has heard everything already answers at once', async () => {
    const page = await enter({ models: { msclap: 'installed', heard: 400 } });
    await card(page, 'MS CLAP 2023').getByRole('button', { name: 'Use this one' }).press('Enter');
    await says(page, 'MS CLAP 2023 answers from now on. What Earmark Starter heard stays until you remove it.');
    await card(page, 'MS CLAP 2023').getByText('in use', { exact: true }).waitFor();
    expect(await focused(page)).toBe('MS CLAP 2023');
  });

  test('the next model is used before it has heard everything, after a clear question', async () => {
    const page = await enter({ models: { msclap: 'installed' } });
    await startMoving(page);
    await hears(page, 100);
    await says(page, 'Listening: 100 of 400 sounds');
    await button(page, 'Use it now…').press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Use MS CLAP 2023 now?' });
    await sheet.getByText('MS CLAP 2023 has heard 100 of 400 sounds.').waitFor();
    await sheet.getByText('by sound only those are found').waitFor();
    await page.keyboard.press('Escape');
    await noSheet(page);
    expect(await focused(page)).toBe('Use it now…');
    expect(await asked(page, 'setting.set')).toHaveLength(1);
    await page.keyboard.press('Enter');
    await sheet.waitFor();
    await page.keyboard.press('Enter');
    await says(page, 'MS CLAP 2023 answers from now on. What Earmark Starter heard stays until you remove it.');
    expect((await asked(page, 'setting.set')).at(-1)).toEqual({ model: 'msclap-2023' });
    await says(page, 'It has heard 100 of the 400 sounds in the library.');
    await page.waitForFunction(() => document.activeElement?.textContent === 'MS CLAP 2023');
  });

  test('a move is paused, stopped, gone on with and given up', async () => {
    const page = await enter({ models: { msclap: 'installed' } });
    await startMoving(page);
    await hears(page, 100);
    await page.evaluate(() => window.fake.call('job.pause', 900));
    await says(page, 'Paused: 100 of 400 sounds heard; until all of them are, Earmark Starter answers.');
    await button(page, 'Resume').press('Enter');
    await says(page, 'Listening: 100 of 400 sounds');
    await page.evaluate(() => window.fake.call('job.cancel', 900));
    await says(page, 'Stopped: 100 of 400 sounds heard, and nothing listens now.');
    await button(page, 'Go on listening').press('Enter');
    await says(page, 'Listening: 100 of 400 sounds');
    expect(await asked(page, 'model.continueMove')).toEqual([null]);
    await button(page, 'Stop moving').press('Enter');
    await says(page, 'Earmark Starter goes on answering. What MS CLAP 2023 heard stays.');
    expect((await asked(page, 'setting.set')).at(-1)).toEqual({ nextModel: null });
    await card(page, 'MS CLAP 2023').getByText('Heard 100 sounds (420 kB of the catalogue).').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === 'MS CLAP 2023');
  });

  test('what no job reaches is said, and waited for', async () => {
    const page = await enter({ models: { msclap: 'installed', outOfReach: 20 } });
    await startMoving(page);
    await hears(page, 380);
    await page.evaluate(() => window.fake.call('job.cancel', 900));
    await says(
      page,
      'All that can be reached is heard: 380 of 400 sounds. Until the rest is, Earmark Starter answers.',
    );
    await says(page, '20 are on drives that are away or in paused folders; they wait until you bring them back.');
    expect(await button(page, 'Go on listening').count()).toBe(0);
  });

  test('a model is removed and what it heard is kept, or forgotten with it', async () => {
    const page = await enter({ models: { msclap: 'installed', heard: 400 } });
    await card(page, 'MS CLAP 2023').getByText('Heard 400 sounds').waitFor();
    await button(page, 'Remove…').press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Remove MS CLAP 2023?' });
    await sheet.getByText('What it heard stays: once it is back, it need not listen again.').waitFor();
    await page.keyboard.press('Space');
    await sheet.getByText(/What it heard of 400 sounds goes.*room for 1.7 MB/).waitFor();
    await page.keyboard.press('Escape');
    await noSheet(page);
    expect(await asked(page, 'model.remove')).toEqual([]);
    expect(await focused(page)).toBe('Remove…');
    await page.keyboard.press('Enter');
    await sheet.waitFor();
    await page.evaluate(() => (window.fake.models.refusal = 'Earmark is listening to sounds now. Stop that first.'));
    await sheet.getByLabel('Also forget what it heard: 400 sounds, 1.7 MB').check();
    await sheet.getByRole('button', { name: 'Remove both' }).click();
    await sheet.getByRole('alert').getByText('Earmark is listening to sounds now. Stop that first.').waitFor();
    await page.evaluate(() => (window.fake.models.refusal = null));
    await sheet.getByRole('button', { name: 'Remove both' }).click();
    await says(page, 'MS CLAP 2023 is removed.');
    await noSheet(page);
    await card(page, 'MS CLAP 2023').waitFor({ state: 'detached' });
    await button(page, 'Fetch… MS CLAP 2023').waitFor(); // it can be had again
    expect((await asked(page, 'model.remove')).at(-1)).toEqual({ id: 'msclap-2023', forget: true });
    expect(await focused(page)).toContain('Earmark Starter'); // the list, since the card is gone
  });

  test('of the model that comes with Earmark only what it heard can be forgotten', async () => {
    const page = await enter({ models: { msclap: 'installed', heard: 400 } });
    await card(page, 'MS CLAP 2023').getByRole('button', { name: 'Use this one' }).click();
    await button(page, 'Forget what it heard…').press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Forget what Earmark Starter heard?' });
    await sheet.getByText('The model itself comes with Earmark and stays.').waitFor();
    expect(await sheet.getByRole('checkbox').count()).toBe(0);
    await sheet.getByRole('button', { name: 'Forget it' }).press('Enter');
    await says(page, 'What Earmark Starter heard is forgotten.');
    expect(await asked(page, 'model.remove')).toEqual([{ id: 'starter', forget: true }]);
    await button(page, 'Forget what it heard…').waitFor({ state: 'detached' });
  });

  test('a mirror is an address or nothing, and is named before something is fetched from it', async () => {
    const page = await enter({ hash: '#/settings' });
    const field = page.getByRole('textbox', { name: 'Where models are fetched from' });
    await field.fill('mirror');
    await field.press('Enter');
    await says(page, '“mirror” is not an address to fetch from.');
    expect(await violations(page)).toEqual([]);
    await field.fill(' https://mirror.example.org/models ');
    await field.press('Enter');
    await says(page, 'Models come from https://mirror.example.org/models.');
    expect(await asked(page, 'setting.set')).toEqual([{ modelMirror: 'https://mirror.example.org/models' }]);
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await msclap(page)
      .getByRole('button', { name: /^Fetch/ })
      .click();
    await page.getByRole('dialog').getByText('The mirror in Settings').waitFor();
    await page.getByRole('dialog').getByText('https://mirror.example.org/models').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await field.fill('');
    await field.press('Enter');
    await says(page, 'Models come from their publishers.');
    expect((await asked(page, 'setting.set')).at(-1)).toEqual({ modelMirror: null });
  });

  test('from anywhere by name: import, use the next one now, give the move up', async () => {
    const page = await enter({ models: { msclap: 'installed' } });
    await startMoving(page);
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await command(page, 'Use the next model now');
    const sheet = page.getByRole('dialog', { name: 'Use MS CLAP 2023 now?' });
    await sheet.waitFor();
    await page.keyboard.press('Escape');
    await noSheet(page);
    await command(page, 'Stop moving to the next model');
    await says(page, 'Earmark Starter goes on answering. What MS CLAP 2023 heard stays.');
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await command(page, 'Import a model from disk');
    await page.getByLabel('Which file or folder is the model?').waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('placeholder')?.includes('CLAP') === true);
  });

  test('lists that cannot be had say why, and come when they are asked for again', async () => {
    const page = await enter({ hash: '#/settings' });
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await page.evaluate(() => {
      const userMessage = 'The list of models to download is damaged. Install Earmark again.';
      const broken = Object.assign(new Error(userMessage), { code: 'model-damaged', userMessage });
      window.fake.broken = Object.setPrototypeOf(broken, window.UserErrorPrototype) as never;
    });
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    const list = page.getByRole('region', { name: 'Models that can be fetched' });
    await list.getByText('The list of models to download is damaged.').waitFor();
    await page.evaluate(() => (window.fake.broken = null));
    await list.getByRole('button', { name: 'Try again' }).click();
    await msclap(page).waitFor();
  });
});
