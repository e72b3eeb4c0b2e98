/** The job that looks for near-duplicates, over an engine and real files. */
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NearDuplicates } from '../../src/shared/calls/duplicates.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import { differenceWords } from '../../src/shared/near-duplicates.ts';
import { writeWav } from '../decode/make-audio.ts';
import { hits, later, soundOf } from '../duplicates/sounds.ts';
import { EngineTrial } from './engine-trial.ts';

const SECONDS = 2;
const RATE = 16_000;

let trial: EngineTrial;
beforeEach(async () => {
  trial = new EngineTrial();
  await trial.start();
});
afterEach(() => trial.end());

function made(seed: number): Float32Array {
  return soundOf(hits(seed, SECONDS), SECONDS, RATE, seed);
}
async function compare(...folders: string[]) {
  return waitForJob(trial, await trial.call('duplicate.compare', { folders }), 'duplicates');
}
function near(...folders: string[]): Promise<NearDuplicates> {
  return trial.call('duplicate.near', { folders, limit: 10 });
}

test('level, length, bits and channels: one group with its reasons; other files in none; files added later join it', async () => {
  const door = made(1);
  writeWav(trial.at('door.wav'), [door, door.map((x) => 0.6 * x)], RATE, 's24');
  writeWav(trial.at('door quiet.wav'), [door.map((x) => 0.08 * x)], RATE);
  writeWav(trial.at('door cut.wav'), [later(door, -Math.round(0.8 * RATE))], RATE);
  for (let take = 2; take < 6; take++) writeWav(trial.at(`door_0${take}.wav`), [made(take)], RATE);
  await trial.index(trial.sounds);
  expect(await near()).toEqual({ groups: [], total: 0, spareBytes: 0, waiting: 7, hasCompared: false });
  expect(await compare()).toEqual({ compared: 7, found: 3, failed: [], cancelled: false });
  const { groups, waiting, hasCompared } = await near();
  expect([groups.length, waiting, hasCompared]).toEqual([1, 0, true]);
  expect(groups[0]!.files.map((file) => [file.path, differenceWords(file)])).toEqual([
    [trial.at('door.wav'), 'same audio'],
    [trial.at('door cut.wav'), expect.stringMatching(/^16 bits, mono, \+1\.9 dB, 0\.(79|80) s cut at the start$/)],
    [trial.at('door quiet.wav'), '16 bits, mono, −20.0 dB'],
  ]);
  expect(groups[0]!.bestBy).toEqual(['bit-depth']);
  expect(await trial.paths('dup:near')).toEqual(['door cut.wav', 'door quiet.wav', 'door.wav'].map((name) => trial.at(name)));

  writeWav(trial.at('door_03 later.wav'), [later(made(3), 4000)], RATE);
  await trial.index();
  expect(await compare(trial.sounds)).toMatchObject({ compared: 1, found: 1 });
  expect((await near()).total).toBe(2);
  expect(await compare()).toMatchObject({ compared: 0 });
}); // prettier-ignore

test('cancelled: what was compared is kept, and the next run does the rest', async () => {
  for (let i = 0; i < 6; i++) {
    writeWav(trial.at(`${i}.wav`), [made(i)], RATE);
    writeWav(trial.at(`${i} quiet.wav`), [made(i).map((x) => x / 4)], RATE);
  }
  await trial.index(trial.sounds);
  const job = await trial.call('duplicate.compare', { folders: [] });
  await expect(trial.call('duplicate.compare', { folders: [] })).rejects.toMatchObject({ code: 'catalogue-busy' });
  const stop = trial.on('job.progress', (progress) => {
    if (progress.id === job && progress.kind === 'duplicates' && progress.done >= 2) void trial.call('job.cancel', job);
  });
  const { cancelled, compared } = await waitForJob(trial, job, 'duplicates');
  stop();
  expect(cancelled).toBe(true);
  expect((await near()).waiting).toBe(12 - compared);
  await trial.start(); // what was found is in the catalogue
  expect(await compare()).toMatchObject({ compared: 12 - compared, cancelled: false });
  expect((await near()).total).toBe(6);
});

test('a file that is damaged since it was analysed is named, and tried again by the next run', async () => {
  writeWav(trial.at('good.wav'), [made(1)], RATE);
  writeWav(trial.at('good quiet.wav'), [made(1).map((x) => x / 4)], RATE);
  copyFileSync(trial.at('good.wav'), `${trial.folder}/kept.wav`);
  await trial.index(trial.sounds);
  writeFileSync(trial.at('good.wav'), 'no sound any more');
  const { failed, found } = await compare();
  expect([found, failed.map(({ path }) => path)]).toEqual([0, [trial.at('good.wav')]]);
  expect((await near()).waiting).toBe(2);
  copyFileSync(`${trial.folder}/kept.wav`, trial.at('good.wav'));
  expect(await compare()).toMatchObject({ found: 1, failed: [] });
  rmSync(trial.at('good quiet.wav'));
  await trial.index();
  expect((await near()).groups[0]!.files.map(({ offline }) => offline)).toEqual([false, true]);
});

test('without a catalogue', async () => {
  expect(await near()).toMatchObject({ total: 0, hasCompared: false });
  await expect(trial.call('duplicate.compare', { folders: [] })).rejects.toMatchObject({ code: 'nothing-indexed' });
});
