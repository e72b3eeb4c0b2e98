/** The Search screen: typing, filters, saved searches and collections, over an engine that is not there. */
import { describe, expect, test } from 'vitest';
import { violations } from './accessible.ts';
import { whatIsMissing } from './page.ts';
import { field, frame, lastAsked, names, results } from './searching.ts';
import { asked, useStage } from './stage.ts';
import { FILTER_KEYS } from '../src/shared/query/filters.ts';
import { filterOf } from '../src/shared/query/values.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('the Search screen', () => {
  const enter = useStage();

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
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('result'));
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
    await page.getByText('Searching…').waitFor();
    expect((await names(page))[0]).toContain('rain');
    await field(page).fill('tram');
    await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('tram'));
    await page.evaluate(() => (window.fake.heldBack = null));
    await answered('thunder');
    await frame(page);
    expect((await names(page))[0]).toContain('tram');
    expect(await page.getByText('Searching…').count()).toBe(0);
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

  test('Help lists every filter', async () => {
    const page = await enter();
    await results(page).focus();
    await page.keyboard.press('?');
    const listed = await page.getByRole('dialog').locator('.filters code').allTextContents();
    expect(listed.slice(1)).toEqual(FILTER_KEYS.map((key) => filterOf(key).help.example));
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
    // Nothing holds that is not asked: the results are to other words.
    const chips = page.getByRole('list', { name: 'Filters in use' }).getByRole('listitem');
    expect(await chips.count()).toBe(0);
    await field(page).fill('rain dur:<3');
    await page.getByText('Write dur:<3').waitFor({ state: 'detached' });
    await expect.poll(() => chips.count()).toBe(1);
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
      .toEqual({ likePath: '/Volumes/SFX/Weather/Rain/rain on tin roof.wav', limit: 500, grouped: true });
    expect(await field(page).inputValue()).toBe('');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('result'));
    await page.keyboard.press('ArrowDown'); // a new answer has nothing selected, and letters would be typed into the field
    await page.keyboard.press('Shift+S');
    await page.getByText(/from \d+:/).waitFor();
    await expect.poll(() => lastAsked(page, 'search.query')).toHaveProperty('likeStartSeconds');
    // More of it in the same take, folded out; and everywhere else again.
    const scope = page.getByRole('radiogroup', { name: 'Search in' });
    await scope.getByText('This file').click();
    await expect.poll(() => lastAsked(page, 'search.query')).toHaveProperty('inSameFile', true);
    await page.locator('.row.match').first().waitFor();
    expect(await page.locator('[role=row][aria-level="1"]').count()).toBe(1);
    await scope.getByText('Other files').click();
    await expect.poll(() => lastAsked(page, 'search.query')).not.toHaveProperty('inSameFile');
    await page.keyboard.press('/');
    await page.keyboard.press('Home');
    await page.keyboard.press('Backspace');
    await page.locator('.like').waitFor({ state: 'detached' });
  });

  test('a collection is a list of its own: opened whole, sorted, narrowed by words, kept as a search', async () => {
    const page = await enter({ size: 2_000 });
    await page.waitForSelector('[role=row]');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('c');
    await page.getByRole('combobox', { name: /to a collection/ }).fill('All of it');
    await page.keyboard.press('Enter');
    await page.getByText('2,000 files added to “All of it”.').waitFor();
    await page.getByRole('link', { name: 'Collections' }).click();
    await page.getByRole('button', { name: 'Open All of it, 2,000 files' }).click();
    await page.getByText('2,000 files from “All of it”').waitFor();
    await page.locator('[role=grid][aria-rowcount="2000"]').waitFor();
    await page.getByRole('combobox', { name: 'Order' }).selectOption('duration');
    await page.waitForFunction(() => window.fake.asked.some(({ name, input }) => name === 'file.list' && JSON.stringify(input).includes('collectionId') && JSON.stringify(input).includes('duration'))); // prettier-ignore
    await field(page).fill('rain');
    await page.getByText('in “All of it”').waitFor();
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('result'));
    await expect
      .poll(() => lastAsked(page, 'search.query'))
      .toMatchObject({ text: 'rain', filters: { includeOffline: true } });
    await page.keyboard.press('Control+s');
    await page.getByLabel('Save this search as').fill('Rain in it');
    await page.keyboard.press('Enter');
    await page.getByText('Saved as “Rain in it”.').waitFor();
    await page.getByRole('button', { name: 'Show all files' }).click();
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
    await results(page).focus();
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
    await page.getByRole('button', { name: /^Stop searching by/ }).click();
    await page.waitForFunction(() => document.querySelector('.found')?.textContent === '400 files');

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

  test('an answer to other words begins at its first result, while the sound before it plays on', async () => {
    const page = await enter();
    const grid = page.getByLabel('Files', { exact: true }); // a treegrid where parts of files were found
    const scrollTop = () => grid.evaluate((list) => list.scrollTop);
    await page.waitForSelector('[role=row]');
    await grid.focus();
    await page.keyboard.press('End');
    await page.locator('#row-399.current').waitFor();
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    const playing = await page.locator('section.strip .title').textContent();
    expect(await scrollTop()).toBeGreaterThan(0);
    const mark = page.getByRole('region', { name: 'Player' });
    await page.keyboard.press('l'); // so that it plays for as long as this takes
    await mark.getByRole('button', { name: 'Loop file', pressed: true }).waitFor();

    await field(page).fill('wav');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('result'));
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

  test('the player and the panel show the match of the same question', async () => {
    const page = await enter();
    const loop = (name: string) => page.getByRole('region', { name: 'Player' }).getByRole('button', { name });
    await field(page).fill('rain');
    await page.waitForFunction(() => document.querySelector('.row .dots') !== null);
    await field(page).press('ArrowDown');
    await loop('Loop match').waitFor();
    await field(page).fill('');
    await loop('Loop file').waitFor(); // the library has no matches
    await field(page).fill('rain');
    await loop('Loop match').waitFor();
  });

  test('leaving the field, or sorting, gives the list the keys and plays nothing', async () => {
    const page = await enter();
    await page.waitForSelector('[role=row]');
    const grid = page.getByRole('grid', { name: 'Files' });
    await field(page).press('Escape');
    await expect.poll(() => grid.evaluate((list) => list === document.activeElement)).toBe(true);
    await page.getByRole('combobox', { name: 'Order' }).selectOption('duration');
    await expect.poll(() => grid.evaluate((list) => list === document.activeElement)).toBe(true);
    await frame(page);
    expect(await page.locator('.row.current').count()).toBe(0);
    await page.getByText('No file selected').waitFor();
    await field(page).press('Enter');
    await page.locator('#row-0.current').waitFor();
  });

  test('filters alone find files without a match: no highlight, no confidence, and a loop plays the whole file', async () => {
    const page = await enter();
    await field(page).fill('fmt:wav');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('result'));
    expect(await page.getByText('Less likely', { exact: true }).count()).toBe(0);
    expect(await page.locator('.row .dots').count()).toBe(0);
    await field(page).press('ArrowDown');
    await page
      .locator('aside')
      .getByText(/^Analysed in \d+ window/)
      .waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('l');
    await page.getByRole('button', { name: 'Loop file', pressed: true }).waitFor();
    await field(page).fill('fmt:wav door');
    await page.waitForFunction(() => document.querySelector('.row .dots') !== null);

    // What is known of a sound stands in its row: beside the tags, in columns where there is room.
    await field(page).fill('shaker');
    await page.locator('#row-0 .tags').getByText('120 BPM', { exact: true }).waitFor();
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.locator('#row-0').getByRole('gridcell', { name: 'loop', exact: true }).waitFor();
    expect(await page.locator('#row-0 .fact').allTextContents()).toEqual(['loop', '120', '', expect.stringMatching(/^−\d+\.\d LUFS$/)]); // prettier-ignore
  });

  test('facets: a bar writes its filter and counts its files; by keyboard, too', async () => {
    const page = await enter();
    await page.getByRole('button', { name: 'Facets' }).click();
    const tempo = page.getByRole('group', { name: 'Tempo' });
    await tempo.getByRole('button', { name: /^120–125 BPM: \d+ files?$/ }).click();
    await tempo.getByRole('button', { pressed: true }).waitFor();
    expect(await field(page).inputValue()).toBe('bpm:120..124.99');
    const kind = page.getByRole('group', { name: 'Kind' });
    await kind.getByRole('button', { name: /^one-shot \d+ files$/ }).press('ArrowRight');
    await page.keyboard.press('Enter');
    await expect.poll(() => field(page).inputValue()).toBe('bpm:120..124.99 kind:loop');
    await kind.getByRole('button', { name: /^loop \d+ files$/, pressed: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await tempo.getByRole('button', { pressed: true }).click();
    await expect.poll(() => field(page).inputValue()).toBe('kind:loop');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog', { name: 'Facets' }).isVisible()).toBe(false);
    expect(await field(page).inputValue()).toBe('kind:loop');
  });
});
