/**
 * Tags from beginning to end over the program itself: demo sounds on a disk, the shipped model, suggestions reviewed by
 * keys, written into the files, looked for in their bytes, and undone until every byte is as before.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeDemoLibrary } from '../src/demo/library.ts';
import { connectHttp, type HttpClient } from '../src/renderer/client/http-client.ts';
import { expectAccessible } from './accessible.ts';
import { launchBrowser, openServed, whatIsMissing } from './page.ts';
import { serveEarmark, type ServedEarmark } from './serving.ts';
import { useSharedPage } from './shared-page.ts';
import { waitForJob } from '../src/shared/jobs.ts';
import { sha256 } from '../test/kit/sha256.ts';

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

describe.skipIf(missing !== null)('tags into files', () => {
  let served: ServedEarmark;
  let http: HttpClient;
  let browser: Browser;
  let page: Page;
  let before: Map<string, string>;

  beforeAll(async () => {
    served = await serveEarmark([], { model: null });
    await writeDemoLibrary(sounds(), { names: NAMES });
    before = hashes();
    const { origin, hash } = new URL(served.url);
    http = await connectHttp({ origin, key: hash.slice(1) });
    await waitForJob(http.client, await http.client.call('index.start', { folders: [sounds()] }), 'index');
    browser = await launchBrowser();
  });
  useSharedPage(
    () => openServed(browser, served.url),
    (opened) => ({ page } = opened),
  );
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
  const rows = () => page.getByRole('grid', { name: 'Files to review' }).getByRole('row');
  const accepted = () => http.client.call('tag.files', { scope: {}, state: 'accepted', order: 'name' });

  /** SHA-256 of every file below the sounds, by name. */
  function hashes(): Map<string, string> {
    const files = readdirSync(sounds(), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return new Map(files.map(({ parentPath, name }) => [name, sha256(readFileSync(join(parentPath, name)))]));
  }

  test('before the first suggestion there is one button, and after it there is something to review', async () => {
    await go('Tags');
    await says('Earmark suggests tags for your files.');
    await says(`${NAMES.length} files take up to a minute`);
    await expectAccessible(page);
    await button('Suggest tags').click();
    await says(new RegExp(`suggestions? for ${NAMES.length} files`));
    await rows().first().waitFor();
    await expectAccessible(page);
  });

  /** All tags by tag, from a probability of 30 % on. */
  async function reviewAll(): Promise<void> {
    await go('Tags');
    await inTab('Tag views', 'By tag');
    await page.getByRole('slider', { name: 'Confidence threshold' }).fill('30');
    await page.getByRole('grid', { name: 'Tags' }).focus();
    await page.keyboard.press('Home'); // all tags
    await page.getByRole('heading', { level: 2, name: 'All tags' }).waitFor();
    await rows().first().waitFor();
    await page.getByRole('grid', { name: 'Files to review' }).focus();
  }

  test('one after the other by keys: what is accepted leaves the list, and undo brings it back', async () => {
    await reviewAll();
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
    await reviewAll();
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
      .getByRole('button', { name: /^Remove the tag .*$/ })
      .first()
      .waitFor();
    expect(hashes()).toEqual(before);
  });

  test('the plan shows every change; it is written after a question, and stands in the bytes', async () => {
    await go('Write');
    await button('Preview changes').click();
    await page.locator('[id^=plan-].current').waitFor();
    await says(/files? changes? in \d+ fields?/);
    await page.locator('.change .after').first().waitFor();
    await expectAccessible(page);
    const left = await page.locator('[id^=plan-].current .name').textContent();
    await page.keyboard.press('x');
    expect(hashes()).toEqual(before);
    await page.keyboard.press('Control+Enter');
    await says('The audio data stays identical, byte for byte.');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Tags written to \d+ files?\.$/ }).waitFor();
    await expectAccessible(page);
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
    await go('Write');
    await inTab('Write views', 'History and undo');
    await button('Restore this file').click();
    await page.locator('#run-0').getByText('restored').waitFor();
    await expectAccessible(page);
    await button('Undo this run…').click();
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      () => document.querySelector('ol[aria-label=Runs]')?.textContent.includes('written') === false,
    );
    expect(hashes()).toEqual(before);
  });
});
