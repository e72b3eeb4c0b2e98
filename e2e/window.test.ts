/** The built window driven by keys and pointer, over an engine that is not there (test/renderer/fake-client.ts). */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openStage, whatIsMissing, type Stage, type Window as OpenWindow } from './page.ts';

declare global {
  interface Window {
    axe: typeof axe;
  }
}

const missing = whatIsMissing();

describe.skipIf(missing !== null)('the window', () => {
  let stage: Stage;
  let open: OpenWindow | null = null;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterEach(async () => {
    // Nothing may be said on the console, whatever a test did: no error, no warning, no breach of the policy.
    const complaints = open?.complaints ?? [];
    await open?.page.context().close();
    open = null;
    expect(complaints).toEqual([]);
  });
  afterAll(() => stage.close());

  async function enter(options: Parameters<Stage['open']>[0] = {}): Promise<Page> {
    open = await stage.open(options);
    return open.page;
  }
  const field = (page: Page) => page.getByRole('combobox', { name: 'Describe a sound' });
  const names = (page: Page) => page.locator('[role=row] .name').allTextContents();
  const selectedName = (page: Page) => page.locator('.row.current .name').textContent();
  const asked = (page: Page, name: string) =>
    page.evaluate((wanted) => window.fake.asked.filter((call) => call.name === wanted).map(({ input }) => input), name);

  test.each(['dark', 'light'] as const)('nothing that axe finds wrong, %s', async (appearance) => {
    const page = await enter({ appearance });
    await page.evaluate(axe.source);
    const violations = async () => {
      const found = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
      return found.violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
      );
    };
    await page.waitForSelector('[role=row]');
    expect(await violations()).toEqual([]);
    await field(page).fill('heavy door dur:<12');
    await page.getByText('maybe', { exact: true }).waitFor();
    await field(page).press('ArrowDown');
    await page.waitForSelector('aside h2');
    expect(await violations()).toEqual([]);
    await field(page).fill('heavy fm');
    await page.getByRole('option').first().waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Control+k');
    await page.waitForSelector('dialog');
    await page.waitForTimeout(250); // colours in the middle of a transition have no fixed contrast
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    for (const screen of ['map', 'collections', 'library', 'tags', 'models', 'settings']) {
      await page.goto(`${page.url().split('#')[0]!}#/${screen}`);
      await page.waitForTimeout(150);
      expect(await violations()).toEqual([]);
    }
  });

  test('typing searches once it rests, and an answer that comes too late is dropped', async () => {
    const page = await enter();
    await page.waitForSelector('[role=row]');
    await field(page).pressSequentially('rain', { delay: 10 });
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('found'));
    expect(await asked(page, 'search.query')).toEqual([{ text: 'rain', limit: 500 }]);

    await page.evaluate(() => (window.fake.answerMs = 500));
    await field(page).fill('thunder');
    await page.waitForTimeout(150);
    // Old results stay while the new ones are on their way; after a while that is said.
    expect((await names(page))[0]).toContain('rain');
    await page.getByText('Looking…').waitFor();
    await page.evaluate(() => (window.fake.answerMs = 5));
    await field(page).fill('tram');
    await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('tram'));
    await page.waitForTimeout(600); // by now the answer to "thunder" has come as well
    expect((await names(page))[0]).toContain('tram');
    expect(await page.getByText('Looking…').count()).toBe(0);
  });

  test('filters become chips in words; a chip taken out leaves the text', async () => {
    const page = await enter();
    await field(page).fill('door -squeak dur:<4 fmt:wav');
    const chips = page.getByRole('list', { name: 'Filters in use' }).getByRole('listitem');
    expect((await chips.allTextContents()).map((text) => text.trim())).toEqual([
      'not “squeak”',
      'shorter than 4 s',
      'WAV',
    ]);
    await page.getByRole('button', { name: 'Remove: shorter than 4 s' }).click();
    expect(await field(page).inputValue()).toBe('door -squeak fmt:wav');
  });

  test('filters are completed by Tab, their values by the arrows', async () => {
    const page = await enter();
    await field(page).pressSequentially('rain fm');
    await page.getByRole('option', { name: /fmt:/ }).waitFor();
    await page.keyboard.press('Tab');
    await page.waitForFunction(() => document.querySelector('input')?.value === 'rain fmt:');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('input')?.value === 'rain fmt:flac ');
  });

  test('half a filter keeps the old answer and says what is missing', async () => {
    const page = await enter();
    await field(page).fill('rain');
    await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('rain'));
    await field(page).fill('rain dur:x');
    await page.getByText('Write dur:<3').waitFor();
    expect((await names(page))[0]).toContain('rain');
    await field(page).fill('rain dur:<3');
    await page.getByText('Write dur:<3').waitFor({ state: 'detached' });
  });

  test('arrows walk and play from the hit, Space stops, L loops', async () => {
    const page = await enter();
    await field(page).fill('door');
    await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('DOOR'));
    await page.keyboard.press('ArrowDown');
    const first = await selectedName(page);
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await selectedName(page)).not.toBe(first);
    await page.keyboard.press('Enter'); // from the field to the list
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    await page.keyboard.press('l');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    expect(await page.getByRole('button', { name: 'Loop hit' }).getAttribute('aria-pressed')).toBe('true');
    const slider = page.getByRole('slider', { name: 'Position' });
    const hit = await page.evaluate(() => document.querySelector('aside')?.textContent.match(/to 0:0(\d\.\d)/)?.[1]);
    await page.waitForTimeout(1500);
    // Three seconds of sound would be well past the hit's end by now, if it did not go round.
    expect(Number(await slider.inputValue())).toBeLessThan(Number(hit) + 0.3);
  });

  test('S searches by a sound, Shift+S by a moment of it, Backspace takes it away again', async () => {
    const page = await enter();
    await field(page).fill('rain');
    await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('rain'));
    await page.keyboard.press('Enter');
    await page.keyboard.press('s');
    await page.locator('.like').waitFor();
    const [last] = (await asked(page, 'search.query')).slice(-1);
    expect(last).toMatchObject({ text: 'rain', likePath: '/Volumes/SFX/Weather/Rain/rain on tin roof.wav' });
    await page.keyboard.press('Shift+S');
    await page.getByText(/from \d+:/).waitFor();
    expect((await asked(page, 'search.query')).at(-1)).toHaveProperty('likeStartSeconds');
    await page.keyboard.press('/');
    await page.keyboard.press('Home');
    await page.keyboard.press('Backspace');
    await page.locator('.like').waitFor({ state: 'detached' });
  });

  test('a favourite, stars and a collection, all taken back by Ctrl+Z', async () => {
    const page = await enter();
    await page.waitForSelector('[role=row]');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('5');
    await page.waitForFunction(() => window.fake.asked.some(({ name }) => name === 'stars.set'));
    expect(await asked(page, 'stars.set')).toEqual([{ fileIds: [1, 2], stars: 5 }]);
    await page.getByText('5 ★').nth(1).waitFor();
    await page.keyboard.press('f');
    await page.waitForFunction(() => window.fake.asked.some(({ name }) => name === 'favourite.set'));
    await page.keyboard.press('c');
    await page.getByRole('combobox', { name: /to a collection/ }).fill('Doors to keep');
    await page.keyboard.press('Enter');
    await page.getByText('2 sounds added to “Doors to keep”.').waitFor();
    for (const step of ['add to “Doors to keep”', 'favourite', '5 stars']) {
      await page.keyboard.press('Control+z');
      await page.getByText(`Undone: ${step}.`).waitFor();
    }
    expect((await asked(page, 'stars.set')).slice(1)).toEqual([
      { fileIds: [1], stars: 4 },
      { fileIds: [2], stars: 0 },
    ]);
  });

  test('a hundred thousand rows: few exist, the last is reached, and what is passed by is not fetched', async () => {
    const page = await enter({ size: 100_000 });
    await page.waitForSelector('[role=row]');
    expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('100000');
    const grid = page.getByRole('grid');
    const frames = await grid.evaluate(async (list) => {
      const times: number[] = [];
      for (let step = 0; step < 60; step++) {
        const before = performance.now();
        list.scrollTop += 24_000;
        await new Promise(requestAnimationFrame);
        times.push(performance.now() - before);
      }
      return times.sort((a, b) => a - b);
    });
    await page.waitForTimeout(300);
    const fetched = (await asked(page, 'file.rows')).flat().length;
    console.info(`scrolling: median frame ${frames[30]!.toFixed(0)} ms, ${fetched} rows fetched of 40,000 passed`);
    expect(fetched).toBeLessThan(4_000);
    await grid.focus();
    await page.keyboard.press('End');
    await page.waitForSelector('#row-99999');
    expect(await page.locator('[role=row]').count()).toBeLessThan(60);
    await page.waitForFunction(() => document.querySelector('#row-99999 .name')?.textContent !== '…');
  });

  test('a failed call says its sentence and offers another try', async () => {
    const page = await enter();
    await page.waitForSelector('[role=row]');
    // What was thrown in the page becomes data and an error again on its way, as between processes.
    await page.evaluate(() => {
      const sentence = 'Another Earmark is writing to the catalogue. Close it, then try again.';
      window.fake.broken = Object.assign(new Error(sentence), {
        code: 'catalogue-busy',
        userMessage: sentence,
      }) as never;
      Object.setPrototypeOf(window.fake.broken, window.UserErrorPrototype);
    });
    await field(page).fill('rain');
    await page.getByText('Close it, then try again.').waitFor();
    await page.evaluate(() => (window.fake.broken = null));
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('rain'));
  });

  test('first start leads to the demo sounds', async () => {
    const page = await enter({ size: 0 });
    await page.getByRole('button', { name: 'try the demo sounds' }).click();
    await page.getByText('Listening to 60 sounds').waitFor();
    expect(await asked(page, 'index.start')).toEqual([{ folders: ['/data/demo-sounds'] }]);
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('0');
  });

  test('the palette finds a command by some letters and gives the keys back', async () => {
    const page = await enter();
    await page.waitForSelector('[role=row]');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Commands' }).fill('darkligh');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.documentElement.dataset['theme'] === 'light');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Describe a sound');
    // Elsewhere more than one command is called “Search”.
    await page.getByRole('link', { name: 'Tags' }).click();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Commands' }).fill('search');
    await page.keyboard.press('Enter');
    await page.getByRole('combobox', { name: 'Describe a sound' }).waitFor();
  });
});
