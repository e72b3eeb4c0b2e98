/** What an editor can do to a file without a word: size and time stay, the tags are others. */
import { chmodSync, lstatSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { walk } from '../../src/main/scan/walk.ts';
import { EngineTrial } from '../calls/engine-trial.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import { inDatabase } from '../kit/catalogue.ts';

let trial: EngineTrial;
beforeEach(async () => {
  trial = new EngineTrial();
  trial.addTone('rain.wav', 700, 1.7, { info: { INAM: 'gravel' } });
  trial.addTone('hum.wav', 300, 1.2);
  await trial.start();
  await trial.index(trial.sounds);
});
afterEach(() => trial.end());

function retag(from: string, to: string): void {
  const path = trial.at('rain.wav');
  const { atimeMs, mtimeMs, size } = lstatSync(path);
  writeFileSync(path, Buffer.from(readFileSync(path, 'latin1').replace(from, to), 'latin1'));
  utimesSync(path, atimeMs / 1000, mtimeMs / 1000);
  expect(lstatSync(path)).toMatchObject({ size });
  change('UPDATE file SET mtime_ms = ? WHERE relative_path = ?', lstatSync(path).mtimeMs, 'rain.wav');
}

function change(sql: string, ...values: unknown[]): void {
  inDatabase(trial.data, (db) => db.prepare(sql).run(...values));
}

const found = () => trial.paths('tag:thunde');

test('a retagging that keeps size and time is noticed and costs no embedding; a change of rights is no retagging', async () => {
  retag('gravel', 'thunde');
  chmodSync(trial.at('hum.wav'), 0o640);
  expect(await trial.index()).toMatchObject({ indexed: 0, retagged: 1, unchanged: 1, audioSeconds: 0, failed: [] });
  expect(await found()).toEqual([trial.at('rain.wav')]);
  // Looked at once, and then as quick as ever.
  expect(await trial.index()).toMatchObject({ indexed: 0, retagged: 0, unchanged: 2, audioSeconds: 0 });
});

test('a requested rescan reads files without any sign of a change, and embeds nothing again', async () => {
  retag('gravel', 'thunde');
  change('UPDATE file SET ctime_ns = NULL'); // as in a catalogue of an older version
  expect(await trial.index()).toMatchObject({ retagged: 0, unchanged: 2 });
  expect(await found()).toEqual([]);
  const again = await trial.call('index.start', { folders: [trial.sounds], again: true });
  expect(await waitForJob(trial, again, 'index')).toMatchObject({
    indexed: 0,
    retagged: 1,
    unchanged: 1,
    audioSeconds: 0,
  });
  expect(await found()).toEqual([trial.at('rain.wav')]);
});

test.skipIf(process.platform === 'win32')('times are what the system says they are, before 1970 as well', async () => {
  for (const seconds of [-86_400.25, 0.5, 1e9 + 0.123_456]) {
    utimesSync(trial.at('hum.wav'), new Date(seconds * 1000), new Date(seconds * 1000));
    for await (const entry of walk(trial.sounds, '', new AbortController().signal)) {
      if (entry.kind !== 'file') continue;
      expect(entry.mtimeMs).toBe(statSync(trial.at(entry.relativePath)).mtimeMs);
    }
  }
});
