/** The shape of the library in the built window: the sidebar, back and forward. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { violations } from './accessible.ts';
import { whatIsMissing } from './page.ts';
import { field, lastAsked, names } from './searching.ts';
import { asked, button, useStage } from './stage.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('the shape of the library', () => {
  const enter = useStage();
  const tree = (page: Page) => page.getByRole('tree', { name: 'Library' });
  const item = (page: Page, name: string | RegExp) => tree(page).getByRole('treeitem', { name });
  const text = (page: Page) => field(page).inputValue();

  test.each(['dark', 'light'] as const)(
    'the sidebar by keys: folders, filters, and out again; %s',
    async (appearance) => {
      const page = await enter({ appearance });
      await page.waitForSelector('[role=row]');
      expect(await tree(page).count()).toBe(0); // in a window of this width it is shown when asked for
      await page.keyboard.press('Control+b');
      await item(page, /^SFX/).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      await item(page, /^Doors/).waitFor();
      await page.keyboard.press('d');
      await page.keyboard.press('Enter');
      await expect.poll(() => text(page)).toBe('in:/Volumes/SFX/Doors');
      await item(page, /^Doors/)
        .and(page.locator('[aria-selected=true]'))
        .waitFor();
      // Another folder takes its place, behind the words that stand there.
      await field(page).fill('heavy in:/Volumes/SFX/Doors');
      await item(page, /^Drums/).click();
      await expect.poll(() => text(page)).toBe('heavy in:/Volumes/SFX/Drums');
      await page.keyboard.press(' ');
      await expect.poll(() => text(page)).toBe('heavy');
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Control+b');
      await tree(page).waitFor({ state: 'detached' });
      await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Files');
    },
  );

  test('collections: files dragged in, Delete takes them out, an order of their own, all undone', async () => {
    const page = await enter({ width: 1600 });
    await page.evaluate(() => (window.earmark!.host.dragOut = null)); // as in a browser
    await item(page, /^Night shift/).waitFor();
    await page.locator('#row-5').dragTo(item(page, /^Night shift/));
    await page.getByText('1 file added to “Night shift”.').waitFor();
    expect(await lastAsked(page, 'collection.add')).toEqual({ id: 1, fileIds: [6] });
    await item(page, /^Night shift/).click();
    await expect.poll(() => text(page)).toBe('col:"Night shift"');
    await button(page, 'Remove: collection “Night shift”').waitFor();
    await page.locator('#row-0').click();
    await page.keyboard.press('Delete');
    await expect.poll(() => asked(page, 'collection.take')).toEqual([{ id: 1, fileIds: [1] }]);
    await page.keyboard.press('Control+z');
    await page.getByText('Undone: remove from “Night shift”.').waitFor();
    await page.evaluate(() => window.earmark!.invoke('collection.create', { name: 'Best' }));
    await page.evaluate(() => window.fake.push('file.marked', { fileIds: [] }));
    await item(page, 'Best').click();
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(() => lastAsked(page, 'collection.arrange')).toHaveLength(2);
    const shown = async () => (await page.locator('.node.collection').allTextContents()).map((one) => one.trim());
    await expect.poll(shown).toEqual(['Best 0', 'Night shift 4']);
    await page.keyboard.press('ArrowUp'); // the keys went with it
    await expect.poll(() => page.locator('.node.current').textContent()).toContain('Favourites');
  });

  test('back and forward through searches; what is looked for has an address, and survives a reload', async () => {
    const page = await enter();
    await page.waitForSelector('[role=row]');
    await field(page).pressSequentially('door slam', { delay: 20 });
    await expect.poll(() => page.url()).toContain('#/search?q=door+slam');
    await page.keyboard.press('ArrowDown'); // something is done with it
    await field(page).fill('rain');
    await expect.poll(() => page.url()).toContain('#/search?q=rain');
    await page.keyboard.press('Alt+ArrowLeft');
    await expect.poll(() => text(page)).toBe('door slam');
    await expect.poll(async () => (await names(page))[0]).toContain('DOOR');
    await page.keyboard.press('Alt+ArrowLeft');
    await expect.poll(() => text(page)).toBe('');
    expect(page.url()).toMatch(/#\/search$/); // the library is by name, and what is looked for in it by relevance
    await page.keyboard.press('Alt+ArrowRight');
    await page.keyboard.press('Alt+ArrowRight');
    await expect.poll(() => text(page)).toBe('rain');
    expect(await page.getByRole('combobox', { name: 'Order' }).inputValue()).toBe('relevance');
    await page.getByRole('link', { name: 'Map' }).click();
    await expect.poll(() => page.url()).toMatch(/#\/map$/);
    await page.goBack();
    await expect.poll(() => text(page)).toBe('rain');
    await page.getByRole('combobox', { name: 'Order' }).selectOption('duration');
    await expect.poll(() => page.url()).toContain('#/search?q=rain&sort=duration');
    await page.reload();
    await expect.poll(() => text(page)).toBe('rain');
    await expect.poll(async () => (await names(page))[0]).toContain('rain');
    expect(await page.getByRole('combobox', { name: 'Order' }).inputValue()).toBe('duration');
    // The newest searches are in the sidebar, each once: what was typed key by key as well.
    await page.keyboard.press('Control+b');
    await item(page, 'Recent searches').click();
    const recent = page.locator('.node.recent');
    await expect.poll(() => recent.allTextContents()).toHaveLength(2);
    await recent.filter({ hasText: 'door slam' }).click();
    await expect.poll(() => text(page)).toBe('door slam');
  });

  test.each(['dark', 'light'] as const)(
    'results as a table: sorted by its heads, its columns chosen and kept; %s',
    async (appearance) => {
      const page = await enter({ appearance });
      await field(page).fill('door');
      await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('DOOR'));
      await button(page, 'Table').click();
      const head = (name: string) => page.getByRole('columnheader', { name, exact: true });
      await head('Duration').waitFor();
      expect(await page.locator('#row-0').evaluate((row) => row.clientHeight)).toBeLessThan(40);
      await head('Duration').getByRole('button').click();
      await expect.poll(() => head('Duration').getAttribute('aria-sort')).toBe('ascending');
      await page.keyboard.press('Enter');
      await expect.poll(() => head('Duration').getAttribute('aria-sort')).toBe('descending');
      expect(await head('Match').getAttribute('aria-sort')).toBe('none');
      expect(await head('Format').getAttribute('aria-sort')).toBeNull();
      expect(await violations(page)).toEqual([]);
      // Its menu, by the pointer or by keys: one column less, one more, one to the left.
      await head('Format').click({ button: 'right' });
      await page.getByRole('checkbox', { name: 'Waveform' }).uncheck();
      await page.getByRole('checkbox', { name: 'Description' }).check();
      for (let step = 0; step < 3; step++) await button(page, 'Move Duration left').click();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      const heads = async () => (await page.getByRole('columnheader').allTextContents()).map((one) => one.trim());
      await expect.poll(heads).toEqual(['State', 'Duration', 'Name', 'Match', 'Stars', 'Format', 'Channels', 'Sample rate', 'Bit depth', 'Loudness', 'Tempo', 'Key', 'Tags', 'Folder', 'Description']); // prettier-ignore
      await head('Name').dragTo(head('Duration'));
      await expect.poll(async () => (await heads())[1]).toBe('Name');
      await page.reload();
      await expect.poll(async () => (await heads()).slice(0, 3)).toEqual(['State', 'Name', 'Duration']);
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Commands' }).fill('rows and a table');
      await page.keyboard.press('Enter');
      await head('Duration').waitFor({ state: 'detached' });
    },
  );

  test('a menu on every result, by the pointer and by its key; letters without a result are words', async () => {
    const page = await enter();
    await page.waitForSelector('[role=row]');
    await page.locator('#row-3').click({ button: 'right' });
    const menu = page.getByRole('menu', { name: 'Selected results' });
    await menu.getByRole('menuitem', { name: /^Add to a collection/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await asked(page, 'search.query')).toEqual([]);
    await page.keyboard.press('c'); // to what begins with it, and nothing else
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Copy path');
    await menu.getByRole('menuitemradio', { name: '3 stars' }).click();
    await expect.poll(() => asked(page, 'stars.set')).toEqual([{ fileIds: [4], stars: 3 }]);
    await menu.waitFor({ state: 'detached' });
    await page.keyboard.press('Shift+F10');
    await menu.waitFor();
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
    await page.keyboard.press('f'); // a row is selected
    await expect.poll(() => asked(page, 'favourite.set')).toHaveLength(1);
    await field(page).fill('rain');
    await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('rain'));
    await page.locator('.row.current').waitFor({ state: 'detached' });
    await page.getByRole('combobox', { name: 'Order' }).selectOption('name'); // the list has the keys, and nothing is selected
    await page.keyboard.type('fog');
    await expect.poll(() => text(page)).toBe('fog');
    expect(await asked(page, 'favourite.set')).toHaveLength(1);
  });
});
