/** A window's engine tells what another process changes in the same data folder. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { HandTimers } from '../kit/timers.ts';
import type { EventName, Events } from '../../src/shared/contract.ts';
import { EngineTrial } from './engine-trial.ts';
import { until } from '../kit/until.ts';

const PROGRAM = fileURLToPath(new URL('change-something.ts', import.meta.url));

let trial: EngineTrial;
let timers: HandTimers;
let events: [EventName, unknown][];
beforeEach(() => {
  trial = new EngineTrial();
  timers = new HandTimers();
  events = [];
});
afterEach(() => trial.end());

async function start(): Promise<void> {
  await trial.start({ followOthers: true, timers });
  const names = ['catalogue.changed', 'file.marked', 'root.changed', 'setting.changed', 'tag.changed', 'write.changed'] as const; // prettier-ignore
  for (const name of names) trial.on(name, (payload: Events[typeof name]) => void events.push([name, payload]));
}

/** Another process with a catalogue of its own does it, and ends. */
async function elsewhere(what: string): Promise<void> {
  const child = fork(PROGRAM, [trial.data, what]);
  expect(await once(child, 'exit')).toEqual([0, null]);
}

test('each kind of change is reported once, by the same event as an own change; changes that the engine knows are not', async () => {
  await start();
  await trial.call('root.add', { path: trial.sounds });
  await elsewhere('file');
  timers.pass(1000);
  events.length = 0;

  timers.pass(5000);
  expect(events).toEqual([]);
  await elsewhere('marks');
  expect(events).toEqual([]);
  timers.pass(1000);
  expect(events).toEqual([['file.marked', { fileIds: [1] }]]);
  await elsewhere('everything');
  timers.pass(1000);
  await until('settings are told', () => events.some(([name]) => name === 'setting.changed'));
  expect(events.slice(1)).toEqual([
    ['root.changed', { rootIds: [1] }],
    ['catalogue.changed', { fileIds: [1] }],
    ['file.marked', { fileIds: [] }],
    ['tag.changed', { tagIds: [1], decided: true }],
    ['write.changed', { runId: 1 }],
    ['setting.changed', expect.objectContaining({ volume: 0.25 })],
  ]);
  events.length = 0;
  await trial.call('stars.set', { fileIds: [1], stars: 5 });
  timers.pass(5000);
  expect(events).toEqual([['file.marked', { fileIds: [1] }]]);
});

test('the model that another process has taken into use is in use here, too', async () => {
  trial.addPack('other');
  trial.addTone('a.wav');
  trial.addPack('first');
  trial.set({ model: 'first' });
  await trial.start({ followOthers: true, timers, model: null });
  await trial.index(trial.sounds);
  expect(await trial.call('status.get', null)).toMatchObject({ model: 'first' });
  await elsewhere('model');
  timers.pass(1000);
  const isOther = async () => (await trial.call('status.get', null)).model === 'other';
  await until('the other model is in use', isOther);
  expect((await trial.call('model.list', null)).filter(({ inUse }) => inUse)).toMatchObject([{ id: 'other' }]);
});

test('a catalogue that another process made, and what is in it', async () => {
  await start();
  timers.pass(5000);
  await elsewhere('file');
  timers.pass(1000);
  expect(events).toEqual([
    ['root.changed', { rootIds: [1] }],
    ['catalogue.changed', { fileIds: [1] }],
  ]);
  expect(await trial.call('root.list', null)).toMatchObject([{ path: '/elsewhere' }]);
});
