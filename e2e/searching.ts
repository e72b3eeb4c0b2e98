/** What tests of the Search screen look at and do. */
import type { Page } from 'playwright-core';
import { asked } from './stage.ts';

declare global {
  interface Window {
    /** Where the player was, and where to it was put, s: each time that it was. */
    jumps: { from: number; to: number }[];
  }
}

export const field = (page: Page) => page.getByRole('combobox', { name: 'Describe a sound' });
/** A treegrid where files fold out into their matches. */
export const results = (page: Page) => page.locator('[role=grid], [role=treegrid]').first();
export const names = (page: Page) => page.locator('[role=row] .name').allTextContents();
export const selectedName = (page: Page) => page.locator('.row.current .name').textContent();
/** Of the selected sound alone: what was shown last stays until the next has come. */
export const panelShows = async (page: Page, name: string) =>
  page.locator('aside').getByRole('heading', { level: 2, name, exact: true }).waitFor();
/** Notes from now on where the player is put. */
export const noteJumps = (page: Page) =>
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
/**
 * Where the player is from now on, s, until what loops has begun anew three times.
 * @param middle of what loops, s
 */
export const placesInLoop = (page: Page, middle: number) =>
  page.evaluate(async (half) => {
    const slider = document.querySelector<HTMLInputElement>('[aria-label=Position]')!;
    const places: number[] = [];
    for (let turns = 0, before = 0; turns < 3; before = slider.valueAsNumber) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      places.push(slider.valueAsNumber);
      if (before > half && slider.valueAsNumber <= half) turns++;
    }
    return places;
  }, middle);
/** What has come by now is drawn. */
export const frame = (page: Page) =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
export const lastAsked = async (page: Page, name: string) => (await asked(page, name)).at(-1);
