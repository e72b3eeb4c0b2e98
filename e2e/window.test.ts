/** The built window driven by keys and pointer, over an engine that is not there (test/renderer/fake-client.ts). */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { violations } from './accessible.ts';
import { whatIsMissing } from './page.ts';
import { asked, useStage } from './stage.ts';

declare global {
  interface Window {
    /** Where the player was, and where to it was put, s: each time that it was. */
    jumps: { from: number; to: number }[];
  }
}

const missing = whatIsMissing();

describe.skipIf(missing !== null)('the window', () => {
  const enter = useStage();
  const field = (page: Page) => page.getByRole('combobox', { name: 'Describe a sound' });
  const names = (page: Page) => page.locator('[role=row] .name').allTextContents();
  const selectedName = (page: Page) => page.locator('.row.current .name').textContent();
  /** Of the selected sound alone: what was shown last stays until the next has come. */
  const panelShows = async (page: Page, name: string) =>
    page.locator('aside').getByRole('heading', { level: 2, name, exact: true }).waitFor();
  /** Notes from now on where the player is put. */
  const noteJumps = (page: Page) =>
    page.evaluate(() => {
      window.jumps = [];
      const known = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'currentTime')!;
      Object.defineProperty(HTMLMediaElement.prototype, 'currentTime', {
        ...known,
        set(this: HTMLMediaElement, to: number) {
          window.jumps.push({ from: this.currentTime, to });
          known.set!.call(this, to);
        },
      });
    });
  /** What has come by now is drawn. */
  const frame = (page: Page) =>
    page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const lastAsked = async (page: Page, name: string) => (await asked(page, name)).at(-1);

  test.each(['dark', 'light'] as const)('nothing that axe finds wrong, %s', async (appearance) => {
    const page = await enter({ appearance });
    await page.waitForSelector('[role=row]');
    expect(await violations(page)).toEqual([]);
    await field(page).fill('heavy door dur:<12');
    await page.getByText('maybe', { exact: true }).waitFor();
    await field(page).press('ArrowDown');
    await page.waitForSelector('aside h2');
    expect(await violations(page)).toEqual([]);
    await field(page).fill('heavy fm');
    await page.getByRole('option').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Control+k');
    await page.waitForSelector('dialog');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    for (const screen of ['map', 'collections', 'library', 'tags', 'models', 'settings']) {
      await page.goto(`${page.url().split('#')[0]!}#/${screen}`);
      await page.getByRole('heading', { level: 1, name: screen }).waitFor();
      expect(await violations(page)).toEqual([]);
    }
  });

  test('typing searches once it rests, and an answer that comes too late is dropped', async () => {
    const page = await enter();
    const answered = (text: string) =>
      page.waitForFunction(
        (wanted) => window.fake.answered.some(({ input }) => (input as { text?: string } | null)?.text === wanted),
        text,
      );
    await page.waitForSelector('[role=row]');
    await page.evaluate(() => (window.fake.answerMs = 300));
    await field(page).fill('tram');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('found'));
    await page.evaluate(() => (window.fake.answerMs = 15));
    // Answers took long so far: it is worth waiting for the next key. No machine is so slow that these do not follow fast.
    await field(page).evaluate((input: HTMLInputElement) => {
      for (const letter of ' rain') {
        input.value += letter;
        input.dispatchEvent(new Event('input', { bubbles: true }));
      }
    });
    await answered('tram rain');
    const texts = (await asked(page, 'search.query')).map((input) => (input as { text: string }).text);
    expect(texts).toEqual(['tram', 'tram rain']);
    await field(page).fill('rain');
    await answered('rain');

    await page.evaluate(() => (window.fake.heldBack = 'thunder'));
    await field(page).fill('thunder');
    // Old results stay while the new ones are on their way; after a while that is said.
    await page.getByText('Looking…').waitFor();
    expect((await names(page))[0]).toContain('rain');
    await field(page).fill('tram');
    await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('tram'));
    await page.evaluate(() => (window.fake.heldBack = null));
    await answered('thunder');
    await frame(page);
    expect((await names(page))[0]).toContain('tram');
    expect(await page.getByText('Looking…').count()).toBe(0);
  });

  test('filters become chips in words; a chip taken out leaves the text', async () => {
    const page = await enter();
    await field(page).fill('door -squeak dur:<4 fmt:wav');
    const chips = page.getByRole('list', { name: 'Filters in use' }).getByRole('listitem');
    await expect
      .poll(async () => (await chips.allTextContents()).map((text) => text.trim()))
      .toEqual(['not “squeak”', 'shorter than 4 s', 'WAV']);
    await page.getByRole('button', { name: 'Remove: shorter than 4 s' }).click();
    await expect.poll(() => field(page).inputValue()).toBe('door -squeak fmt:wav');
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

  test('no key of a filter is complained of while it is typed', async () => {
    const page = await enter();
    await page.waitForSelector('[role=row]');
    await page.evaluate(() => {
      new MutationObserver(() => {
        if (document.querySelector('p.hint') !== null) document.body.dataset['hinted'] = 'yes';
      }).observe(document.body, { subtree: true, childList: true });
    });
    await field(page).pressSequentially('rain dur:<120 fmt:wav');
    await expect.poll(() => lastAsked(page, 'search.query')).toMatchObject({ text: 'rain dur:<120 fmt:wav' });
    expect(await page.evaluate(() => document.body.dataset['hinted'])).toBeUndefined();
    const texts = (await asked(page, 'search.query')).map((input) => (input as { text: string }).text);
    for (const text of texts) expect(text).not.toMatch(/dur:<?(?: |$)|fmt:w?a?(?: |$)/);
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
    await expect.poll(() => selectedName(page)).not.toBe(first);
    await page.keyboard.press('Enter'); // from the field to the list
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    await noteJumps(page);
    await page.keyboard.press('l');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.getByRole('button', { name: 'Loop match', pressed: true }).waitFor();
    await panelShows(page, (await selectedName(page))!);
    const [, start, end] = /The hit: 0:0(\d\.\d) to 0:0(\d\.\d)/.exec(await page.locator('aside').innerText())!.map(Number); // prettier-ignore
    // To its beginning by the key, and again from its end: how soon after that depends on the machine.
    await page.waitForFunction(() => window.jumps.length >= 2);
    const jumps = await page.evaluate(() => window.jumps);
    for (const { to } of jumps) expect(to).toBeCloseTo(start!, 0);
    expect(jumps[1]!.from).toBeGreaterThan(end! - 0.1);
  });

  test('S searches by a sound, Shift+S by a moment of it, Backspace takes it away again', async () => {
    const page = await enter();
    await field(page).fill('rain');
    await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('rain'));
    await page.keyboard.press('Enter');
    await page.keyboard.press('s');
    await page.locator('.like').waitFor();
    await expect
      .poll(() => lastAsked(page, 'search.query'))
      .toMatchObject({ text: 'rain', likePath: '/Volumes/SFX/Weather/Rain/rain on tin roof.wav' });
    await page.keyboard.press('Shift+S');
    await page.getByText(/from \d+:/).waitFor();
    await expect.poll(() => lastAsked(page, 'search.query')).toHaveProperty('likeStartSeconds');
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

  test('rows say a few tags; a mark set elsewhere comes without a row going blank', async () => {
    const page = await enter();
    await page.waitForFunction(() => document.querySelector('[role=row] .tags')?.textContent === 'Doors');
    await page.evaluate(() => {
      const row = document.querySelector('[role=row]')!;
      new MutationObserver(() => {
        if (row.querySelector('.name')!.textContent === '…') document.body.dataset['blank'] = 'yes';
      }).observe(row, { subtree: true, childList: true, characterData: true });
    });
    await page.evaluate(async () => {
      await window.fake.call('stars.set', { fileIds: [1], stars: 2 });
      window.fake.push('file.marked', { fileIds: [1] });
    });
    await page.getByText('2 ★').first().waitFor();
    expect(await page.evaluate(() => document.body.dataset['blank'])).toBeUndefined();
  });

  test('what is where: parts are lit for the question at hand, and played by pointer and by key', async () => {
    const page = await enter();
    await field(page).fill('tram');
    await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('tram'));
    await field(page).press('ArrowDown');
    const parts = page.getByRole('slider', { name: /^Parts of the sound/ });
    await page.waitForFunction(() => document.querySelector('[role=slider]')?.getAttribute('aria-valuetext')?.endsWith(': strong')); // prettier-ignore
    const heat = () =>
      page.locator('.part').evaluateAll((all) => all.map((part) => parseInt((part as HTMLElement).style.getPropertyValue('--heat')))); // prettier-ignore
    const seen = await heat();
    expect(seen).toHaveLength(5); // 22.4 s in parts of 5 s
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
    expect(seen[0]).toBeGreaterThan(2 * seen[4]!);
    await noteJumps(page);
    const playedFrom = () => page.evaluate(() => window.jumps.at(-1)?.to);
    await parts.hover({ position: { x: 100, y: 8 } });
    await page.getByText('0:05.0 to 0:10.0: likely').waitFor();
    await parts.click({ position: { x: 100, y: 8 } });
    await expect.poll(playedFrom).toBe(5);
    await parts.focus();
    for (const key of ['Home', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    await expect.poll(() => parts.getAttribute('aria-valuetext')).toBe('0:10.0 to 0:15.0: maybe');
    await page.keyboard.press('Enter');
    await expect.poll(playedFrom).toBe(10);
    // The library asks nothing: then no part is better than another.
    await field(page).fill('');
    await expect.poll(async () => Math.max(...(await heat()))).toBe(0);
  });

  test('a collection is a list of its own: opened whole, sorted, narrowed by words, kept as a search', async () => {
    const page = await enter({ size: 2_000 });
    await page.waitForSelector('[role=row]');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('c');
    await page.getByRole('combobox', { name: /to a collection/ }).fill('All of it');
    await page.keyboard.press('Enter');
    await page.getByText('2,000 sounds added to “All of it”.').waitFor();
    await page.getByRole('link', { name: 'Collections' }).click();
    await page.getByRole('button', { name: 'Open All of it, 2,000 sounds' }).click();
    await page.getByText('2,000 sounds from “All of it”').waitFor();
    await page.locator('[role=grid][aria-rowcount="2000"]').waitFor();
    await page.getByRole('combobox', { name: 'Order' }).selectOption('duration');
    await page.waitForFunction(() => window.fake.asked.some(({ name, input }) => name === 'file.list' && JSON.stringify(input).includes('collectionId') && JSON.stringify(input).includes('duration'))); // prettier-ignore
    await field(page).fill('rain');
    await page.getByText('in “All of it”').waitFor();
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('found'));
    await expect
      .poll(() => lastAsked(page, 'search.query'))
      .toMatchObject({ text: 'rain', filters: { includeOffline: true } });
    await page.keyboard.press('Control+s');
    await page.getByLabel('Save this search as').fill('Rain in it');
    await page.keyboard.press('Enter');
    await page.getByText('Saved as “Rain in it”.').waitFor();
    await page.getByRole('button', { name: 'Show the whole library' }).click();
    await page.getByText('in “All of it”').waitFor({ state: 'detached' });
    await expect.poll(() => field(page).inputValue()).toBe('rain');
    await page.getByRole('button', { name: 'Saved' }).click();
    await page.getByRole('button', { name: 'Rain in it', exact: true }).click();
    await page.getByText('in “All of it”').waitFor();
  });

  test('a search is kept, opened, removed, and the removal is taken back', async () => {
    const page = await enter();
    await page.waitForSelector('[role=row]');
    const saved = page.getByRole('button', { name: 'Saved' });
    await saved.click();
    await page.getByRole('button', { name: 'Short rain', exact: true }).click();
    await expect.poll(() => field(page).inputValue()).toBe('rain dur:<120');
    await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('rain'));
    await field(page).fill('thunder far');
    await saved.click();
    await page.getByRole('button', { name: 'Save this search' }).click();
    await page.getByLabel('Save this search as').fill('Storms');
    await page.keyboard.press('Enter');
    await page.getByText('Saved as “Storms”.').waitFor();
    expect(await asked(page, 'savedSearch.save')).toEqual([{ name: 'Storms', query: { text: 'thunder far' } }]);
    await saved.click();
    await page.getByRole('button', { name: 'Remove Short rain' }).click();
    await page.getByRole('button', { name: 'Short rain', exact: true }).waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('Control+z');
    await page.getByText('Undone: remove “Short rain”.').waitFor();
    await saved.click();
    await page.getByRole('button', { name: 'Short rain', exact: true }).click();
    await expect.poll(() => field(page).inputValue()).toBe('rain dur:<120');
    await field(page).press('x'); // what stood there is not selected: only a key more
    await field(page).fill('x');
    await page.getByRole('button', { name: 'Back to “Short rain”' }).click();
    await expect.poll(() => field(page).inputValue()).toBe('rain dur:<120');
    await page.getByRole('button', { name: 'Back to “Short rain”' }).waitFor({ state: 'detached' });
  });

  test('a dropped file is the query; what is selected is dragged out of the window', async () => {
    const page = await enter();
    await page.waitForSelector('[role=row]');
    const dropped = await page.evaluateHandle(() => {
      const carried = new DataTransfer();
      carried.items.add(new File(['RIFF'], 'my door.wav', { type: 'audio/wav' }));
      return carried;
    });
    const target = page.locator('.search');
    await target.dispatchEvent('dragover', { dataTransfer: dropped });
    await page.locator('.search.dropping').waitFor();
    await target.dispatchEvent('drop', { dataTransfer: dropped });
    await page.getByText('sounds like my door.wav').waitFor();
    const asksAlone = { likePath: '/dropped/my door.wav', limit: 500, grouped: true };
    await expect.poll(() => lastAsked(page, 'search.query')).toEqual(asksAlone);
    await page.getByRole('button', { name: 'Do not search by this sound' }).click();
    await page.waitForFunction(() => document.querySelector('.found')?.textContent === '400 sounds');

    const row = (number: number) => page.locator(`#row-${number}`);
    await page.waitForFunction(() => [0, 1, 2, 3, 4, 5].every((at) => !['…', undefined].includes(document.querySelector(`#row-${at} .name`)?.textContent))); // prettier-ignore
    await row(0).click();
    await row(2).click({ modifiers: ['Shift'] });
    const carried = await page.evaluateHandle(() => new DataTransfer());
    await row(1).dispatchEvent('dragstart', { dataTransfer: carried });
    await row(5).dispatchEvent('dragstart', { dataTransfer: carried }); // not among the selected: alone
    const dragged = await page.evaluate(() => window.dragged);
    expect(dragged.map((paths) => paths.length)).toEqual([3, 1]);
    expect(dragged[0]![0]).toBe('/Volumes/SFX/Doors/Wood/DOORWood_slam heavy oak_03.wav');
    await expect.poll(() => page.locator('.row.selected').count()).toBe(1);
  });

  test('a hundred thousand rows: few exist, the last is reached, and what is passed by is not fetched', async () => {
    const page = await enter({ size: 100_000 });
    await page.waitForSelector('[role=row]');
    await page.locator('[role=grid][aria-rowcount="100000"]').waitFor();
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
    await page.waitForFunction(() => {
      const names = [...document.querySelectorAll('[role=row] .name')];
      return names.length > 10 && names.every((name) => name.textContent !== '…');
    });
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
    const said = page.getByRole('alert').filter({ hasText: 'Close it, then try again.' });
    await said.waitFor();
    // What was found before is no answer to these words.
    expect(await page.locator('[role=row]').count()).toBe(0);
    await page.evaluate(() => (window.fake.broken = null));
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('rain'));
    await said.waitFor({ state: 'detached' });
    // The same question again, which now fails: what it found stays, and that it is not up to date is said.
    const found = (await names(page)).slice(0, 5);
    await page.evaluate(() => (window.fake.broken = Object.assign(Object.create(window.UserErrorPrototype) as never, { code: 'engine-broken', userMessage: 'The model keeps crashing.' }))); // prettier-ignore
    await page.getByRole('combobox', { name: 'Order' }).selectOption('duration');
    await page.getByRole('alert').filter({ hasText: 'The model keeps crashing.' }).waitFor();
    expect((await names(page)).slice(0, 5)).toEqual(found);
    // A sound instead of words is another question as well.
    await page.getByRole('button', { name: 'Empty the field' }).click();
    await expect.poll(() => page.locator('[role=row]').count()).toBe(0);
  });

  test('an answer to other words begins at its first result, while the sound before it plays on', async () => {
    const page = await enter();
    const grid = page.getByRole('grid', { name: 'Sounds' });
    const scrollTop = () => grid.evaluate((list) => list.scrollTop);
    await page.waitForSelector('[role=row]');
    await grid.focus();
    await page.keyboard.press('End');
    await page.locator('#row-399.current').waitFor();
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    const playing = await page.locator('section.strip .title').textContent();
    expect(await scrollTop()).toBeGreaterThan(0);
    const mark = page.getByRole('region', { name: 'Player' });
    await page.keyboard.press('l'); // so that it goes on for as long as this takes
    await mark.getByRole('button', { name: 'Loop file', pressed: true }).waitFor();

    await field(page).fill('wav');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('found'));
    await expect.poll(scrollTop).toBe(0);
    expect(await page.locator('.row.current').count()).toBe(0);
    expect(await page.locator('section.strip .title').textContent()).toBe(playing);
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await mark.getByRole('button', { name: 'Loop file', pressed: true }).waitFor(); // no match: it is not of these words

    await field(page).press('ArrowDown');
    await page.locator('#row-0.current').waitFor();
    for (let step = 0; step < 30; step++) await page.keyboard.press('ArrowDown');
    await page.locator('#row-30.current').waitFor();
    const below = await scrollTop();
    expect(below).toBeGreaterThan(0);
    const before = (await asked(page, 'search.query')).length;
    // The same question again, because the library has changed: everything stays where it is.
    await page.evaluate(() => window.fake.push('catalogue.changed', { fileIds: [] }));
    await expect.poll(async () => (await asked(page, 'search.query')).length).toBeGreaterThan(before);
    await frame(page);
    await page.locator('#row-30.current').waitFor();
    expect(await scrollTop()).toBe(below);
  });

  test('filters alone find files and no match in them: nothing is lit or sure, and a loop plays all of the file', async () => {
    const page = await enter();
    await field(page).fill('fmt:wav');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('found'));
    expect(await page.getByText('maybe', { exact: true }).count()).toBe(0);
    expect(await page.locator('.row .dots').count()).toBe(0);
    await field(page).press('ArrowDown');
    await page
      .locator('aside')
      .getByText(/^Heard in \d+ part/)
      .waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('l');
    await page.getByRole('button', { name: 'Loop file', pressed: true }).waitFor();
    await field(page).fill('fmt:wav door');
    await page.waitForFunction(() => document.querySelector('.row .dots') !== null);
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
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Describe a sound');
    await page.getByRole('link', { name: 'Tags' }).click();
    await page.getByRole('heading', { level: 1, name: 'Tags' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Commands' }).fill('search');
    const offered = async () => (await page.getByRole('option').allTextContents()).filter((name) => /^\s*Search\b/.test(name)); // prettier-ignore
    await expect.poll(offered).toHaveLength(1);
    await page.keyboard.press('Enter');
    await page.getByRole('combobox', { name: 'Describe a sound' }).waitFor();
  });
});
