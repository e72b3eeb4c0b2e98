/** The built window driven by keys and pointer, over an engine that is not there (test/renderer/fake-client.ts). */
import { describe, expect, test } from 'vitest';
import { violations } from './accessible.ts';
import { whatIsMissing } from './page.ts';
import { field, names, noteJumps, panelShows, placesInLoop, selectedName } from './searching.ts';
import { asked, useStage } from './stage.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('the window', () => {
  const enter = useStage();

  test.each(['dark', 'light'] as const)('nothing that axe finds wrong, %s', async (appearance) => {
    const page = await enter({ appearance });
    await page.waitForSelector('[role=row]');
    expect(await violations(page)).toEqual([]);
    await field(page).fill('heavy door dur:<12');
    await page.getByText('Less likely', { exact: true }).waitFor();
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

  test('arrows select and play from the match, Space stops, L loops', async () => {
    const page = await enter();
    await field(page).fill('door');
    await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('DOOR'));
    await page.keyboard.press('ArrowDown');
    const first = await selectedName(page);
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => selectedName(page)).not.toBe(first);
    await page.keyboard.press('Enter'); // from the field to the list
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('treegrid');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    await page.keyboard.press('l');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.getByRole('button', { name: 'Loop match', pressed: true }).waitFor();
    await panelShows(page, (await selectedName(page))!);
    const [, start, end] = /Match 0:0(\d\.\d)–0:0(\d\.\d)/.exec(await page.locator('aside').innerText())!.map(Number); // prettier-ignore
    const places = await placesInLoop(page, (start! + end!) / 2);
    // The slider has steps of 0.1 s.
    expect(Math.min(...places)).toBeGreaterThan(start! - 0.2);
    expect(Math.max(...places)).toBeLessThan(end! + 0.2);
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
    await page.getByText('2 files added to “Doors to keep”.').waitFor();
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
    await page.waitForFunction(() => document.querySelector('[role=row] .tags')?.textContent.trim().endsWith('Doors'));
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

  test('timeline: windows are highlighted for the current query, and played by pointer and by key', async () => {
    const page = await enter();
    await field(page).fill('tram');
    await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('tram'));
    await field(page).press('ArrowDown');
    const parts = page.getByRole('slider', { name: /^Windows of the file/ });
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
    await expect.poll(() => parts.getAttribute('aria-valuetext')).toBe('0:10.0 to 0:15.0: less likely');
    await page.keyboard.press('Enter');
    await expect.poll(playedFrom).toBe(10);
    // Library asks nothing: then no part is better than another.
    await field(page).fill('');
    await expect.poll(async () => Math.max(...(await heat()))).toBe(0);
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

  test('a failed call shows its message and offers to try again', async () => {
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
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await expect.poll(() => page.locator('[role=row]').count()).toBe(0);
  });

  test('first start leads to the demo sounds', async () => {
    const page = await enter({ size: 0 });
    await page.getByRole('button', { name: 'try demo sounds' }).click();
    await page.getByText('Analysing 60 files').waitFor();
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
