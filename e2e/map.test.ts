/** The map in a real browser, under the policy it is served under: drawn by WebGL 2, walked by keys, chosen by a lasso. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { MAP_JOB } from '../test/renderer/fake-map.ts';
import { expectAccessible, picture, violations } from './accessible.ts';
import { whatIsMissing } from './page.ts';
import { asked, useStage, type StageOptions } from './stage.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('the map', () => {
  const open = useStage();
  const enter = (options: StageOptions = {}) => open({ hash: '#/map', ...options });
  const map = (page: Page) => page.getByRole('application', { name: /^Map of/ });
  const drawnPixels = async (page: Page) => (await drawn(page)).pixels;
  const drawnColours = async (page: Page) => (await drawn(page)).colours;
  /** What is drawn, as a person sees it: pixels that are not the ground, and their colours. */
  async function drawn(page: Page): Promise<{ pixels: number; colours: string[] }> {
    const picture = (await page.locator('canvas').first().screenshot()).toString('base64');
    return page.evaluate(async (png) => {
      const image = new Image();
      image.src = `data:image/png;base64,${png}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      const context = canvas.getContext('2d')!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      const colours = new Set<string>();
      let pixels = 0;
      for (let i = 0; i < data.length; i += 4) {
        const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!];
        if (Math.max(r, g, b) - Math.min(r, g, b) <= 40) continue;
        pixels++;
        colours.add(`rgb(${r}, ${g}, ${b})`);
      }
      return { pixels, colours: [...colours] };
    }, picture);
  }

  test.each(['dark', 'light'] as const)('drawn, named, nothing that axe finds wrong, %s', async (appearance) => {
    const page = await enter({ appearance });
    await page.getByRole('list', { name: 'Colours' }).waitFor();
    await expect.poll(() => drawnPixels(page)).toBeGreaterThan(2000);
    const names = page.locator('.regions span');
    await names.filter({ hasText: 'Doors' }).waitFor();
    const boxes = await names.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON() as DOMRect));
    expect(boxes.length).toBeGreaterThan(3);
    expect(await names.evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length)).toBe(0);
    for (const [i, one] of boxes.entries()) {
      for (const other of boxes.slice(i + 1)) {
        const apart = one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top; // prettier-ignore
        expect(apart).toBe(true);
      }
    }
    await map(page).focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('.tip b').waitFor();
    await page.waitForSelector('aside h2');
    expect(await violations(page)).toEqual([]);
    await picture(page, `map-${appearance}`);
  });

  test('arrows walk from sound to sound, Enter plays, S finds what is like it', async () => {
    const page = await enter();
    await page.getByRole('list', { name: 'Colours' }).waitFor();
    await map(page).focus();
    const seen = new Set<string>();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowUp', 'ArrowLeft', 'ArrowDown']) {
      const ring = page.locator('.ring').first();
      const before = (await ring.count()) === 0 ? null : await ring.getAttribute('style');
      await page.keyboard.press(key);
      await ring.waitFor();
      await expect.poll(() => ring.getAttribute('style')).not.toBe(before);
      seen.add((await ring.getAttribute('style'))!);
    }
    expect(seen.size).toBeGreaterThanOrEqual(3);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.locator('.tip b').waitFor();
    await page.keyboard.press('s'); // an action of the window: it works on what is selected, wherever
    await page.locator('.like').waitFor();
    await expect.poll(async () => (await asked(page, 'search.query')).at(-1)).toHaveProperty('likePath');
  });

  test('the pointer names and plays what it rests on; a click selects', async () => {
    const page = await enter({ size: 3 });
    await map(page).waitFor();
    await map(page).focus();
    await page.keyboard.press('ArrowRight');
    const ring = page.locator('.ring').first();
    await ring.waitFor();
    const { x, y } = (await ring.boundingBox())!;
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor(); // quiet again
    await page.mouse.move(x + 60, y + 60);
    await page.mouse.move(x + 10, y + 10);
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.mouse.click(x + 10, y + 10);
    await page.waitForSelector('aside h2');
    const named = (await page.locator('.tip b').textContent())!;
    await expect.poll(() => page.locator('aside h2').first().textContent()).toBe(named);
  });

  test('wheel and keys zoom, a pull moves the map, 0 shows all of it', async () => {
    const page = await enter();
    await map(page).focus();
    await page.keyboard.press('ArrowRight');
    const at = async () => (await page.locator('.ring').first().boundingBox())!;
    const whole = await at();
    await page.mouse.move(whole.x + 110, whole.y + 60);
    await page.mouse.wheel(0, -400);
    await page.waitForFunction(
      (left) => document.querySelector('.ring')!.getBoundingClientRect().x < left - 20,
      whole.x,
    );
    const zoomed = await at();
    await page.mouse.down();
    await page.mouse.move(whole.x + 150, whole.y + 80, { steps: 4 });
    await page.mouse.up();
    await expect.poll(async () => (await at()).x - zoomed.x).toBeCloseTo(40, -1);
    await expect.poll(async () => (await at()).y - zoomed.y).toBeCloseTo(20, -1);
    await map(page).focus();
    await page.keyboard.press('0');
    await page.waitForFunction(
      (left) => Math.abs(document.querySelector('.ring')!.getBoundingClientRect().x - left) < 2,
      whole.x,
    );
  });

  test('a lasso becomes a list in Search, with a chip that takes it away again', async () => {
    const page = await enter();
    await page.getByRole('list', { name: 'Colours' }).waitFor();
    const { x, y, width, height } = (await map(page).boundingBox())!;
    await page.getByRole('button', { name: 'Lasso' }).click();
    const corner = (share: number, down: number) => page.mouse.move(x + share * width, y + down * height, { steps: 5 });
    await corner(0.4, 0.3);
    await page.mouse.down();
    await corner(0.75, 0.3);
    await corner(0.75, 0.75);
    await corner(0.4, 0.75);
    await page.mouse.up();
    const bar = page.getByRole('status').filter({ hasText: 'Show as a list' });
    const many = (await bar.locator('span').textContent())!;
    await picture(page, 'map-lasso');
    await page.getByRole('button', { name: 'Show as a list' }).click();
    await page.getByText(`${many} from the map`).waitFor();
    await page.waitForSelector('[role=row]');
    const rows = Number(await page.getByRole('grid').getAttribute('aria-rowcount'));
    expect(`${rows} files`).toBe(many);
    expect(rows).toBeGreaterThan(5);
    expect(rows).toBeLessThan(400);
    await picture(page, 'map-in-search');
    // The list has the keys. Words replace it, and it can be had back.
    await page.getByRole('grid', { name: 'Files' }).and(page.locator(':focus')).waitFor();
    await page.getByRole('combobox', { name: 'Describe a sound' }).fill('door');
    await page.waitForFunction(() => document.querySelector('.found')?.textContent.includes('result'));
    await page.getByRole('button', { name: `Back to ${many} from the map` }).click();
    await page.locator(`[role=grid][aria-rowcount="${rows}"]`).waitFor();
    await page.getByText(`${many} from the map`).waitFor();
    await page.getByRole('button', { name: 'Show all files' }).click();
    await page.waitForFunction(() => document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === '400');
  });

  test('a lasso with Shift adds to the selection, one without replaces it', async () => {
    const page = await enter();
    await page.getByRole('list', { name: 'Colours' }).waitFor();
    const { x, y, width, height } = (await map(page).boundingBox())!;
    const to = (share: number, down: number) => page.mouse.move(x + share * width, y + down * height, { steps: 5 });
    const around = async (left: number, right: number) => {
      await to(left, 0.15);
      await page.mouse.down();
      await to(right, 0.15);
      await to(right, 0.9);
      await to(left, 0.9);
      await page.mouse.up();
    };
    const bar = page.getByRole('status').filter({ hasText: 'Show as a list' });
    const many = async () => parseInt((await bar.locator('span').textContent())!, 10);
    const lasso = page.getByRole('button', { name: 'Lasso' });
    await lasso.click();
    await around(0.3, 0.49);
    await bar.waitFor();
    const left = await many();
    expect(left).toBeGreaterThan(0);
    await page.keyboard.down('Shift');
    await around(0.5, 0.7);
    await expect.poll(many).toBeGreaterThan(left);
    const both = await many();
    await around(0.5, 0.7); // what is chosen already counts once
    await to(0.95, 0.95);
    await page.mouse.down(); // a click beside everything, which would clear the selection without Shift
    await page.mouse.up();
    await picture(page, 'map-lasso-added');
    expect(await many()).toBe(both);
    await page.keyboard.up('Shift');
    await lasso.click();
    await around(0.5, 0.7);
    await expect.poll(many).toBe(both - left);
    await to(0.95, 0.95);
    await page.mouse.down();
    await page.mouse.up();
    await bar.waitFor({ state: 'detached' });
  });

  test('a single class is highlighted; colours by format', async () => {
    const page = await enter();
    const colours = page.getByRole('list', { name: 'Colours' });
    await colours.waitFor();
    await expect.poll(() => drawnPixels(page)).toBeGreaterThan(2000);
    const all = await drawnPixels(page);
    await colours.getByRole('button').first().click();
    await expect.poll(() => drawnPixels(page)).toBeLessThan(0.8 * all);
    await page.getByRole('radio', { name: 'Format' }).check({ force: true });
    await colours.getByText('mp3').waitFor();
  });

  test('what the search found is lit, and the legend counts it; not any more when the search is cleared', async () => {
    const page = await enter();
    await page.getByRole('list', { name: 'Colours' }).waitFor();
    await expect.poll(() => drawnPixels(page)).toBeGreaterThan(2000);
    const all = await drawnPixels(page);
    const colours = page.getByRole('list', { name: 'Colours' });
    const found = page.getByRole('button', { name: /files? found/ });
    expect(await found.count()).toBe(0);
    const screen = (name: string) => page.getByRole('navigation').getByRole('link', { name });
    const look = async (words: string) => {
      await screen('Search').click();
      const field = page.getByRole('combobox', { name: 'Describe a sound' });
      await field.fill(words);
      const result = words === '' ? /^[\d,]+ files?$/ : /result/;
      await page.locator('.found').filter({ hasText: result }).waitFor();
      await screen('Map').click();
      await map(page).waitFor();
    };
    await look('door');
    const line = /^(\d+) of \1 files found are on the map$/;
    await found.waitFor();
    const doors = (await found.textContent())!.trim();
    expect(doors).toMatch(line);
    await expect.poll(() => drawnPixels(page)).toBeLessThan(0.6 * all);
    expect(await drawnPixels(page)).toBeGreaterThan(100);
    await expectAccessible(page, 'map-hits');
    // The page is light now, and so are the colours of the points: darker than on a dark ground.
    const own = await colours.getByRole('button').first().locator('i').evaluate((dot) => getComputedStyle(dot).backgroundColor); // prettier-ignore
    await expect.poll(() => drawnColours(page)).toContain(own);
    await found.click(); // lit no more, though the search still stands
    await expect.poll(() => drawnPixels(page)).toBeGreaterThan(0.9 * all);
    await found.click();
    await look('rain');
    await found.filter({ hasNotText: doors }).waitFor();
    await look('');
    await found.waitFor({ state: 'detached' });
    await expect.poll(() => drawnPixels(page)).toBeGreaterThan(0.9 * all);
  });

  test('without a map: a message and a button, then progress, then the map', async () => {
    const page = await enter({ map: { drawn: false, missing: 0 } });
    await picture(page, 'map-none');
    await page.getByRole('button', { name: 'Draw the map' }).click();
    await page.getByText('Comparing files for the map, 20 % · 40 s left').waitFor();
    await picture(page, 'map-drawing');
    await page.evaluate((job) => window.fake.push('job.progress', { ...job, state: 'done', done: 100 }), MAP_JOB);
    await map(page).waitFor();
    await page.getByText('Map updated.').waitFor();
    expect(await asked(page, 'map.make')).toEqual([{ anew: false }]);
  });

  test('new sounds: a few are added, many ask for another map', async () => {
    const few = await enter({ map: { drawn: true, missing: 12 } });
    await few.getByText('12 new files are not on the map yet.').waitFor();
    await few.getByRole('button', { name: 'Add' }).click();
    await expect.poll(() => asked(few, 'map.make')).toEqual([{ anew: false }]);
    await few.context().close();
    const many = await enter({ map: { drawn: true, missing: 900 } });
    await many.getByRole('button', { name: 'Redraw', exact: true }).click();
    await expect.poll(() => asked(many, 'map.make')).toEqual([{ anew: true }]);
  });

  test('a hundred thousand points', async () => {
    const page = await enter({ size: 100_000 });
    await page.getByRole('list', { name: 'Colours' }).waitFor();
    await expect.poll(() => drawnPixels(page)).toBeGreaterThan(20_000);
    await picture(page, 'map-100000');
    const frames = await map(page).evaluate(async (surface) => {
      const times: number[] = [];
      for (let step = 0; step < 20; step++) {
        const before = performance.now();
        surface.dispatchEvent(new WheelEvent('wheel', { deltaY: step < 10 ? -60 : 60, clientX: 500, clientY: 400, cancelable: true })); // prettier-ignore
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        times.push(performance.now() - before);
      }
      return times.sort((a, b) => a - b);
    });
    console.info(`100,000 points: two frames after a turn of the wheel, median ${frames[10]!.toFixed(0)} ms`);
    await map(page).focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('.tip b').waitFor();
  });

  test('without WebGL a message is shown', async () => {
    const page = await open({ hash: '' });
    await page.evaluate(() => {
      Object.defineProperty(HTMLCanvasElement.prototype, 'getContext', { value: () => null });
      window.location.hash = '/map';
    });
    await page.getByText('WebGL 2, which this browser or graphics driver does not support').waitFor();
  });
});
