/**
 * `npm run pictures`: Earmark as a visitor would see it, with all demo sounds, the shipped model and the program itself:
 * docs/pictures/*.png. Library is kept in the system's folder for temporary files, so the second time is quick.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { writeDemoLibrary } from '../src/demo/library.ts';
import { connectHttp, type HttpClient } from '../src/renderer/client/http-client.ts';
import { launchBrowser, whatIsMissing } from './page.ts';
import { serveEarmark, type ServedEarmark } from './serving.ts';
import { waitForJob } from '../src/shared/jobs.ts';

const missing = whatIsMissing();
if (missing !== null) console.error(missing);
const PICTURES = join(import.meta.dirname, '../docs/pictures');
const LIBRARY = join(tmpdir(), 'earmark-pictures');
const SOUNDS = join(LIBRARY, 'Sounds');
/** Found in a short file by its name, and in a long recording of a garden at the place where a dog barks. */
const QUERY = 'a dog barking';
const LONG_SOUND = 'garden_afternoon_long.flac';
const INSTALL_FOLDER = join(import.meta.dirname, '..');
const THEMES = ['dark', 'light'] as const;
type Theme = (typeof THEMES)[number];
type Size = readonly [width: number, height: number];
const WINDOW: Size = [1280, 800];
const LARGE: Size = [1920, 1080];

describe.skipIf(missing !== null)('pictures', () => {
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    browser = await launchBrowser();
    await makeSounds();
  });
  afterAll(() => browser.close());

  async function open({ url }: ServedEarmark, theme: Theme, [width, height]: Size): Promise<Page> {
    const viewport = { width, height };
    const context = await browser.newContext({ viewport, colorScheme: theme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(url);
    await page.waitForSelector('nav');
    return page;
  }
  async function take(page: Page, name: string): Promise<void> {
    await page.mouse.move(page.viewportSize()!.width / 2, 4); // off everything that answers to a pointer
    await page.evaluate(hideFolders, [
      [INSTALL_FOLDER, '/opt/earmark'],
      [LIBRARY, '/home/me'],
    ] as const);
    await page.waitForTimeout(900); // transitions, and waveforms that come after their rows
    await page.screenshot({ path: join(PICTURES, `${name}.png`) });
  }
  const go = (page: Page, screen: string) => page.getByRole('link', { name: screen, exact: true }).click();
  const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
  const field = (page: Page) => page.getByRole('combobox', { name: 'Describe a sound' });

  describe.each(THEMES)('a library, %s', (theme) => {
    let served: ServedEarmark;
    beforeAll(async () => {
      served = await serveEarmark([], { model: null, folder: LIBRARY });
      const http = await connectHttp({ origin: new URL(served.url).origin, key: new URL(served.url).hash.slice(1) });
      await prepare(http);
      http.close();
    });
    afterAll(() => served.end());

    test.each([
      ['', WINDOW],
      ['-large', LARGE],
    ] as const)('search and map%s', async (suffix, size) => {
      const page = await open(served, theme, size);
      await field(page).fill(QUERY);
      const found = page.locator(`[role=row] .name[title="${LONG_SOUND}"]`);
      await found.click();
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.waitForFunction(() => document.querySelector('aside h3') !== null);
      await take(page, `search-${theme}${suffix}`);
      await go(page, 'Map');
      const map = page.getByRole('application', { name: /^Map of/ });
      await map.focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowDown');
      await page.locator('.tip b').waitFor();
      await page.getByRole('button', { name: 'Stop' }).click();
      await take(page, `map-${theme}${suffix}`);
      await page.context().close();
    });

    test.each([
      ['', WINDOW],
      ['-large', LARGE],
    ] as const)('reviewing tags, and what would be written%s', async (suffix, size) => {
      const page = await open(served, theme, size);
      await go(page, 'Tags');
      const list = page.getByRole('grid', { name: 'Tags', exact: true });
      await page.getByRole('grid', { name: 'Files to review' }).getByRole('row').first().waitFor();
      await list.focus();
      await page.keyboard.press('Home'); // all tags: the longest list
      await page.getByRole('heading', { level: 2, name: 'All tags' }).waitFor();
      await page.locator('#review-0').waitFor();
      await page.getByRole('grid', { name: 'Files to review' }).focus();
      for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowDown');
      await page.locator('#review-3.current').waitFor();
      await page.waitForFunction(() => document.querySelectorAll('footer .why li').length > 0);
      await page.getByRole('button', { name: 'Stop' }).click();
      await take(page, `tags-review-${theme}${suffix}`);
      await go(page, 'Write');
      await page.getByRole('button', { name: 'Preview changes' }).click();
      await page.locator('.change .after').first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('x');
      await page.keyboard.press('ArrowDown');
      await take(page, `write-diff-${theme}${suffix}`);
      await page.context().close();
    });

    test('the other screens', async () => {
      const page = await open(served, theme, WINDOW);
      for (const screen of ['Collections', 'Library', 'Models', 'Settings']) {
        await go(page, screen);
        if (screen === 'Models') await says(page, /Self-check passed/);
        await take(page, `${screen.toLowerCase()}-${theme}`);
      }
      await go(page, 'Search');
      await page.getByRole('grid').focus();
      await page.keyboard.press('Control+k');
      await take(page, `palette-${theme}`);
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await take(page, `keys-${theme}`);
      await page.context().close();
    });
  });

  test('from the first start to the end', async ({ onTestFinished }) => {
    const served = await serveEarmark([], { model: null });
    onTestFinished(() => served.end());
    const light = await open(served, 'light', WINDOW);
    await light.getByRole('button', { name: 'Choose folders…' }).waitFor();
    await take(light, 'first-start-light');
    await light.context().close();
    const page = await open(served, 'dark', WINDOW);
    await page.getByRole('button', { name: 'Choose folders…' }).waitFor();
    await take(page, 'first-start-dark');

    const damaged = join(LIBRARY, 'From an old drive');
    mkdirSync(damaged, { recursive: true });
    writeFileSync(join(damaged, 'interview take 3.wav'), '');
    writeFileSync(join(damaged, 'street noise.mp3'), 'no audio at all\n'.repeat(400));
    await go(page, 'Library');
    await page.getByRole('button', { name: 'Add folders…' }).click();
    const path = page.getByLabel('Which folder should Earmark analyse?');
    await path.fill(SOUNDS);
    await path.press('Enter');
    await page.getByRole('heading', { name: /^Analysing/ }).waitFor();
    await page.waitForFunction(() => {
      const [, done] = /Analyse\s*(\d+) of/.exec(document.body.textContent) ?? [];
      return Number(done) > 30;
    });
    await take(page, 'library-busy-dark');
    await says(page, /in 1 folder, all analysed/);
    await page.getByRole('button', { name: 'Add folders…' }).click();
    await path.fill(damaged);
    await path.press('Enter');
    await page.getByRole('heading', { name: '2 files could not be analysed' }).waitFor();
    await page.getByText('Empty files').click();
    const dismiss = page.getByRole('button', { name: 'Dismiss' });
    while ((await dismiss.count()) > 0) await dismiss.first().click();
    await take(page, 'library-failures-dark');
    await go(page, 'Map');
    await page.getByRole('button', { name: 'Draw the map' }).waitFor();
    await take(page, 'map-none-dark');
    await go(page, 'Search');
    await field(page).fill('heavy rain dur:soon');
    await says(page, /Write dur:<3/);
    await take(page, 'search-half-a-filter-dark');
    await field(page).fill('heavy rain dur:>1h');
    await says(page, 'No results');
    await take(page, 'search-nothing-dark');
    await field(page).fill('heavy rain -music');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('less likely'));
    await page.waitForTimeout(1500); // its waveforms
    await served.end();
    await says(page, 'Earmark is not responding.');
    await take(page, 'engine-lost-dark');
    rmSync(damaged, { recursive: true });
    await page.context().close();
  });
});

/** Where somebody who takes the pictures has put Earmark and its sounds says nothing to those who look at them. */
function hideFolders(folders: readonly (readonly [folder: string, shown: string])[]): void {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { currentNode } = texts;
    for (const [folder, shown] of folders)
      if (currentNode.nodeValue?.includes(folder) === true)
        currentNode.nodeValue = currentNode.nodeValue.replace(folder, shown);
  }
}

/** Under their name only when all of them are there. */
async function makeSounds(): Promise<void> {
  if (existsSync(SOUNDS)) return;
  await writeDemoLibrary(`${SOUNDS}.partial`);
  renameSync(`${SOUNDS}.partial`, SOUNDS);
}

/** Everything analysed, the map drawn, and marks as a user would have made them. Done once for a data folder. */
async function prepare({ client }: HttpClient): Promise<void> {
  await waitForJob(client, await client.call('index.start', { folders: [SOUNDS] }), 'index');
  if ((await client.call('map.get', null)) === null) {
    await waitForJob(client, await client.call('map.make', { anew: false }), 'map');
  }
  const scoring = { vocabularyIds: ['sfx'], folders: [], again: false };
  await waitForJob(client, await client.call('tag.score', scoring), 'tag');
  const decided = await client.call('tag.files', { scope: {}, state: 'accepted', order: 'name' });
  if (decided.length === 0) await client.call('tag.acceptAll', { minProbability: 0.9 });
  await client.call('setting.set', { appearance: 'system', playOnSelect: true, volume: 0.8 });
  if ((await client.call('collection.list', null)).length > 0) return;
  for (const [name, text] of [
    ['Storm scene', 'rain in:Ambience'],
    ['Farm yard', 'animals on a farm'],
    ['Interface clicks', 'short beeps and clicks dur:<2'],
  ] as const) {
    const { hits } = await client.call('search.query', { text, limit: 7 });
    const { id } = await client.call('collection.create', { name });
    await client.call('collection.add', { id, fileIds: hits.map(({ fileId }) => fileId) });
    const best = hits.slice(0, 2).map(({ fileId }) => fileId);
    await client.call('stars.set', { fileIds: best, stars: 4 });
    await client.call('favourite.set', { fileIds: best.slice(0, 1), favourite: true });
  }
  await client.call('savedSearch.save', { name: 'Short rain', query: { text: 'rain dur:<30' } });
}
