/** The player's lanes driven by pointer and keys: zoom, selection, loop. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { picture, violations } from './accessible.ts';
import { whatIsMissing } from './page.ts';
import { field, noteJumps, placesInLoop } from './searching.ts';
import { asked, button, useStage } from './stage.ts';
import type { OfferedSound } from '../src/shared/calls/daw.ts';
import { layoutFaults } from './geometry.ts';
import { SPECTRUM_BANDS, shareOf } from '../src/shared/spectrum.ts';
import type { PeakRequest, SpectrumQuestion } from '../src/shared/calls/playback.ts';

const missing = whatIsMissing();
const RATE = 48_000;
const TRAM_SECONDS = 22.4;

describe.skipIf(missing !== null)('the lanes of the player', () => {
  const open = useStage();

  async function enter(options = {}): Promise<Page> {
    const page = await open(options);
    await field(page).fill('tram');
    await page.waitForFunction(() => document.querySelector('[role=row] .name')?.textContent.includes('tram'));
    await field(page).press('ArrowDown');
    await page.keyboard.press('Enter');
    await button(page, 'Stop').waitFor();
    await page.keyboard.press('Space');
    await button(page, 'Play').waitFor();
    return page;
  }
  const edge = (page: Page, which: 'start' | 'end') => page.getByRole('slider', { name: `Selection ${which}` });
  const sampleOf = async (page: Page, which: 'start' | 'end') => Number(await edge(page, which).inputValue());
  const lanes = (page: Page) => page.locator('.lanes');
  /** How long the part is that is marked in the overview, as a share of it; 1 for the whole file. */
  const shownShare = (page: Page) =>
    page.evaluate(() => {
      const shown = document.querySelector('.strip .shown');
      const wave = document.querySelector('.strip .waveform')!;
      return shown === null ? 1 : shown.clientWidth / wave.clientWidth;
    });
  async function drag(page: Page, from: number, to: number, held?: 'Alt' | 'Shift'): Promise<void> {
    const { x, y, width } = (await lanes(page).boundingBox())!;
    if (held) await page.keyboard.down(held);
    await page.mouse.move(x + from * width, y + 20);
    await page.mouse.down();
    await page.mouse.move(x + (from + to) * 0.5 * width, y + 22);
    await page.mouse.move(x + to * width, y + 22);
    await page.mouse.up();
    if (held) await page.keyboard.up(held);
  }

  test('zoom by wheel and by keys, down to single samples; peaks come at the resolution of the screen', async () => {
    const page = await enter();
    const each = async () => ((await asked(page, 'file.peaks')).at(-1) as PeakRequest | undefined)?.samplesEach;
    await expect.poll(each).toBe(512); // 22.4 s at 48 kHz on 1280 px
    const { x, y, width } = (await lanes(page).boundingBox())!;
    await page.mouse.move(x + width / 2, y + 20);
    await page.mouse.wheel(0, -300);
    await expect.poll(() => shownShare(page)).toBeCloseTo(1 / 8, 2);
    await expect.poll(each).toBe(64);
    await page.keyboard.press('Shift+Z');
    await expect.poll(() => shownShare(page)).toBe(1);
    for (let times = 0; times < 16; times++) await page.keyboard.press('+');
    await expect.poll(each).toBe(1);
    await page.keyboard.press('-');
    await button(page, 'Show the whole file').click();
    await expect.poll(() => shownShare(page)).toBe(1);
    await page.keyboard.press('z'); // to the match, and back
    await expect.poll(() => shownShare(page)).toBeCloseTo((1.2 * 6.72) / TRAM_SECONDS, 1);
    await page.keyboard.press('z');
    await expect.poll(() => shownShare(page)).toBe(1);
  });

  test('a drag selects to the sample; edges snap, move, are nudged by keys and released', async () => {
    const page = await enter();
    await drag(page, 0.25, 0.5, 'Alt');
    const width = (await lanes(page).boundingBox())!.width;
    const total = TRAM_SECONDS * RATE;
    expect(await sampleOf(page, 'start')).toBeCloseTo(total / 4, -3);
    expect(await sampleOf(page, 'end')).toBeCloseTo(total / 2, -3);
    await drag(page, 0.5, 0.75, 'Alt'); // the edge under the pointer
    expect(await sampleOf(page, 'start')).toBeCloseTo(total / 4, -3);
    await expect.poll(() => sampleOf(page, 'end')).toBeCloseTo(0.75 * total, -3);

    // Into another program, as a file.
    await page.locator('.dragged').dispatchEvent('dragstart', { dataTransfer: await page.evaluateHandle(() => new DataTransfer()) }); // prettier-ignore
    const [piece] = await page.evaluate(() => window.draggedPieces);
    expect(piece!.startSeconds * RATE).toBeCloseTo(await sampleOf(page, 'start'), 3);
    expect(piece!.endSeconds * RATE).toBeCloseTo(await sampleOf(page, 'end'), 3);

    const before = await sampleOf(page, 'start');
    await page.keyboard.press('Alt+ArrowRight');
    await expect.poll(() => sampleOf(page, 'start')).toBe(before + Math.round(total / width));
    await page.keyboard.press('z');
    for (let times = 0; times < 18; times++) await page.keyboard.press('+');
    const end = await sampleOf(page, 'end');
    await page.keyboard.press('Alt+Shift+ArrowLeft');
    await expect.poll(() => sampleOf(page, 'end')).toBe(end - 1); // closely, by single samples

    await page.keyboard.press('Shift+Z');
    await drag(page, 0.2, 0.447); // ends near the match, which begins at 10.128 s: there it goes
    await expect.poll(() => sampleOf(page, 'end')).toBeCloseTo(10.128 * RATE, -3);
    const settled = [await sampleOf(page, 'start'), await sampleOf(page, 'end')];
    for (const sample of settled) {
      const crosses = Math.sin((2 * Math.PI * 220 * (sample - 1)) / RATE) < 0 !== Math.sin((2 * Math.PI * 220 * sample) / RATE) < 0; // prettier-ignore
      expect(crosses).toBe(true);
    }
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Shift+G');
    await edge(page, 'start').waitFor({ state: 'detached' });
  });

  test('the match is selected by a key, the playhead sets edges, and another file has nothing selected', async () => {
    const page = await enter();
    await page.keyboard.press('g');
    await page.getByText(/^Selection/).waitFor();
    const match = await sampleOf(page, 'start');
    await page.keyboard.press('ArrowRight'); // lists the file's matches
    await page.keyboard.press('ArrowRight'); // a second on
    await page.keyboard.press('b');
    await expect.poll(() => sampleOf(page, 'start')).not.toBe(match);
    const begun = await sampleOf(page, 'end');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+B');
    await expect.poll(() => sampleOf(page, 'end')).not.toBe(begun);
    await page.keyboard.press('o'); // the next row is another file again
    await page.keyboard.press('ArrowDown');
    await edge(page, 'start').waitFor({ state: 'detached' });
  });

  test('what loops is chosen once: the selection then, and in a file without one the match', async () => {
    const page = await enter();
    const loop = (name: string, pressed: boolean) => page.getByRole('button', { name, pressed });
    await drag(page, 0.02, 0.05, 'Alt'); // the sound of this test is 3 s long
    await loop('Loop match', false).waitFor();
    await page.keyboard.press('Shift+L');
    await loop('Loop selection', false).waitFor();
    await page.keyboard.press('l');
    await loop('Loop selection', true).waitFor();
    const [start, end] = [(await sampleOf(page, 'start')) / RATE, (await sampleOf(page, 'end')) / RATE];
    const seen = await placesInLoop(page, (start + end) / 2);
    // The slider has steps of 0.1 s; it is somewhere else until the loop has begun.
    const inside = (place: number) => place > start - 0.06 && place < end + 0.06;
    expect(seen.slice(seen.findIndex(inside)).filter((place) => !inside(place))).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await loop('Loop match', true).waitFor();
  });

  test('a spectrogram, of the part that is shown: frequencies and levels under the pointer', async () => {
    const page = await enter();
    await page.keyboard.press('Shift+W');
    const last = async () => (await asked(page, 'file.spectrum')).at(-1) as SpectrumQuestion | undefined;
    await expect.poll(async () => (await last())?.samplesEach).toBe(1024); // two pixels of 22.4 s at 48 kHz on 1280 px
    const { x, y, width, height } = (await lanes(page).boundingBox())!;
    const toneAt = y + (height - 16) * (1 - (Math.floor(shareOf(220, RATE) * SPECTRUM_BANDS) + 0.5) / SPECTRUM_BANDS);
    await page.mouse.move(x + width / 3, toneAt);
    await page.getByText(/· 21\d Hz · −1[12] dB$|· 22\d Hz · −1[12] dB$/).waitFor();
    await page.mouse.move(x + width / 3, y + 10);
    await page.getByText(/kHz · −120 dB$/).waitFor();
    for (const theme of ['dark', 'light']) {
      await page.evaluate((name) => (document.documentElement.dataset['theme'] = name), theme);
      // What is loud stands out from what is silent, by its lightness.
      const contrast = () =>
        page.evaluate(
          ([loud, silent]) => {
            const canvas = document.querySelector<HTMLCanvasElement>('.lanes canvas')!;
            // A copy: one that is read is no longer painted by the GPU.
            const copy = new OffscreenCanvas(canvas.width, canvas.height);
            const read = copy.getContext('2d', { willReadFrequently: true })!;
            read.drawImage(canvas, 0, 0);
            const light = (top: number) => {
              const [r, g, b] = read.getImageData(canvas.width / 3, Math.round(top), 1, 1).data;
              return r! + g! + b!;
            };
            return Math.abs(light(loud!) - light(silent!));
          },
          [toneAt - y, 10],
        );
      await expect.poll(contrast).toBeGreaterThan(150);
      expect(await violations(page)).toEqual([]);
      await picture(page, `spectrogram-${theme}`);
    }
    await page.keyboard.press('z'); // to the match: finer columns
    await expect.poll(async () => (await last())!.samplesEach).toBeLessThan(1024);
    await button(page, 'Spectrogram').click();
    await page.getByRole('button', { name: 'Spectrogram', pressed: false }).waitFor();
    expect(await layoutFaults(page)).toEqual([]);
  });

  test('a selection plays once and stops', async () => {
    const page = await enter();
    await drag(page, 0.02, 0.04, 'Alt');
    await noteJumps(page);
    await page.keyboard.press('p');
    const start = (await sampleOf(page, 'start')) / RATE;
    await expect.poll(() => page.evaluate(() => window.jumps.length)).toBe(2); // to play, and to play it again
    await button(page, 'Play').waitFor();
    for (const { to } of await page.evaluate(() => window.jumps)) expect(to).toBeCloseTo(start, 3);
  });

  test('in a low window they are shown when asked for, which is remembered', async () => {
    const page = await enter({ width: 900, height: 600 });
    expect(await lanes(page).count()).toBe(0);
    await page.keyboard.press('w');
    await lanes(page).waitFor();
    await page.reload();
    await lanes(page).waitFor();
    await page.getByRole('button', { name: 'Waveform', exact: true }).click();
    await lanes(page).waitFor({ state: 'detached' });
  });

  test('what a script of a DAW would insert is told while the setting is on; what it looks for is searched', async () => {
    const page = await enter();
    expect(await asked(page, 'daw.offer')).toEqual([]);
    await page.evaluate(async () => {
      const settings = await window.fake.call('setting.get', null);
      window.fake.push('setting.changed', { ...settings, dawBridge: true });
    });
    const offered = async () => (await asked(page, 'daw.offer')).at(-1) as OfferedSound;
    await expect.poll(offered).toMatchObject({ startSeconds: expect.any(Number) as number, endSeconds: expect.any(Number) as number }); // prettier-ignore
    const { startSeconds } = await offered();
    await drag(page, 0.1, 0.2, 'Alt');
    await expect.poll(async () => (await offered()).startSeconds).toBeCloseTo(0.1 * TRAM_SECONDS, 1);
    expect((await offered()).startSeconds).not.toBe(startSeconds);
    await page.evaluate(() =>
      window.fake.push('search.wanted', { like: [{ path: '/elsewhere/snare.wav', startSeconds: 1.5 }] }),
    );
    await page.getByText('sounds like snare.wav').waitFor();
    expect((await asked(page, 'search.query')).at(-1)).toMatchObject({ likePath: '/elsewhere/snare.wav', likeStartSeconds: 1.5 }); // prettier-ignore
  });
});
