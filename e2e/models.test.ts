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
    page.getByRole('list', { name: 'Installed models' }).getByRole('listitem', { name });
  const known = (page: Page, name: string) =>
    page.getByRole('region', { name: 'Available models' }).getByRole('listitem', { name });
  const msclap = (page: Page) => known(page, 'MS CLAP 2023');
  const noSheet = (page: Page) => page.getByRole('dialog').waitFor({ state: 'detached' });
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent.replace(/\s+/g, ' ').trim());
  const command = async (page: Page, name: string) => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Commands' }).fill(name);
    await page.getByRole('option', { name: new RegExp(`^\\s*${name}`) }).waitFor();
    await page.keyboard.press('Enter');
  };
  /** The fake engine has received a call so many times; from then on the test decides what happens. */
  const reached = (page: Page, name: string, times = 1) =>
    page.waitForFunction(
      ([wanted, least]) => window.fake.answered.filter((call) => call.name === wanted).length >= least,
      [name, times] as const,
    );
  /** By keys, from the list to the bytes. */
  async function fetchMsclap(page: Page): Promise<void> {
    await msclap(page)
      .getByRole('button', { name: /^Download/ })
      .focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Space');
    await button(page, 'Download 690 MB').and(page.locator(':enabled')).waitFor();
    await page.keyboard.press('Enter');
    await reached(page, 'model.download');
    await page.evaluate(
      (bytes) => window.fake.models.fetched({ stage: 'fetching', bytes, bytesPerSecond: 5_200_000 }),
      123 * MB,
    );
    await msclap(page).getByText('123 of 690 MB · 5.2 MB/s · about 2 min left').waitFor();
  }
  /** Both models there, the starter in use, the library on its way to the other one. */
  async function startMoving(page: Page): Promise<void> {
    await card(page, 'MS CLAP 2023').getByRole('button', { name: 'Use this model' }).press('Enter');
    await says(page, 'Analysing: 0 of 400 files. Searches use Earmark Starter until then.');
  }
  const hasAnalysed = (page: Page, sounds: number) =>
    page.evaluate((number) => window.fake.models.analysedFiles(number), sounds);

  test.each(['dark', 'light'] as const)('nothing that axe finds wrong, %s', async (appearance) => {
    const page = await enter({ appearance, models: { outOfReach: 20 } });
    await says(page, /Self-check passed/);
    expect(await violations(page)).toEqual([]);
    await msclap(page)
      .getByRole('button', { name: /^Download/ })
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
    await hasAnalysed(page, 100);
    await says(page, 'Analysing: 100 of 400 files');
    await says(page, '20 files on offline drives or in paused folders');
    expect(await violations(page)).toEqual([]);
    await button(page, 'Use now…').click();
    await page.getByRole('dialog').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await noSheet(page);
    await hasAnalysed(page, 400);
    await card(page, 'MS CLAP 2023').getByText('in use', { exact: true }).waitFor();
    await button(page, 'Delete analysis…').click();
    await page.evaluate(() => (window.fake.models.refusal = 'Earmark is analysing files.'));
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await says(page, 'Earmark is analysing files.');
    expect(await violations(page)).toEqual([]);
  });

  test('nothing is fetched before its licence is accepted', async () => {
    const page = await enter();
    const fetch = msclap(page).getByRole('button', { name: /^Download/ });
    await msclap(page).getByText('https://models.example.org/msclap', { exact: true }).waitFor();
    await fetch.press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Download MS CLAP 2023?' });
    await sheet.getByText('Only the model’s files are requested').waitFor();
    await sheet.getByText('https://models.example.org/msclap/LICENSE').waitFor();
    await sheet.getByText('Publisher').waitFor();
    await sheet.getByText('690 MB', { exact: true }).waitFor();
    expect(await button(page, 'Download 690 MB').isDisabled()).toBe(true);
    await page.keyboard.press('Enter'); // on the box: there is nothing to be done yet
    await page.keyboard.press('Space');
    await button(page, 'Download 690 MB').and(page.locator(':enabled')).waitFor();
    await page.keyboard.press('Escape');
    await noSheet(page);
    expect(await focused(page)).toBe('Download… MS CLAP 2023');
    expect(await asked(page, 'model.download')).toEqual([]);
  });

  test('a model is fetched, verified and installed, and told so; its card is there to take it into use', async () => {
    const page = await enter();
    await fetchMsclap(page);
    expect(await asked(page, 'model.download')).toEqual([{ id: 'msclap-2023', acceptLicense: true }]);
    const meter = msclap(page).getByRole('progressbar');
    expect(await meter.getAttribute('aria-valuenow')).toBe('17');
    expect(await button(page, 'Download… LAION CLAP').isDisabled()).toBe(true); // one at a time
    await page.evaluate((bytes) => window.fake.models.fetched({ stage: 'verifying', bytes }), 690 * MB);
    await msclap(page).getByText('Verifying…').first().waitFor();
    await page.evaluate(() => {
      window.fake.models.fetched({ stage: 'importing' });
      window.fake.models.building(0.42);
    });
    await msclap(page).getByText('Building the model: 42 %').waitFor();
    await page.evaluate(() => window.fake.models.fetchEnds());
    await says(page, 'MS CLAP 2023 installed. Check it, then use it.');
    await msclap(page).getByText('Installed').waitFor();
    await card(page, 'MS CLAP 2023').getByRole('button', { name: 'Use this model' }).waitFor();
    expect(await msclap(page).getByRole('button').count()).toBe(0);
    expect(await focused(page)).toContain('MS CLAP 2023'); // the button is gone, the keys are not
  });

  test('cancelled, it resumes where it was, or is discarded', async () => {
    const page = await enter();
    await fetchMsclap(page);
    expect(await focused(page)).toBe('Cancel MS CLAP 2023');
    await page.keyboard.press('Enter');
    await msclap(page).getByText('123 of 690 MB already downloaded.').first().waitFor();
    expect(await asked(page, 'job.cancel')).toEqual([-1]);
    expect(await focused(page)).toBe('Resume MS CLAP 2023'); // its licence is accepted: no sheet
    await page.keyboard.press('Enter');
    await reached(page, 'model.download', 2);
    await msclap(page).getByText('Connecting… 123 of 690 MB already downloaded').waitFor();
    await page.keyboard.press('Enter');
    await button(page, 'Delete the partial download of MS CLAP 2023').press('Enter');
    await button(page, 'Download MS CLAP 2023').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent.includes('Download'));
    expect(await asked(page, 'model.discardDownload')).toEqual([{ id: 'msclap-2023' }]);
    expect(await msclap(page).getByRole('progressbar').count()).toBe(0);
  });

  test('what is left of an earlier day asks for the licence again, and only for the rest of the bytes', async () => {
    const page = await enter({ models: { msclap: 123 * MB } });
    await msclap(page).getByText('123 of 690 MB already downloaded.').first().waitFor();
    await button(page, 'Resume… MS CLAP 2023').press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Resume the download of MS CLAP 2023?' });
    await sheet.getByText('690 MB; 123 of 690 MB already downloaded').waitFor();
    await sheet.getByLabel('I have read the licence and accept it').check();
    await sheet.getByRole('button', { name: 'Download 567 MB' }).click();
    await noSheet(page);
    await reached(page, 'model.download');
  });

  test('a failed download shows its message and how much is kept; it can be tried again', async () => {
    const page = await enter();
    await fetchMsclap(page);
    await page.evaluate((sentence) => window.fake.models.fetchEnds({ code: 'offline', sentence }), OFFLINE);
    await msclap(page).getByRole('alert').getByText(OFFLINE).waitFor();
    await msclap(page).getByText('123 of 690 MB already downloaded.').first().waitFor();
    expect(await focused(page)).toBe('Try again MS CLAP 2023');
    await page.keyboard.press('Enter');
    await msclap(page).getByRole('alert').waitFor({ state: 'detached' });
    await reached(page, 'model.download', 2);
    await page.evaluate(() => window.fake.models.fetchEnds());
    await msclap(page).getByText('Installed').waitFor();
  });

  test('what another window fetches is seen here, and can be stopped here', async () => {
    const page = await enter();
    await button(page, 'Download… MS CLAP 2023').waitFor();
    await page.evaluate(
      ([bytes, total]) => window.fake.push('job.progress', { id: -7, kind: 'download', state: 'running', elapsedSeconds: 1, modelId: 'msclap-2023', stage: 'fetching', bytes, total, bytesPerSecond: null }), // prettier-ignore
      [200 * MB, 690 * MB] as const,
    );
    await msclap(page).getByText('200 of 690 MB').waitFor();
    await button(page, 'Cancel MS CLAP 2023').click();
    await reached(page, 'job.cancel');
    expect(await asked(page, 'job.cancel')).toEqual([-7]);
  });

  test('the library moves: the old model answers until the new one has analysed everything', async () => {
    const page = await enter({ models: { msclap: 'installed' } });
    await startMoving(page);
    expect(await asked(page, 'setting.set')).toEqual([{ nextModel: 'msclap-2023' }]);
    await card(page, 'MS CLAP 2023').getByText('next', { exact: true }).waitFor();
    await says(page, 'In use: Earmark Starter. Switching to MS CLAP 2023.');
    expect(await focused(page)).toBe('MS CLAP 2023'); // the button that was pressed is gone
    await hasAnalysed(page, 100);
    await says(page, 'Analysing: 100 of 400 files. Searches use Earmark Starter until then.');
    expect(
      await page.getByRole('progressbar', { name: 'Analysed by MS CLAP 2023' }).getAttribute('aria-valuenow'),
    ).toBe('25');
    await page.getByRole('progressbar', { name: 'Analysing 300 files with MS CLAP 2023 · 38 min left' }).waitFor();
    // Neither can be removed now, nor taken into use again.
    expect(await button(page, /^(Remove|Forget)/).count()).toBe(0);
    expect(await button(page, 'Use this model').count()).toBe(0);
    await page.getByRole('link', { name: 'Library', exact: true }).click();
    await page.getByRole('heading', { name: 'Analysing 300 files with MS CLAP 2023 · 38 min left' }).waitFor();
    await says(page, 'Searches use Earmark Starter until MS CLAP 2023 has analysed all files.');
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await says(page, /Analysing 300 files with MS CLAP 2023 .*searches use Earmark Starter until/);
    await hasAnalysed(page, 400);
    await says(page, '“MS CLAP 2023” has analysed all files and is now in use.');
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await card(page, 'MS CLAP 2023').getByText('in use', { exact: true }).waitFor();
    await card(page, 'Earmark Starter').getByText('400 files analysed (1.7 MB in the catalogue).').waitFor();
    expect(await page.getByRole('group', { name: /^Switching to/ }).count()).toBe(0);
  });

  test('a model that has analysed everything already answers at once', async () => {
    const page = await enter({ models: { msclap: 'installed', analysedFiles: 400 } });
    await card(page, 'MS CLAP 2023').getByRole('button', { name: 'Use this model' }).press('Enter');
    await says(page, 'MS CLAP 2023 is now in use. Results of Earmark Starter are kept until you remove them.');
    await card(page, 'MS CLAP 2023').getByText('in use', { exact: true }).waitFor();
    expect(await focused(page)).toBe('MS CLAP 2023');
  });

  test('the next model is used before it has analysed everything, after a clear question', async () => {
    const page = await enter({ models: { msclap: 'installed' } });
    await startMoving(page);
    await hasAnalysed(page, 100);
    await says(page, 'Analysing: 100 of 400 files');
    await button(page, 'Use now…').press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Use MS CLAP 2023 now?' });
    await sheet.getByText('MS CLAP 2023 has analysed 100 of 400 files.').waitFor();
    await sheet.getByText('search by sound finds only these').waitFor();
    await page.keyboard.press('Escape');
    await noSheet(page);
    expect(await focused(page)).toBe('Use now…');
    expect(await asked(page, 'setting.set')).toHaveLength(1);
    await page.keyboard.press('Enter');
    await sheet.waitFor();
    await page.keyboard.press('Enter');
    await says(page, 'MS CLAP 2023 is now in use. Results of Earmark Starter are kept until you remove them.');
    expect((await asked(page, 'setting.set')).at(-1)).toEqual({ model: 'msclap-2023' });
    await says(page, '100 of 400 files in the library analysed.');
    await page.waitForFunction(() => document.activeElement?.textContent === 'MS CLAP 2023');
  });

  test('a move is paused, stopped, gone on with and given up', async () => {
    const page = await enter({ models: { msclap: 'installed' } });
    await startMoving(page);
    await hasAnalysed(page, 100);
    await page.evaluate(() => window.fake.call('job.pause', 900));
    await says(page, 'Paused: 100 of 400 files analysed. Searches use Earmark Starter until all are.');
    await button(page, 'Resume').press('Enter');
    await says(page, 'Analysing: 100 of 400 files');
    await page.evaluate(() => window.fake.call('job.cancel', 900));
    await says(page, 'Stopped: 100 of 400 files analysed.');
    await button(page, 'Resume analysis').press('Enter');
    await says(page, 'Analysing: 100 of 400 files');
    expect(await asked(page, 'model.continueMove')).toEqual([null]);
    await button(page, 'Stop switching').press('Enter');
    await says(page, 'Earmark Starter stays in use. Results of MS CLAP 2023 are kept.');
    expect((await asked(page, 'setting.set')).at(-1)).toEqual({ nextModel: null });
    await card(page, 'MS CLAP 2023').getByText('100 files analysed (420 kB in the catalogue).').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === 'MS CLAP 2023');
  });

  test('files that no job reaches are reported, and waited for', async () => {
    const page = await enter({ models: { msclap: 'installed', outOfReach: 20 } });
    await startMoving(page);
    await hasAnalysed(page, 380);
    await page.evaluate(() => window.fake.call('job.cancel', 900));
    await says(
      page,
      'All available files are analysed: 380 of 400 files. Searches use Earmark Starter until the rest are.',
    );
    await says(
      page,
      '20 files on offline drives or in paused folders. Connect the drives or resume the folders to continue.',
    );
    expect(await button(page, 'Resume analysis').count()).toBe(0);
  });

  test('a model is removed and its analysis is kept, or forgotten with it', async () => {
    const page = await enter({ models: { msclap: 'installed', analysedFiles: 400 } });
    await card(page, 'MS CLAP 2023').getByText('400 files analysed').waitFor();
    await button(page, 'Remove…').press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Remove MS CLAP 2023?' });
    await sheet
      .getByText('Its analysis results are kept: after you reinstall it, files need not be analysed again.')
      .waitFor();
    await page.keyboard.press('Space');
    await sheet.getByText(/This deletes its analysis of 400 files.*frees 1.7 MB/).waitFor();
    await page.keyboard.press('Escape');
    await noSheet(page);
    expect(await asked(page, 'model.remove')).toEqual([]);
    expect(await focused(page)).toBe('Remove…');
    await page.keyboard.press('Enter');
    await sheet.waitFor();
    await page.evaluate(() => (window.fake.models.refusal = 'Earmark is analysing files. Stop the job first.'));
    await sheet.getByLabel('Also delete its analysis: 400 files, 1.7 MB').check();
    await sheet.getByRole('button', { name: 'Remove both' }).click();
    await sheet.getByRole('alert').getByText('Earmark is analysing files. Stop the job first.').waitFor();
    await page.evaluate(() => (window.fake.models.refusal = null));
    await sheet.getByRole('button', { name: 'Remove both' }).click();
    await says(page, 'MS CLAP 2023 removed.');
    await noSheet(page);
    await card(page, 'MS CLAP 2023').waitFor({ state: 'detached' });
    await button(page, 'Download… MS CLAP 2023').waitFor(); // it can be had again
    expect((await asked(page, 'model.remove')).at(-1)).toEqual({ id: 'msclap-2023', forget: true });
    expect(await focused(page)).toContain('Earmark Starter'); // the list, since the card is gone
  });

  test('of the model that comes with Earmark only the analysis can be forgotten', async () => {
    const page = await enter({ models: { msclap: 'installed', analysedFiles: 400 } });
    await card(page, 'MS CLAP 2023').getByRole('button', { name: 'Use this model' }).click();
    await button(page, 'Delete analysis…').press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Delete the analysis of Earmark Starter?' });
    await sheet.getByText('The model itself is part of Earmark and stays installed.').waitFor();
    expect(await sheet.getByRole('checkbox').count()).toBe(0);
    await sheet.getByRole('button', { name: 'Delete' }).press('Enter');
    await says(page, 'Analysis of Earmark Starter deleted.');
    expect(await asked(page, 'model.remove')).toEqual([{ id: 'starter', forget: true }]);
    await button(page, 'Delete analysis…').waitFor({ state: 'detached' });
  });

  test('a mirror is an address or nothing, and is named before something is fetched from it', async () => {
    const page = await enter({ hash: '#/settings' });
    const field = page.getByRole('textbox', { name: 'Download source' });
    await field.fill('mirror');
    await field.press('Enter');
    await says(page, '“mirror” is not a valid address.');
    expect(await violations(page)).toEqual([]);
    await field.fill(' https://mirror.example.org/models ');
    await field.press('Enter');
    await says(page, 'Models are downloaded from https://mirror.example.org/models.');
    expect(await asked(page, 'setting.set')).toEqual([{ modelMirror: 'https://mirror.example.org/models' }]);
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await msclap(page)
      .getByRole('button', { name: /^Download/ })
      .click();
    await page.getByRole('dialog').getByText('Mirror from Settings').waitFor();
    await page.getByRole('dialog').getByText('https://mirror.example.org/models').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await field.fill('');
    await field.press('Enter');
    await says(page, 'Models are downloaded from their publishers.');
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
    await command(page, 'Stop switching to the next model');
    await says(page, 'Earmark Starter stays in use. Results of MS CLAP 2023 are kept.');
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await command(page, 'Import a model from disk…');
    await page.getByLabel('Model file or folder').waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('placeholder')?.includes('CLAP') === true);
  });

  test('lists that cannot be had say why, and come when they are asked for again', async () => {
    const page = await enter({ hash: '#/settings' });
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await page.evaluate(() => {
      const userMessage = 'The list of models to download is damaged. Reinstall Earmark.';
      const broken = Object.assign(new Error(userMessage), { code: 'model-damaged', userMessage });
      window.fake.broken = Object.setPrototypeOf(broken, window.UserErrorPrototype) as never;
    });
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    const list = page.getByRole('region', { name: 'Available models' });
    await list.getByText('The list of models to download is damaged.').waitFor();
    await page.evaluate(() => (window.fake.broken = null));
    await list.getByRole('button', { name: 'Try again' }).click();
    await msclap(page).waitFor();
  });
});
