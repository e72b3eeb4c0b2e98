/**
 * Tags from beginning to end over the program itself: demo sounds on a disk, the shipped model, suggestions reviewed by
 * keys, written into the files, looked for in their bytes, and undone until every byte is as before.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { writeDemoLibrary } from '../src/demo/library.ts';
import { connectHttp, type HttpClient } from '../src/renderer/client/http-client.ts';
import { violations } from './accessible.ts';
import { launchBrowser, openPage, whatIsMissing } from './page.ts';
import { serveEarmark, type ServedEarmark } from './serving.ts';

const missing = whatIsMissing();
/** Quickly made, in all the formats of the demo, with names that say something and names that do not. */
const NAMES = [
  'ANMLDog_Barking_Yard_01.wav',
  'ANMLCat_Meow_Hungry_01.wav',
  'cow moo.mp3',
  'sheep_bleat.flac',
  'rooster-morning.ogg',
  'crow_caw_x3.aif',
  'rain-on-roof.mp3',
  'toilet flush.m4a',
  'VEHCar_Start_Idle.wav',
  'helicopter_pass.opus',
  'take_017.wav',
  'DOORWood_knock_04.wav',
] as const;

describe.skipIf(missing !== null)('tags into files', { timeout: 300_000 }, () => {
  let served: ServedEarmark;
  let http: HttpClient;
  let browser: Browser;
  let page: Page;
  let before: Map<string, string>;
  let complaints: string[];

  beforeAll(async () => {
    served = await serveEarmark([], { model: null });
    await writeDemoLibrary(sounds(), { names: NAMES });
    before = hashes();
    const { origin, hash } = new URL(served.url);
    http = await connectHttp({ origin, key: hash.slice(1) });
    await http.client.call('job.wait', await http.client.call('index.start', { folders: [sounds()] }));
    browser = await launchBrowser();
    ({ page, complaints } = await openPage(browser));
    await page.goto(served.url);
    await page.waitForSelector('nav');
  }, 300_000);
  afterEach(() => expect(complaints).toEqual([]));
  afterAll(async () => {
    http.close();
    await browser.close();
    await served.end();
  });

  const sounds = () => join(served.folder, 'Sounds');
  const go = (name: string) => page.getByRole('link', { name, exact: true }).click();
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const says = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const inTab = (group: string, name: string) =>
    page.getByRole('radiogroup', { name: group }).getByText(name, { exact: true }).click();
  const rows = () => page.getByRole('grid', { name: 'Sounds to review' }).getByRole('row');
  const accepted = () => http.client.call('tag.files', { scope: {}, state: 'accepted', order: 'name' });

  /** SHA-256 of every file below the sounds, by name. */
  function hashes(): Map<string, string> {
    const files = readdirSync(sounds(), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return new Map(
      files.map(({ parentPath, name }) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(parentPath, name)))
          .digest('hex'),
      ]),
    );
  }
  const expectAccessible = async () => expect(await violations(page)).toEqual([]);

  test('before the first suggestion there is one button, and after it there is something to review', async () => {
    await go('Tags');
    await says('Earmark can say what is in your sounds.');
    await says(`${NAMES.length} sounds take seconds to a minute`);
    await expectAccessible();
    await button('Suggest tags').click();
    await says(new RegExp(`suggestions? for ${NAMES.length} sounds`));
    await rows().first().waitFor();
    await expectAccessible();
  });

  test('one after the other by keys: what is accepted leaves the list, and undo brings it back', async () => {
    await page.getByRole('slider', { name: 'How sure a suggestion must be' }).fill('30');
    await page.getByRole('grid', { name: 'Tags' }).focus();
    await page.keyboard.press('Home'); // all tags
    await page.getByRole('heading', { level: 2, name: 'All tags' }).waitFor();
    await rows().first().waitFor();
    await page.getByRole('grid', { name: 'Sounds to review' }).focus();
    await button('Stop').waitFor();
    await says(/^Why “/);
    await page.waitForFunction(() => document.querySelectorAll('footer .why li').length > 0);
    await page.keyboard.press('a');
    await page.getByRole('radio', { name: /^Accepted 1$/ }).waitFor();
    expect((await accepted()).length).toBe(1);
    await page.keyboard.press('r');
    await page.getByRole('radio', { name: /^Rejected 1$/ }).waitFor();
    await page.keyboard.press('Control+z');
    await page.getByRole('radio', { name: /^Rejected 0$/ }).waitFor();
    await page.keyboard.press('Control+z');
    await page.getByRole('radio', { name: /^Accepted 0$/ }).waitFor();
    expect(await accepted()).toEqual([]);
    expect(hashes()).toEqual(before);
  });

  test('all of them, with the forecast shown before; nothing is in a file yet', async () => {
    await page.keyboard.press('Shift+A');
    const heading = (await page.getByRole('dialog').getByRole('heading').textContent()) ?? '';
    const many = Number(/\d+/.exec(heading)![0]);
    await page.keyboard.press('Enter');
    await says(`${many} suggestions accepted.`);
    expect((await accepted()).length).toBe(many);
    await go('Search');
    await page.waitForSelector('[role=row]');
    await page.keyboard.press('Enter');
    await page
      .getByRole('button', { name: /^Take the tag .* away$/ })
      .first()
      .waitFor();
    expect(hashes()).toEqual(before);
  });

  test('the plan shows every change; it is written after a question, and stands in the bytes', async () => {
    await go('Write');
    await button('Show what would change').click();
    await page.locator('[id^=plan-].current').waitFor();
    await says(/files? changes? in \d+ fields?/);
    await page.locator('.change .after').first().waitFor();
    await expectAccessible();
    const left = await page.locator('[id^=plan-].current .name').textContent();
    await page.keyboard.press('x');
    expect(hashes()).toEqual(before);
    await page.keyboard.press('Control+Enter');
    await says('The sound itself stays byte for byte as it is.');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^\d+ files have their tags\.$/ }).waitFor();
    await expectAccessible();
    const [run] = await http.client.call('write.runs', null);
    expect(run!.failed).toBe(0);
    expect(run!.written).toBeGreaterThan(3);
    const now = hashes();
    const changed = [...now].filter(([name, hash]) => before.get(name) !== hash).map(([name]) => name);
    expect(changed.length).toBe(run!.written);
    expect(changed).not.toContain(left);
    const files = await http.client.call('write.runFiles', {
      runId: run!.runId,
      outcome: 'written',
      offset: 0,
      limit: 500,
    });
    for (const { path, changes } of files) {
      const bytes = readFileSync(path);
      const values = changes.flatMap(({ after }) => (after === null ? [] : [after]));
      // In ID3v2 text may stand as UTF-16.
      const stands = (value: string) => bytes.includes(value) || bytes.includes(Buffer.from(value, 'utf16le'));
      expect(values.some(stands), `${path}: ${values.join(' | ')}`).toBe(true);
    }
  });

  test('one file is put back from the history, the rest by undoing the run: every byte as before', async () => {
    await inTab('What of writing', 'History and undo');
    await button('Put this file back').click();
    await page.locator('#run-0').getByText('put back').waitFor();
    await expectAccessible();
    await button('Undo this run…').click();
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      () => document.querySelector('ol[aria-label=Runs]')?.textContent.includes('written') === false,
    );
    expect(hashes()).toEqual(before);
  });
});
