/** Settings → Studio, and who said what in the details, over a studio that is not there (test/renderer/fake-studio.ts). */
import { describe, expect, test } from 'vitest';
import { violations } from './accessible.ts';
import { whatIsMissing } from './page.ts';
import { asked, button, says, useStage } from './stage.ts';

describe.skipIf(whatIsMissing() !== null)('a studio in the window', () => {
  const open = useStage();

  test('is joined, synced and left; decisions of others are shown in the details', async () => {
    const page = await open({ hash: '#/settings' });
    const address = page.getByLabel('Address of the studio');
    await address.fill('nas.local/studio');
    await page.getByRole('textbox', { name: 'Shares' }).fill('sfx=/mnt/sfx');
    await button(page, 'Join studio').click();
    await says(page, /It must begin with “postgres:\/\/”/);
    await address.fill('postgres://ana:secret@nas.local/studio');
    await page.getByRole('textbox', { name: 'Shares' }).fill('sfx');
    await button(page, 'Join studio').click();
    await says(page, '“sfx” is not a share. Enter name and folder, such as sfx=/mnt/sfx.');
    await page.getByRole('textbox', { name: 'Shares' }).fill('sfx=/mnt/sfx');
    expect(await violations(page)).toEqual([]);
    await button(page, 'Join studio').click();
    await says(page, 'Connected to the studio “Sound Studio”.');
    await says(
      page,
      'ana, editor · 12,480 files analysed, 3 not yet analysed (2 in work), 1 could not be analysed · never synced',
    );
    await says(page, '/mnt/sfx');
    await says(page, 'ben · 1,204 files analysed, 2 in work, 1 failed');
    await says(page, '“sfx/doors/slam.wav” is damaged.');
    expect(await page.content()).not.toContain('secret');
    await button(page, 'Sync now').click();
    await says(page, /· synced .*2026/);
    expect(await violations(page)).toEqual([]);
    expect(await asked(page, 'studio.sync')).toHaveLength(1);

    await says(page, /^Saved search · changed by ben, .*2026$/);
    await page.getByRole('switch', { name: 'Share “Doors”' }).press('Space');
    await page.getByRole('switch', { name: 'Share “Weapons”' }).press('Space');
    expect(await asked(page, 'studio.share')).toMatchObject([
      { kind: 'collection', id: '1', shared: false },
      { kind: 'vocabulary', id: 'weapons', shared: true },
    ]);

    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await page.getByRole('combobox', { name: 'Describe a sound' }).fill('door');
    await page.locator('[role=row] .name').first().click();
    const details = page.locator('aside');
    await details.getByRole('heading', { name: 'Studio', exact: true }).waitFor();
    await details.getByText('Rejected “rain”').waitFor();
    await details
      .getByText(/^ben, .*2026$/)
      .first()
      .waitFor();

    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await button(page, 'Leave studio').click();
    await button(page, 'Not now').click();
    expect(await asked(page, 'studio.leave')).toHaveLength(0);
    await button(page, 'Leave studio').click();
    expect(await violations(page)).toEqual([]);
    await button(page, /^Leave$/).click();
    await says(page, 'Disconnected from “Sound Studio”. All data of this library is kept.');
    await button(page, 'Join studio').waitFor();
  });
});
