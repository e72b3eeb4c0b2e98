/** Two models that rank searches together: chosen on the Models screen, after its cost was shown. */
import { describe, expect, test } from 'vitest';
import { violations } from './accessible.ts';
import { whatIsMissing } from './page.ts';
import { asked, says, useStage } from './stage.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== null)('a second model', () => {
  const open = useStage();

  test('is searched with after its cost was shown, until it is no more', async () => {
    const page = await open({ hash: '#/models', models: { msclap: 'installed', analysedFiles: 390 } });
    const installed = page.getByRole('list', { name: 'Installed models' });
    const second = installed.getByRole('listitem', { name: 'MS CLAP 2023' });
    await second.getByRole('button', { name: 'Search with both…' }).press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Search with MS CLAP 2023 as well?' });
    await sheet
      .getByText('2.1 s to load MS CLAP 2023 at the first search, then 32 ms a search instead of 8.4 ms.')
      .waitFor();
    await sheet.getByText('812 MB of memory').waitFor();
    await sheet
      .getByText('10 of 400 files have not been analysed with MS CLAP 2023; Earmark Starter alone ranks them.')
      .waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await asked(page, 'setting.set')).toEqual([]);
    await page.keyboard.press('Enter');
    await second.getByText('also searched', { exact: true }).waitFor();
    await says(page, 'Searches use Earmark Starter and MS CLAP 2023.');
    expect(await asked(page, 'setting.set')).toEqual([{ alsoModel: 'msclap-2023' }]);
    expect(await second.getByRole('button', { name: 'Remove…' }).count()).toBe(0);

    await second.getByRole('button', { name: 'Search with one model' }).press('Enter');
    await second.getByRole('button', { name: 'Search with both…' }).waitFor();
    await says(page, 'Searches use Earmark Starter alone.');
    expect(await asked(page, 'setting.set')).toEqual([{ alsoModel: 'msclap-2023' }, { alsoModel: null }]);
  });
});
