/**
 * From finding to using: a dog bark in a long take is found, played at a matched level, trimmed and exported into a
 * folder, once by keys alone and once by the pointer. Tests and pictures take both walks.
 */
import type { Page } from 'playwright-core';

export interface Walk {
  page: Page;
  /** Of the take's file. */
  name: string;
  /** For the piece; absolute, and there. */
  folder: string;
  /** Called at each step, with what is there to be seen. */
  look: (step: WalkStep) => Promise<void>;
}

export type WalkStep = 'found' | 'matched' | 'trimmed' | 'exporting';

/** What the window says of the piece. */
export interface Walked {
  /** Edges of the selection, samples of the take; the end exclusive. */
  startSample: number;
  endSample: number;
  /** What it plays at: `+2.0 dB, plays at −39.5 LUFS…`. */
  level: string;
}

const button = (page: Page, name: string | RegExp, exact = true) => page.getByRole('button', { name, exact });
const row = (page: Page, name: string) => page.locator('.list .row').filter({ has: page.getByTitle(name, { exact: true }) }); // prettier-ignore
const edge = (page: Page, which: 'start' | 'end') => page.getByRole('slider', { name: `Selection ${which}` });
const gain = (page: Page) => page.locator('.strip .gain');
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Export pieces' });

/** The focus is in the field from the start; words are typed on both walks. */
async function search({ page, name }: Walk): Promise<void> {
  await page.locator('input:focus').waitFor();
  await page.keyboard.insertText('dog bark'); // at once: half of it would be another search
  await page
    .getByText(/^\d+ (results?|less likely)/)
    .first()
    .waitFor(); // before, the list has all files
  await row(page, name).waitFor();
}

/** Waits until there is another selection than the one before. */
async function selected(page: Page, before = ''): Promise<string> {
  await edge(page, 'start').waitFor();
  const now = () => page.locator('.tools b').textContent();
  await page.waitForFunction((old) => document.querySelector('.tools b')?.textContent !== old, before);
  return (await now())!;
}

async function walked(page: Page, export_: () => Promise<void>): Promise<Walked> {
  const [startSample, endSample] = [Number(await edge(page, 'start').inputValue()), Number(await edge(page, 'end').inputValue())]; // prettier-ignore
  const level = (await gain(page).getAttribute('title'))!;
  await export_();
  await page.getByText(/^1 piece exported to /).waitFor();
  await dialog(page).waitFor({ state: 'detached' });
  return { startSample, endSample, level };
}

/** Type, Enter, V, G, ⇧T, P, E, Enter. */
export async function walkByKeys(walk: Walk): Promise<Walked> {
  const { page, name, folder, look } = walk;
  const { keyboard } = page;
  await search(walk);
  await look('found');
  await keyboard.press('ArrowDown'); // selects it, which plays its match
  await button(page, 'Stop').waitFor();
  await keyboard.press('Enter'); // from the field to the list
  await page.locator('.list:focus').waitFor();
  await keyboard.press('v');
  await gain(page).waitFor();
  await look('matched');
  await keyboard.press('g');
  const match = await selected(page);
  await keyboard.press('Shift+T');
  await selected(page, match);
  await keyboard.press('z');
  await keyboard.press('p'); // once
  await button(page, 'Play').waitFor();
  await look('trimmed');
  return walked(page, async () => {
    await keyboard.press('e');
    await dialog(page)
      .getByText(name.replace(/\.\w+$/, ''))
      .waitFor();
    await page.locator('dialog input:focus').waitFor();
    await keyboard.type(folder);
    await look('exporting');
    await keyboard.press('Enter');
  });
}

/** Of the keyboard only the words of the search. */
export async function walkByPointer(walk: Walk): Promise<Walked> {
  const { page, name, folder, look } = walk;
  await search(walk);
  await row(page, name).click();
  await button(page, 'Stop').waitFor();
  await look('found');
  await button(page, /^Audition/, false).click();
  await page.getByText('Match levels', { exact: true }).click();
  await gain(page).waitFor();
  await look('matched');
  await button(page, /^Audition/, false).click();
  await button(page, 'Stop').click(); // the view follows what plays
  await button(page, 'Play').waitFor();
  await button(page, 'Zoom to match').click();
  await button(page, 'Trim to the sound').click(); // of the match
  await selected(page);
  await button(page, 'Zoom to selection').click();
  await look('trimmed');
  return walked(page, async () => {
    await button(page, 'Export selection…').click();
    await dialog(page).getByRole('button', { name: 'Browse…' }).click();
    await page.getByLabel('Folder contents').locator('.text').first().waitFor();
    await browseTo(page, folder);
    await look('exporting');
    await dialog(page).getByRole('button', { name: 'Export', exact: true }).click();
  });
}

/** From the user's home to a folder below it. */
async function browseTo(page: Page, folder: string): Promise<void> {
  const sheet = page.getByRole('dialog').filter({ has: page.getByLabel('Folder contents') });
  const address = sheet.getByRole('textbox', { name: 'Folder path' });
  const item = (name: string) => sheet.getByRole('grid', { name: 'Folder contents' }).getByText(name, { exact: true });
  const parts = folder.split('/');
  for (const [index, part] of parts.entries()) {
    const above = parts.slice(0, index).join('/');
    if ((await address.inputValue()) !== above) continue; // its home is further down
    if (index === parts.length - 1) await item(part).click();
    else {
      await item(part).dblclick();
      await page.waitForFunction((path) => [...document.querySelectorAll('input')].some(({ value }) => value === path), `${above}/${part}`); // prettier-ignore
    }
  }
  await sheet.getByRole('button', { name: 'Choose', exact: true }).click();
  await sheet.waitFor({ state: 'detached' });
}
