/** What axe finds wrong with a page, asked when nothing moves any more, and of nothing that begins to move meanwhile. */
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { settled } from './page.ts';

declare global {
  interface Window {
    axe: typeof axe;
  }
}

/** @returns each with the rule that it breaks and the elements, in a line; none when all is well */
export async function violations(page: Page): Promise<string[]> {
  await page.mouse.move(640, 796); // off everything that answers to a pointer
  await settled(page);
  if (await page.evaluate(() => !('axe' in window))) await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    // axe takes its time: a message that comes up just then would be measured half faded in.
    const still = new CSSStyleSheet();
    still.replaceSync('*, *::before, *::after { animation: none !important; transition: none !important; }');
    document.adoptedStyleSheets.push(still);
    try {
      return await window.axe.run({ resultTypes: ['violations'] });
    } finally {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== still);
    }
  });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** Nothing that axe finds wrong, in both themes; of a named state also a {@link picture} each. The page is light afterwards. */
export async function expectAccessible(page: Page, name: string | null = null): Promise<void> {
  for (const theme of ['dark', 'light']) {
    await page.evaluate((chosen) => (document.documentElement.dataset['theme'] = chosen), theme);
    expect((await violations(page)).map((words) => `${theme} ${words}`)).toEqual([]);
    if (name !== null) await picture(page, `${name}-${theme}`);
  }
}

/** What the test sees, as `<name>.png` in the folder that EARMARK_PICTURES names; nothing where it is not set. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['EARMARK_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}
