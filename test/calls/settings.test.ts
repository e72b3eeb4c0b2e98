import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, getPriority } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../src/shared/calls/settings.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import { NO_PROC } from '../faults/program.ts';
import { skipFor } from '../faults/trial.ts';
import { EngineTrial } from './engine-trial.ts';
import { until } from '../kit/until.ts';

let trial: EngineTrial;
beforeEach(() => (trial = new EngineTrial()));
afterEach(() => trial.end());

const DEFAULTS = {
  backgroundCores: Math.max(1, Math.floor(availableParallelism() / 2)),
  lowPriority: true,
  onlyWhenIdle: false,
  dawBridge: false,
  appearance: 'system',
  rowHeight: 'comfortable',
  playOnSelect: true,
  volume: 0.8,
  levelMatch: false,
  levelTarget: -23,
  projectMatch: false,
  projectBpm: null,
  projectKey: null,
  nextModel: null,
  alsoModel: null,
  modelMirror: null,
} as const;

test('defaults before anything was set, and no catalogue is made for them', async () => {
  await trial.start();
  expect(await trial.call('setting.get', null)).toEqual({ ...DEFAULTS, model: 'tiny' });
  expect(existsSync(join(trial.data, 'catalogue.db'))).toBe(false);
  await trial.start({ model: join(trial.folder, 'no model here') });
  expect(await trial.call('setting.get', null)).toMatchObject({ model: join(trial.folder, 'no model here') });
});

test('only the given settings change; an event is sent, and they persist', async () => {
  await trial.start();
  const told: Settings[] = [];
  trial.on('setting.changed', (settings) => told.push(settings));
  const first = await trial.call('setting.set', { appearance: 'dark', volume: 0.25 });
  expect(first).toEqual({ ...DEFAULTS, model: 'tiny', appearance: 'dark', volume: 0.25 });
  const second = await trial.call('setting.set', { rowHeight: 'compact' });
  expect(told).toEqual([first, second]);
  await trial.start();
  expect(await trial.call('setting.get', null)).toEqual({ ...first, rowHeight: 'compact' });
});

test.each([
  [{ backgroundCores: 0 }],
  [{ backgroundCores: availableParallelism() + 1 }],
  [{ backgroundCores: 1.5 }],
  [{ volume: 1.1 }],
  [{ levelTarget: 0 }],
  [{ projectBpm: 1000 }],
  [{ projectKey: 24 }],
  [{ appearance: 'pink' }],
  [{ lowPriority: null }],
  [{ colour: 'blue' }],
  ['dark'],
] as never[][])('%j is refused, and nothing changes', async (input) => {
  await trial.start();
  await expect(trial.call('setting.set', input)).rejects.toMatchObject({ code: 'bad-input' });
  expect(await trial.call('setting.get', null)).toMatchObject(DEFAULTS);
});

test('values of another version of the program count as not set; cores fit this machine', async () => {
  trial.set({ appearance: 'sepia', backgroundCores: 4096, volume: 0.5, later: { a: 1 } } as never);
  await trial.start();
  const settings = await trial.call('setting.get', null);
  expect(settings).toEqual({ ...DEFAULTS, model: 'tiny', backgroundCores: availableParallelism(), volume: 0.5 });
});

/** Niceness of the decoder and inference processes of this engine. @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function niceness(): number[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      if (!/(decoder|inference)-process/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))) return [];
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return Number(fields[1]) === process.pid ? [Number(fields[16])] : [];
    } catch {
      return []; // ended meanwhile
    }
  });
}

test.skipIf(skipFor(NO_PROC, 'priority of running processes'))('priority takes effect with the next job', async () => {
  trial.addTone('low.wav', 100);
  trial.set({ lowPriority: false });
  await trial.start({ load: 'background' });
  await trial.index(trial.sounds);
  const own = getPriority();
  expect(new Set(niceness())).toEqual(new Set([own]));
  await trial.call('setting.set', { lowPriority: true });
  expect(new Set(niceness())).toEqual(new Set([own]));
  trial.addTone('low new.wav', 110);
  const job = await trial.call('index.start', { folders: [] });
  await until('processes of low priority alone', () => {
    const now = niceness();
    return now.length > 0 && now.every((one) => one === Math.min(own + 10, 19));
  });
  await trial.call('job.cancel', job); // how long it would take now depends on the machine
});

describe('another model', () => {
  test('is used from the next search on, after it has analysed in the background; nothing of the old one is lost', async () => {
    trial.addPack('tiny');
    trial.addPack('tiny-2');
    trial.addTone('low.wav', 100);
    trial.addTone('low too.wav', 110);
    trial.set({ lowPriority: false });
    await trial.start({ model: 'tiny', load: 'background' });
    await trial.index(trial.sounds);
    expect((await trial.call('search.query', { text: 'low' })).model).toBe('tiny');

    // Searches under way end with a result, or with a sentence: never with a fault.
    const searches = Array.from({ length: 20 }, () =>
      trial.call('search.query', { text: 'low' }).then(
        ({ model }) => model,
        (error: unknown) => (error as { code: string }).code,
      ),
    );
    expect(await trial.call('setting.set', { model: 'tiny-2' })).toMatchObject({ model: 'tiny-2' });
    expect(['tiny', 'tiny-2', 'nothing-indexed']).toEqual(expect.arrayContaining(await Promise.all(searches)));
    const models = await trial.call('model.list', null);
    expect(models.filter(({ inUse }) => inUse).map(({ id }) => id)).toEqual(['tiny-2']);

    await until(
      'the new model has analysed everything',
      async () => (await trial.call('status.get', null)).ready === 2,
    );
    await until('its hits', async () => {
      const { model, hits } = await trial.call('search.query', { text: 'low', includeUnlikely: true });
      return model === 'tiny-2' && hits.length === 2;
    });
    await until('the end of the job', () => trial.progress.at(-1)!.state === 'done');

    await trial.call('setting.set', { model: 'tiny' });
    expect(await trial.paths('low')).toHaveLength(2); // at once: it was analysed before
  });

  test('is remembered; a model named at the start goes before it, until another is chosen', async () => {
    trial.addPack('tiny-2');
    await trial.start();
    await trial.call('setting.set', { model: 'tiny-2' });
    await trial.start();
    expect(await trial.call('setting.get', null)).toMatchObject({ model: 'tiny' });
    await trial.start({ model: null });
    expect(await trial.call('setting.get', null)).toMatchObject({ model: 'tiny-2' });
  });

  test('that is not there, or is damaged, is refused; all stays as it was', async () => {
    writeFileSync(join(trial.addPack('tiny-2'), 'text.onnx'), 'no');
    await trial.start();
    await expect(trial.call('setting.set', { model: 'nobody', volume: 0.1 })).rejects.toMatchObject({
      code: 'model-missing',
    });
    await expect(trial.call('setting.set', { model: 'tiny-2' })).rejects.toMatchObject({ code: 'model-damaged' });
    expect(await trial.call('setting.get', null)).toEqual({ ...DEFAULTS, model: 'tiny' });
  });

  test('ends the job that analyses with the old one', async () => {
    trial.addPack('tiny-2');
    for (let i = 0; i < 40; i++) trial.addTone(`low ${i}.wav`, 100 + i, 1 + i / 100);
    await trial.start();
    const job = await trial.call('index.start', { folders: [trial.sounds] });
    await trial.call('job.pause', job);
    await trial.call('setting.set', { model: 'tiny-2' });
    expect(await waitForJob(trial, job, 'index')).toMatchObject({ cancelled: true });
    expect(trial.progress.findLast(({ id }) => id === job)!.state).toBe('cancelled');
  });
});

describe('only when nobody uses the machine', () => {
  test('a background job is paused with a reason; it continues when the user is idle, or when it is resumed', async () => {
    let idleSeconds = 5;
    for (let i = 0; i < 10; i++) trial.addTone(`low ${i}.wav`, 100 + i, 1 + i / 100);
    trial.set({ lowPriority: false });
    await trial.start({ load: 'background', idle: () => Promise.resolve(idleSeconds) });
    await trial.call('setting.set', { onlyWhenIdle: true });
    const job = await trial.call('index.start', { folders: [trial.sounds] });
    await until('waiting', () => trial.progress.at(-1)!.state === 'paused');
    expect(trial.progress.at(-1)).toMatchObject({ id: job, pausedFor: 'activity' });
    idleSeconds = 300;
    expect(await waitForJob(trial, job, 'index')).toMatchObject({ indexed: 10 });
    expect(trial.progress.at(-1)).toMatchObject({ state: 'done' });
    expect(trial.progress.at(-1)).not.toHaveProperty('pausedFor');

    idleSeconds = 0;
    trial.addTone('low new.wav', 130);
    const next = await trial.call('index.start', { folders: [] });
    await until('waiting', () => trial.progress.at(-1)!.state === 'paused');
    await trial.call('job.resume', next);
    expect(await waitForJob(trial, next, 'index')).toMatchObject({ indexed: 1 });
  });

  test('a host that cannot tell: the job continues, with a notice', async () => {
    trial.addTone('low.wav', 100);
    trial.set({ lowPriority: false });
    await trial.start({ load: 'background', idle: () => Promise.reject(new Error('no display')) });
    await trial.call('setting.set', { onlyWhenIdle: true });
    expect(await trial.index(trial.sounds)).toMatchObject({ indexed: 1 });
    expect(trial.notices).toEqual([expect.stringMatching(/cannot detect whether this machine is in use/)]);
  });
});
