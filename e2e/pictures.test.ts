/** Pictures of the window, to be looked at: dist/pictures/*.png */
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, whatIsMissing, type Stage } from './page.ts';

const missing = whatIsMissing();
if (missing !== null) console.error(missing);
const FOLDER = 'dist/pictures';

describe.skipIf(missing !== null)('pictures', () => {
  let stage: Stage;
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    stage = await openStage();
  });
  afterAll(() => stage.close());

  test.each(['dark', 'light'] as const)('%s', async (appearance) => {
    const { page, complaints } = await stage.open({ appearance });
    const field = page.getByRole('combobox', { name: 'Describe a sound' });
    await page.waitForSelector('[role=row]');
    await page.screenshot({ path: `${FOLDER}/${appearance}-library.png` });
    await field.fill('heavy wooden door slam -squeak dur:<12 fmt:wav,flac');
    await page.getByText('maybe', { exact: true }).waitFor();
    await field.press('ArrowDown');
    await page.waitForSelector('aside h2');
    await page.waitForTimeout(700);
    await page.screenshot({ path: `${FOLDER}/${appearance}-search.png` });
    await page.evaluate(() =>
      window.fake.push('job.progress', {
        id: 1,
        kind: 'index',
        state: 'running',
        stage: 'listening',
        done: 5200,
        total: 17_680,
        failed: 3,
        audioSeconds: 1,
        elapsedSeconds: 1,
        realTimeFactor: 1,
        etaSeconds: 2280,
        currentPath: null,
      }),
    );
    await field.fill('rain fm');
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${FOLDER}/${appearance}-completion.png` });
    await page.keyboard.press('Control+k');
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${FOLDER}/${appearance}-palette.png` });
    await page.keyboard.press('Escape');
    await page.getByRole('grid').focus();
    await page.keyboard.press('?');
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${FOLDER}/${appearance}-keys.png` });
    expect(complaints).toEqual([]);
  });

  test.each(['dark', 'light'] as const)('first start, %s', async (appearance) => {
    const { page, complaints } = await stage.open({ appearance, size: 0 });
    await page.getByRole('button', { name: 'Choose folders' }).waitFor();
    await page.screenshot({ path: `${FOLDER}/${appearance}-first-start.png` });
    expect(complaints).toEqual([]);
  });
});
