/** Query by recording, through the microphone that Chromium stands in for, and by what is dropped; over the program itself. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SearchResult } from '../src/shared/types.ts';
import { temporaryFolder } from '../test/kit/temporary-folder.ts';
import { violations } from './accessible.ts';
import { launchBrowser, openPage, WAIT_MS, whatIsMissing, type Window } from './page.ts';
import { serveEarmark, type ServedEarmark } from './serving.ts';
import { tone } from './tone.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('a sound that is recorded', () => {
  const folder = temporaryFolder('record');
  const sounds = join(folder, 'sounds');
  const microphone = join(folder, 'microphone.wav');
  let served: ServedEarmark;
  let browser: Browser;
  const opened: Window[] = [];

  beforeAll(async () => {
    mkdirSync(sounds);
    for (const hertz of [200, 300, 1900, 2000]) writeFileSync(join(sounds, `tone ${hertz}.wav`), tone(hertz));
    writeFileSync(microphone, tone(205));
    served = await serveEarmark([sounds], { folder });
    browser = await launchBrowser([
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${microphone}`,
      '--use-fake-ui-for-media-stream',
    ]);
  });
  afterEach(async () => {
    const complaints = opened.flatMap((window) => window.complaints);
    for (const { page } of opened.splice(0)) await page.close();
    expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await served.end();
  });

  async function enter(of: Browser): Promise<Page> {
    const window = await openPage(of, { width: 900, height: 600 });
    opened.push(window);
    await window.page.goto(served.url);
    await expect.poll(() => window.page.locator('[role=row] .name').count(), { timeout: WAIT_MS }).toBe(4);
    return window.page;
  }
  const record = (page: Page) => page.getByRole('button', { name: 'Record a sound to search by' });
  const stop = (page: Page) => page.getByRole('button', { name: 'Stop and search by the recording' });
  const level = async (page: Page) => Number(await page.getByRole('meter').getAttribute('aria-valuenow'));
  const lent = () => (existsSync(join(folder, 'data/lent')) ? readdirSync(join(folder, 'data/lent')) : []);

  test('is the query: level while it is recorded, stopped by a key, saved when asked for', async () => {
    const page = await enter(browser);
    const before = lent().length;
    await record(page).click();
    await expect.poll(() => level(page)).toBeGreaterThan(-30);
    await expect.poll(() => page.locator('.recording .time').textContent()).toMatch(/0:0[1-9]/);
    expect(await violations(page)).toEqual([]);
    const answered = page.waitForResponse((response) => response.url().endsWith('/call/search.query'));
    await stop(page).press('Enter');
    const { value } = (await (await answered).json()) as { value: SearchResult };
    expect(value.query.likePath).toMatch(/Recording 1\.wav$/);
    expect(value.hits[0]!.path).toBe(join(sounds, 'tone 200.wav'));
    await page.getByText('sounds like Recording 1.wav').waitFor();
    expect(lent()).toHaveLength(before + 1);

    await page.getByRole('button', { name: 'Save recording…' }).click();
    const kept = join(folder, 'kept');
    mkdirSync(kept);
    await page.getByRole('textbox', { name: 'Name' }).fill('{stem}');
    await page.getByRole('textbox', { name: 'Folder' }).fill(kept);
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByText('1 piece exported to kept.').waitFor();
    const wav = readFileSync(join(kept, 'Recording 1.wav'));
    expect(wav.toString('latin1', 0, 4)).toBe('RIFF');
    expect(wav.length).toBeGreaterThan(44 + 2 * 44_100);
  });

  test('is dropped when it is cancelled, and the microphone is closed', async () => {
    const page = await enter(browser);
    const before = lent().length;
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowDown'); // with nothing selected, letters are typed
    await page.keyboard.press('Shift+M');
    await stop(page).waitFor();
    await page.keyboard.press('Escape');
    await record(page).waitFor();
    expect(lent()).toHaveLength(before);
    expect(await page.getByRole('list', { name: 'Reference sounds' }).count()).toBe(0);
  });

  test('may be refused: one sentence', async () => {
    const strict = await launchBrowser(['--use-fake-device-for-media-stream', '--deny-permission-prompts']);
    try {
      const page = await enter(strict);
      await record(page).click();
      await page.getByText(/^Earmark may not use the microphone\. Allow it/).waitFor();
      await expect.poll(() => record(page).isEnabled()).toBe(true);
    } finally {
      await strict.close();
    }
  });

  test('or a file that is dropped in a browser, or nothing in it', async () => {
    const page = await enter(browser);
    const drop = async (name: string, bytes: Uint8Array) => {
      const data = await page.evaluateHandle(
        ([fileName, base64]) => {
          const carried = new DataTransfer();
          carried.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], fileName));
          return carried;
        },
        [name, Buffer.from(bytes).toString('base64')] as const,
      );
      await page.locator('.search').dispatchEvent('drop', { dataTransfer: data });
    };
    await drop('whistle.wav', tone(1950));
    await page.getByText('sounds like whistle.wav').waitFor();
    await expect.poll(() => page.locator('[role=row] .name').first().textContent()).toMatch(/tone (1900|2000)/);
    await drop('nothing.wav', Buffer.alloc(0));
    await page.getByText('“nothing.wav” is empty.').waitFor();
    await drop('words.txt', Buffer.from('no sound at all'));
    await page
      .getByText(/words\.txt” is not an audio file/)
      .first()
      .waitFor();
  });
});
