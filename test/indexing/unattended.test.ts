/** What throws where nobody waits for it: it is told, and ends nothing. */
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { endAll } from '../../src/main/async/end-all.ts';
import { EventHub } from '../../src/main/engine/event-hub.ts';
import { Watcher } from '../../src/main/scan/watch.ts';
import { EngineTrial } from '../calls/engine-trial.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';
import { until } from '../kit/until.ts';

test('a listener that throws does not affect the others, and is reported', async () => {
  const hub = new EventHub();
  const received: string[] = [];
  const warned = new Promise((resolve) => process.once('warning', resolve));
  hub.on('setting.changed', () => {
    throw new Error('window gone');
  });
  hub.on('root.changed', ({ rootIds }) => received.push(`roots ${rootIds.join()}`));
  const off = hub.on('engine.notice', ({ message }) => received.push(message));
  hub.send('setting.changed', {} as never);
  hub.send('root.changed', { rootIds: [1] });
  expect(received).toEqual([
    expect.stringMatching(/setting\.changed: Error: window gone.*Jobs are not affected/),
    'roots 1',
  ]);
  off();
  hub.on('engine.notice', () => {
    throw new Error('nor can this be told');
  });
  hub.send('engine.notice', { message: 'x' });
  expect(await warned).toMatchObject({ message: 'nor can this be told' });
  expect(received).toHaveLength(2);
});

test('what ends is ended, whatever fails before it', async () => {
  const ended: number[] = [];
  const all = endAll([
    () => ended.push(1),
    () => Promise.reject(new Error('first')),
    () => {
      throw new Error('second');
    },
    () => ended.push(4),
  ]);
  await expect(all).rejects.toThrow('first');
  expect(ended).toEqual([1, 4]);
});

test('a host whose listeners throw has its folder analysed all the same', async () => {
  const trial = new EngineTrial();
  try {
    trial.addTone('rain.wav', 700, 1.2);
    await trial.start();
    for (const event of ['job.progress', 'catalogue.changed', 'root.changed'] as const) {
      trial.on(event, () => {
        throw new Error(`no window for ${event}`);
      });
    }
    expect(await trial.index(trial.sounds)).toMatchObject({ indexed: 1 });
    expect(trial.notices.join()).toContain('no window for job.progress');
    expect(await trial.call('status.get', null)).toMatchObject({ ready: 1, lastJob: { state: 'done' } });
  } finally {
    await trial.end();
  }
});

test('watching folders continues after an error', async () => {
  const folder = temporaryFolder('unattended');
  const faults: unknown[] = [];
  const watcher = new Watcher({
    ignore: [],
    onChange: () => {
      throw new Error('nobody can be told');
    },
    onState: () => {},
    onFault: (error) => faults.push(error),
    lookEveryMs: 20,
  });
  try {
    await watcher.watchOnly(new Map([[1, join(folder, 'drive')]]));
    mkdirSync(join(folder, 'drive'));
    await until('the fault is told', () => faults.length > 0);
    renameSync(join(folder, 'drive'), join(folder, 'away'));
    const before = faults.length;
    await until('the next look is told, too', () => faults.length > before);
    expect(faults[0]).toMatchObject({ message: 'nobody can be told' });
  } finally {
    await watcher.close();
  }
});

test('a running job ends with its message when the data folder is removed, and does not create a new one', async () => {
  const trial = new EngineTrial();
  const away = `${trial.data}.away`;
  try {
    for (let n = 0; n < 40; n++) trial.addTone(`rain ${n}.wav`, 300 + 20 * n, 1);
    await trial.start();
    let gone = false;
    trial.on('job.progress', ({ stage }) => {
      if (stage !== 'analysing' || gone) return;
      gone = true;
      renameSync(trial.data, away);
    });
    const id = await trial.call('index.start', { folders: [trial.sounds] });
    await expect(waitForJob(trial, id, 'index')).rejects.toThrow(/was removed or replaced.*Restore it/);
    expect(trial.progress.at(-1)).toMatchObject({ state: 'failed' });
    renameSync(away, trial.data); // fails where a folder has been made meanwhile
    expect(await trial.index(trial.sounds)).toMatchObject({ files: 40, failed: [] });
    expect(await trial.call('status.get', null)).toMatchObject({ ready: 40 });
  } finally {
    await trial.end();
  }
});
