/** The ordinary index job brings old facts up to date, as they were measured the first time, and embeds nothing. */
import { expect, test } from 'vitest';
import { openCatalogue } from '../../src/main/catalogue/open.ts';
import { ANALYSES } from '../../src/shared/analysis.ts';
import { openDatabase } from '../kit/catalogue.ts';
import { EngineTrial } from './engine-trial.ts';

test('facts of an older version are measured again by the next index job; the windows stay as they are', async () => {
  const trial = new EngineTrial();
  try {
    for (const [at, name] of ['a.wav', 'b.wav', 'c.wav'].entries()) trial.addTone(name, 300 + 100 * at, 1 + at);
    await trial.start();
    await trial.index(trial.sounds);
    const ids = await trial.call('file.list', { of: {}, order: 'name', descending: false });
    const [rows, waveforms] = [await trial.call('file.rows', ids), await trial.call('file.waveforms', ids)];
    expect(rows[0]!.loudnessLufs).toBeLessThan(0);
    await trial.start(); // as after an update of the program
    const catalogue = openCatalogue(trial.data);
    const db = openDatabase(trial.data);
    const windows = () => db.prepare('SELECT * FROM window ORDER BY id').all();
    const before = windows();
    db.exec("UPDATE file SET loudness_lufs = 7, peak_db = 7, waveform = NULL WHERE relative_path <> 'b.wav'");
    db.exec("UPDATE file SET codec = 'not asked for', peak_db = 7 WHERE relative_path = 'a.wav'");
    db.exec('UPDATE analysis_versions SET versions = \'{"done":{},"failed":{}}\'');
    const doctor = (await trial.call('doctor.run', null)).find(({ what }) => what === 'file information');
    expect(doctor).toMatchObject({ ok: true, message: expect.stringContaining('of 3 files') as string });
    const outdated = { files: 3, kinds: ANALYSES.map(({ kind }) => kind) };
    expect(await trial.call('status.get', null)).toMatchObject({ outdated });
    expect(await trial.index()).toMatchObject({ indexed: 0, unchanged: 3, refreshed: 3, failed: [], cancelled: false });
    expect(trial.progress.map(({ stage }) => stage)).toContain('refreshing');
    expect(await trial.call('file.rows', ids)).toEqual(rows);
    expect(await trial.call('file.waveforms', ids)).toEqual(waveforms);
    expect(await trial.call('file.get', ids[0]!)).toMatchObject({ codec: 'not asked for' });
    expect(windows()).toEqual(before);
    expect(catalogue.analysis.count()).toEqual({ pending: 0, kinds: [], failed: 0 });
    db.close();
    catalogue.close();
  } finally {
    await trial.end();
  }
});
