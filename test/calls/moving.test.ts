/** The library moves to another model: the old one answers until the new one has analysed everything. */
import { existsSync, readdirSync, renameSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../src/shared/calls/settings.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import { put } from '../faults/sounds.ts';
import { EngineTrial } from './engine-trial.ts';
import { until } from '../kit/until.ts';

/** Pack id of the model that comes with the program. */
const STARTER = 'starter-1';

let trial: EngineTrial;
let told: Settings[];
beforeEach(() => {
  trial = new EngineTrial();
  told = [];
  trial.addPack('old');
  trial.addPack('new');
  trial.set({ lowPriority: false, model: 'old' });
});
afterEach(() => trial.end());

/** In the background, as the app has it. */
async function start(load: 'background' | 'foreground' = 'background'): Promise<void> {
  await trial.start({ model: null, load });
  trial.on('setting.changed', (settings) => told.push(settings));
}
function addTones(count: number, name = 'low'): void {
  for (let i = 0; i < count; i++) trial.addTone(`${name} ${i}.wav`, 100 + 7 * i, 1 + i / 100);
}
const answering = async () => (await trial.call('search.query', { text: 'low', includeUnlikely: true })).model;
const move = () => trial.call('model.move', null);
const statusOf = async (id: string) => (await trial.call('model.list', null)).find((model) => model.id === id);
/** Pauses the job of the move as soon as it shows itself. @returns its id */
async function pausedMove(): Promise<number> {
  const job = await until('the job of the move', () => trial.progress.find(({ nextModel }) => nextModel === 'new'));
  await trial.call('job.pause', job.id);
  return job.id;
}
const arrived = () =>
  until('the new model in use', async () => (await trial.call('setting.get', null)).model === 'new');

test('the old one answers until the new one has analysed all, then the new one does', async () => {
  addTones(6);
  await start();
  await trial.index(trial.sounds);
  expect(await move()).toBeNull();

  const settings = await trial.call('setting.set', { nextModel: 'new' });
  expect(settings).toMatchObject({ model: 'old', nextModel: 'new' });
  expect(await move()).toMatchObject({ from: 'old', to: 'new', sounds: 6, working: true });
  const job = await pausedMove();
  expect(await answering()).toBe('old');
  expect((await trial.call('search.query', { text: 'low', includeUnlikely: true })).hits).toHaveLength(6);
  await trial.call('job.resume', job);

  await arrived();
  expect(await move()).toBeNull();
  const { hits, model } = await trial.call('search.query', { text: 'low', includeUnlikely: true });
  expect(model).toBe('new');
  expect(hits).toHaveLength(6);
  expect(told.at(-1)).toMatchObject({ model: 'new', nextModel: null });
  expect(trial.notices.filter((notice) => notice.includes('is now in use'))).toHaveLength(1);
  expect(await trial.call('status.get', null)).toMatchObject({ model: 'new', ready: 6 });
  expect(await statusOf('old')).toMatchObject({ analysedFiles: 6, inUse: false });
  expect((await statusOf('old'))!.analysisBytes).toBeGreaterThan(0);
  expect(trial.progress.findLast(({ id }) => id === job)).toMatchObject({ state: 'done', done: 6, total: 6 });

  // Back again: it has analysed everything, so the move is immediate.
  expect(await trial.call('setting.set', { nextModel: 'old' })).toMatchObject({ model: 'old', nextModel: null });
  expect(await answering()).toBe('old');
});

test('files added meanwhile are analysed by both, the old one first', async () => {
  addTones(3);
  await start();
  await trial.index(trial.sounds);
  await trial.call('setting.set', { nextModel: 'new' });
  await pausedMove();
  addTones(2, 'low late');
  expect(await trial.index(trial.sounds)).toMatchObject({ indexed: 2, unchanged: 3 }); // the move made room
  await arrived();
  expect(await trial.paths('low')).toHaveLength(5);
  expect(await statusOf('new')).toMatchObject({ analysedFiles: 5 });
  expect(await statusOf('old')).toMatchObject({ analysedFiles: 5 });
});

test('continues in the next session', async () => {
  addTones(4);
  await start();
  await trial.index(trial.sounds);
  await trial.call('setting.set', { nextModel: 'new' });
  await pausedMove();
  trial.progress.length = 0;
  await start();
  await arrived();
  expect(await statusOf('new')).toMatchObject({ analysedFiles: 4 });
});

test('cancelled, it waits until it is resumed', async () => {
  addTones(4);
  await start();
  await trial.index(trial.sounds);
  await trial.call('setting.set', { nextModel: 'new' });
  const job = await pausedMove();
  await trial.call('job.cancel', job);
  expect(await waitForJob(trial, job, 'index')).toMatchObject({ cancelled: true });
  expect(await move()).toMatchObject({ to: 'new', working: false });
  expect(await answering()).toBe('old');
  const again = await trial.call('model.continueMove', null);
  expect(await waitForJob(trial, again!, 'index')).toMatchObject({ cancelled: false, failed: [] });
  expect(await move()).toBeNull();
  expect(await answering()).toBe('new');
  expect(await trial.call('model.continueMove', null)).toBeNull();
});

test('is stopped: its analyses stay; or made at once: only what the new one has analysed is found by sound', async () => {
  addTones(4);
  await start();
  await trial.index(trial.sounds);
  await trial.call('setting.set', { nextModel: 'new' });
  const job = await pausedMove();
  expect(await trial.call('setting.set', { nextModel: null })).toMatchObject({ model: 'old', nextModel: null });
  expect(await waitForJob(trial, job, 'index')).toMatchObject({ cancelled: true });
  expect(await move()).toBeNull();
  expect(await answering()).toBe('old');

  await trial.call('setting.set', { nextModel: 'new' });
  await until('the job of the move', () =>
    trial.progress.find(({ nextModel, id }) => nextModel === 'new' && id !== job),
  );
  expect(await trial.call('setting.set', { model: 'new' })).toMatchObject({ model: 'new', nextModel: null });
  await until('the rest is analysed', async () => (await trial.call('status.get', null)).ready === 4);
  expect(await trial.paths('low')).toHaveLength(4);
});

test('by command, in the foreground, nothing begins by itself', async () => {
  addTones(3);
  await start('foreground');
  await trial.index(trial.sounds);
  await trial.call('setting.set', { nextModel: 'new' });
  expect(await move()).toMatchObject({ remaining: 3, working: false });
  const job = await trial.call('model.continueMove', null);
  expect(await waitForJob(trial, job!, 'index')).toMatchObject({ indexed: 3, unchanged: 0, failed: [] });
  expect(await move()).toBeNull();
  expect(await trial.call('setting.get', null)).toMatchObject({ model: 'new' });
});

test('an empty library has nothing to wait for', async () => {
  await start();
  expect(await trial.call('setting.set', { nextModel: 'new' })).toMatchObject({ model: 'new', nextModel: null });
});

test('offline files are waited for; unprocessable ones are not', async () => {
  const broken = trial.addTone('low broken.wav', 300, 2);
  addTones(2);
  await start('foreground');
  await trial.index(trial.sounds);
  const away = join(trial.folder, 'away.wav');
  renameSync(trial.at('low 0.wav'), away);
  await trial.index(trial.sounds);
  // As if the disk had gone bad: nothing tells of it but the content.
  const { size, mtimeMs } = statSync(broken);
  writeFileSync(broken, '');
  truncateSync(broken, size);
  utimesSync(broken, new Date(mtimeMs), new Date(mtimeMs));

  await trial.call('setting.set', { nextModel: 'new' });
  const job = await trial.call('model.continueMove', null);
  const summary = await waitForJob(trial, job!, 'index');
  expect(summary).toMatchObject({ indexed: 1, failed: [{ path: broken }] });
  expect(await move()).toMatchObject({ remaining: 2, outOfReach: 1, working: false });
  expect(await trial.paths('low')).toHaveLength(3); // nothing that the old one analysed is lost

  renameSync(away, trial.at('low 0.wav'));
  await trial.index(trial.sounds);
  await waitForJob(trial, (await trial.call('model.continueMove', null))!, 'index');
  expect(await move()).toBeNull();
  expect(await answering()).toBe('new');
});

describe('a model is removed', () => {
  test('with its analysis, or without', async () => {
    addTones(3);
    await start('foreground');
    await trial.index(trial.sounds);
    await trial.call('setting.set', { nextModel: 'new' });
    await waitForJob(trial, (await trial.call('model.continueMove', null))!, 'index');
    await move();
    const indexes = () => readdirSync(join(trial.data, 'index')).filter((name) => name.endsWith('.hnsw'));
    expect(indexes()).toHaveLength(2);

    await trial.call('model.remove', { id: 'old', forget: false });
    expect(existsSync(join(trial.data, 'models', 'old'))).toBe(false);
    const left = await statusOf('old');
    expect(left).toMatchObject({ analysedFiles: 3, folder: '' });
    expect(left!.problem).toContain('no longer installed');

    await trial.call('model.remove', { id: 'old', forget: true });
    expect(await statusOf('old')).toBeUndefined();
    expect(indexes()).toHaveLength(1);
    expect(await trial.paths('low')).toHaveLength(3);
    await expect(trial.call('model.remove', { id: 'old', forget: true })).rejects.toMatchObject({
      code: 'model-missing',
    });

    // It comes back and has to analyse everything again.
    trial.addPack('old');
    await trial.call('setting.set', { nextModel: 'old' });
    expect(await move()).toMatchObject({ remaining: 3 });
    await expect(trial.call('model.remove', { id: 'old', forget: true })).rejects.toMatchObject({ code: 'bad-input' });
    await expect(trial.call('model.remove', { id: 'new', forget: true })).rejects.toMatchObject({ code: 'bad-input' });
    expect(await trial.paths('low')).toHaveLength(3);
  });

  test('the shipped one stays; its analysis can be forgotten, but not while somebody writes', async () => {
    addTones(2);
    put(trial.at('not a sound.wav'), Buffer.from('no'));
    await trial.start({ model: 'starter' });
    await trial.index(trial.sounds);
    await trial.call('setting.set', { model: 'new' });
    const job = await trial.call('index.start', { folders: [] });
    await trial.call('job.pause', job);
    await expect(trial.call('model.remove', { id: STARTER, forget: true })).rejects.toMatchObject({
      code: 'catalogue-busy',
    });
    await trial.call('job.resume', job);
    await waitForJob(trial, job, 'index');
    await expect(trial.call('model.remove', { id: STARTER, forget: false })).rejects.toMatchObject({
      code: 'bad-input',
    });
    expect(await statusOf(STARTER)).toMatchObject({ analysedFiles: 2, shipped: true });
    await trial.call('model.remove', { id: STARTER, forget: true });
    expect(await statusOf(STARTER)).toMatchObject({ analysedFiles: 0, shipped: true, problem: null });
    expect(await statusOf('new')).toMatchObject({ analysedFiles: 2 });
  });
});
