/**
 * A real library from beginning to end, as its user sees it: demo sounds on a disk, the shipped model, the program
 * itself, a browser that plays. The tests build on each other, in their order.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEMO_SEARCHES, writeDemoLibrary } from '../src/demo/library.ts';
import { launchBrowser, openPage, WAIT_MS, whatIsMissing, type Window as Opened } from './page.ts';
import { serveEarmark, type ServedEarmark } from './serving.ts';
import { useSharedPage } from './shared-page.ts';
import { hiss } from './tone.ts';
import type { SearchQuery, SearchResult } from '../src/shared/types.ts';

declare global {
  interface Window {
    /** The element that was asked to play last. */
    sounding: (HTMLMediaElement & { webkitAudioDecodedByteCount: number }) | undefined;
  }
}

const missing = whatIsMissing();

/** Quickly made, in all the formats of the demo, with right answers to some of its searches. */
const NAMES = [
  'ANMLDog_Barking_Yard_01.wav',
  'ANMLCat_Meow_Hungry_01.wav',
  'cow moo.mp3',
  'sheep_bleat.flac',
  'rooster-morning.ogg',
  'crow_caw_x3.aif',
  'owl_night.ogg',
  'rain-on-roof.mp3',
  'WATRDrip_Cave_Reverb.wav',
  'toilet flush.m4a',
  'Splash-Pond.wav',
  'VEHCar_Start_Idle.wav',
  'car-horn-2x.ogg',
  'bicycle ding.wav',
  'helicopter_pass.opus',
  'take_017.wav',
  'take_018.wav',
  'New Recording 12.m4a',
  '8f3a21c0.ogg',
  'DOORWood_knock_04.wav',
] as const;
const FORMATS = ['wav', 'mp3', 'flac', 'ogg', 'opus', 'm4a', 'aiff'];
/** Enough for a run that can be disturbed in its middle. */
const LONG_FILES = 24;
const LONG_SECONDS = 30;

describe.skipIf(missing !== null)('a real library', () => {
  let served: ServedEarmark;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    served = await serveEarmark([], { model: null });
    await writeDemoLibrary(join(served.folder, 'Sounds'), { names: NAMES });
    browser = await launchBrowser();
  });
  useSharedPage(openWindow, (opened) => ({ page } = opened));
  afterAll(async () => {
    await browser.close();
    await served.end();
  });

  async function openWindow(): Promise<Opened> {
    const opened = await openPage(browser);
    await opened.page.addInitScript(() => {
      // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its element below
      const { play } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.play = function (this: NonNullable<Window['sounding']>) {
        window.sounding = this;
        return play.call(this);
      };
    });
    await opened.page.goto(served.url);
    await opened.page.waitForSelector('nav');
    return opened;
  }
  const field = () => page.getByRole('combobox', { name: 'Describe a sound' });
  const go = (name: string, on = page) => on.getByRole('link', { name, exact: true }).click();
  const says = (text: string | RegExp, on = page) => on.getByText(text).first().waitFor();
  const rows = () => page.locator('[role=row] .name');
  /** File names in the order shown. */
  const shown = () => rows().evaluateAll((names) => names.map((name) => name.getAttribute('title') ?? ''));
  const listLength = (many: number) =>
    page.waitForFunction(
      (wanted) => document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === String(wanted),
      many,
    );
  /** Types it and waits until its answer is on the screen. @param text empty: another question is left, of a sound */
  async function search(text: string): Promise<void> {
    await go('Search');
    const answered = page.waitForResponse(
      (response) =>
        response.url().endsWith('/call/search.query') &&
        ((response.request().postDataJSON() as SearchQuery).text ?? '') === text,
    );
    await field().fill(text);
    const { value } = (await (await answered).json()) as { value: SearchResult };
    const first = value.hits[0]?.path.split('/').at(-1);
    await page.waitForFunction(
      (name) => document.querySelector('[role=row] .name')?.getAttribute('title') === (name ?? undefined),
      first ?? null,
    );
  }
  /** It keeps playing, through a decoder. @returns where it was, s */
  async function expectSounding(): Promise<number> {
    await page.waitForFunction(() => {
      const { sounding } = window;
      if (sounding === undefined || sounding.paused || sounding.webkitAudioDecodedByteCount === 0) return false;
      const began = (sounding.dataset['began'] ??= String(sounding.currentTime));
      return sounding.currentTime > Number(began) + 0.1;
    });
    return page.evaluate(() => {
      delete window.sounding!.dataset['began'];
      return window.sounding!.currentTime;
    });
  }

  test('a folder is added on first start and analysed, with progress', async () => {
    await page.getByRole('button', { name: 'Choose folders…' }).click();
    await page.getByLabel('Which folder should Earmark analyse?').fill(join(served.folder, 'Sounds'));
    await page.keyboard.press('Enter');
    await page.getByRole('progressbar').first().waitFor();
    await go('Library');
    await says(`${NAMES.length} files in 1 folder, all analysed`);
    await page.locator('#failures').waitFor({ state: 'detached' });
    await go('Search');
    await listLength(NAMES.length);
    await page.waitForFunction(() => {
      const drawn = [...document.querySelectorAll('[role=row] .name')]; // no more than are in view, and some beside them
      return drawn.length > 10 && drawn.every((name) => name.textContent !== '…');
    });
  });

  test('descriptions find the matching files, also where the name says nothing', async () => {
    const known = DEMO_SEARCHES.filter(({ expected }) => expected.some((name) => (NAMES as readonly string[]).includes(name))); // prettier-ignore
    expect(known.length).toBeGreaterThanOrEqual(5);
    let right = 0;
    for (const { query, expected } of known) {
      await search(query);
      const [first] = await shown();
      if (first !== undefined && expected.includes(first)) right++;
      else console.info(`“${query}” found ${first ?? 'nothing'} first`);
    }
    expect(right).toBeGreaterThanOrEqual(known.length - 1);
  });

  test('a result is selected, explained and played from its match', async () => {
    await search('a dog barking');
    await field().press('ArrowDown');
    await page.getByRole('heading', { name: 'ANMLDog_Barking_Yard_01' }).waitFor();
    await page.getByRole('heading', { name: 'Why this result' }).waitFor();
    const hit = Number(await page.evaluate(() => /Match \d+:(\d+\.\d)/.exec(document.body.textContent)?.[1]));
    expect(await expectSounding()).toBeGreaterThan(hit);
    await page.waitForFunction(() => window.sounding!.volume > 0.5); // from the middle it is faded in
    await page.waitForFunction(
      () => Number(document.querySelector<HTMLInputElement>('[aria-label=Position]')!.value) > 0.1,
    );
    await page.keyboard.press('Enter'); // into the list, where Space is no letter
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    // It was faded out before it stopped, so that nothing clicks.
    await expect.poll(() => page.evaluate(() => [window.sounding!.paused, window.sounding!.volume])).toEqual([true, 0]);
    // Not a row of zeros: the picture of it has dark and light.
    await page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.strip canvas')!;
      const { data, width, height } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      const heights = Array.from({ length: width }, (_, x) => Array.from({ length: height }, (__, y) => data[4 * (y * width + x) + 3]!).filter((alpha) => alpha > 0).length); // prettier-ignore
      return Math.max(...heights) > 3 * Math.min(...heights.filter((tall) => tall > 0));
    });
  });

  test.each(FORMATS)('%s is played by the browser', async (format) => {
    await search(`fmt:${format}`);
    await field().press('ArrowDown');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await expectSounding();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  });

  test('filters narrow the results, and each of them can be removed', async () => {
    await search('animal fmt:wav,ogg dur:<30');
    const narrow = await shown();
    expect(narrow.length).toBeGreaterThan(0);
    expect(narrow.filter((name) => !/\.(wav|ogg)$/.test(name))).toEqual([]);
    await page.getByRole('button', { name: /^Remove: .*WAV/ }).click();
    await page.waitForFunction(() => document.querySelector('input')?.value === 'animal dur:<30');
    await search('fmt:flac');
    expect(await shown()).toEqual(['sheep_bleat.flac']);
    await search('dur:>100000');
    await says('No results');
  });

  test('sounds like this one, with and without words', async () => {
    await search('a dog barking');
    await field().press('Enter');
    await page.keyboard.press('s');
    await says('sounds like ANMLDog_Barking_Yard_01');
    await expect.poll(() => field().inputValue()).toBe(''); // it starts clean
    await expect.poll(shown).not.toContain('ANMLDog_Barking_Yard_01.wav');
    const similar = await shown();
    // Of twenty sounds eight are animals; the nearest to a dog is one of them.
    expect(similar[0]).toMatch(/Cat|cow|sheep|rooster|crow|owl/);
    await search('sheep');
    await page.getByRole('slider', { name: 'Balance between sound and words' }).waitFor();
    await search('');
    await page.getByRole('button', { name: /^Stop searching by/ }).click();
    await listLength(NAMES.length);
  });

  test('without a mouse: walk, mark, collect, go elsewhere and back; all of it is there after a reload', async () => {
    await go('Search');
    await field().fill('');
    await listLength(NAMES.length);
    await field().press('Enter');
    await page.keyboard.press('Home');
    const first = (await page.locator('.row.current .name[title]').getAttribute('title'))!;
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(
      (before) => document.querySelector('.row.current .name')?.getAttribute('title') !== before,
      first,
    );
    await expectSounding();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('4');
    await page.getByText('4 ★').nth(1).waitFor();
    await page.keyboard.press('f');
    await page.getByLabel('favourite', { exact: true }).first().waitFor();
    await page.keyboard.press('c');
    await page.keyboard.type('Farm');
    await page.keyboard.press('Enter');
    await says('2 files added to “Farm”.');
    await page.keyboard.press('m');
    await page.getByRole('button', { name: 'Draw the map' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('collections');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Open Farm, 2 files' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Open Farm, 2 files' }).press('Enter');
    await listLength(2);
    await expect.poll(shown).toContain(first);
  });

  test('the map is drawn; what a lasso takes in becomes a list', async () => {
    await go('Map');
    const draw = page.getByRole('button', { name: 'Draw the map' });
    const colours = page.getByRole('list', { name: 'Colours' });
    await draw.or(colours).first().waitFor();
    if (await draw.isVisible()) await draw.click(); // it is drawn already where this is the second try
    const map = page.getByRole('application', { name: `Map of ${NAMES.length} files` });
    await map.waitFor();
    await colours.waitFor();
    await map.focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('.tip b').waitFor();
    await page.keyboard.press('Enter');
    await expectSounding();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Lasso' }).click();
    const { x, y, width, height } = (await map.boundingBox())!;
    const corner = (across: number, down: number) =>
      page.mouse.move(x + across * width, y + down * height, { steps: 4 });
    await corner(0.02, 0.02);
    await page.mouse.down();
    for (const [across, down] of [[0.98, 0.02], [0.98, 0.98], [0.02, 0.98]] as const) await corner(across, down); // prettier-ignore
    await page.mouse.up();
    const bar = page.getByRole('status').filter({ hasText: 'Show as a list' });
    const many = Number((await bar.locator('span').textContent())!.split(' ')[0]);
    expect(many).toBeGreaterThan(NAMES.length / 2); // the legend lies over a part of it
    await page.getByRole('button', { name: 'Show as a list' }).click();
    await listLength(many);
    await page.getByRole('button', { name: 'Show all files' }).click();
    await listLength(NAMES.length);
  });

  test('two windows; the inference process is killed and a window is opened again in the middle', async () => {
    const long = join(served.folder, 'Night recordings');
    mkdirSync(long);
    for (let file = 1; file <= LONG_FILES; file++) {
      writeFileSync(join(long, `night ${String(file).padStart(2, '0')}.wav`), hiss(LONG_SECONDS, file));
    }
    const { page: other, complaints } = await openWindow();
    const analysing = (on: Page) =>
      on
        .getByRole('progressbar', { name: /^Analysing/ })
        .first()
        .waitFor();
    await go('Library');
    await page.getByRole('button', { name: 'Add folders…' }).click();
    await page.getByLabel('Which folder should Earmark analyse?').fill(long);
    await page.keyboard.press('Enter');
    await Promise.all([analysing(page), analysing(other)]);
    await expect.poll(() => served.processes('inference').length).toBe(1);
    const [inference] = served.processes('inference');
    // Something has been analysed, much is still to come.
    await page.waitForFunction((many) => {
      const left = /Analysing (\d+) files/.exec(document.body.textContent)?.[1];
      return left !== undefined && Number(left) < many;
    }, LONG_FILES);
    process.kill(inference!, 'SIGKILL');
    await page.reload();
    await analysing(page);
    await expect.poll(() => served.processes('inference').filter((pid) => pid !== inference).length).toBe(1);
    await go('Search');
    await search('rain on a roof');
    expect((await shown())[0]).toBe('rain-on-roof.mp3');
    const all = NAMES.length + LONG_FILES;
    await go('Library');
    await go('Library', other);
    const analysed = `${all} files in 2 folders, all analysed`;
    // Twelve minutes of sound: on a busy machine its analysis takes longer than anything else.
    for (const window of [page, other])
      await window
        .getByText(analysed)
        .first()
        .waitFor({ timeout: 2 * WAIT_MS });
    await page.locator('#failures').waitFor({ state: 'detached' });

    await page.keyboard.press('Control+k');
    await page.keyboard.type('darkligh');
    await page.keyboard.press('Enter');
    await other.waitForFunction(() => document.documentElement.dataset['theme'] === 'light');
    expect(complaints).toEqual([]);
    await other.context().close();
  });
});
