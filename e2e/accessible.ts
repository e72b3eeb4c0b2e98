/** What axe finds wrong with a page, asked when nothing moves any more, and of nothing that begins to move meanwhile. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
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
