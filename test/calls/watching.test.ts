/** The engine watches the roots: changed files are analysed without being asked. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EngineTrial } from './engine-trial.ts';
import { until } from '../kit/until.ts';

let trial: EngineTrial;
beforeEach(() => {
  trial = new EngineTrial();
  mkdirSync(trial.at('a'));
});
afterEach(() => trial.end());

const found = (path: string) => async () => (await trial.paths('low')).includes(path);

test('a new file is found, a deleted one is offline; other roots are not changed', async () => {
  trial.addTone('a/low.wav', 100);
  trial.addTone('b/low.wav', 110);
  await trial.start({ watchRoots: true });
  await trial.index(trial.at('a'), trial.at('b'));
  await until('watching', async () => (await trial.call('root.list', null)).every((root) => root.watching));
  // What happened between the walk and the watch nobody saw: both are looked through once.
  await until('the look after', () => endedJobs().length === 2);

  const path = trial.addTone('a/low new.wav', 120);
  await until('the new sound', found(path));
  await until('the end of the job', () => endedJobs().length === 3);
  const scanned = (await trial.call('root.list', null)).map(({ scannedMs }) => scannedMs!);
  expect(scanned[0]).toBeGreaterThan(scanned[1]!);
  expect(trial.rootsChanged.length).toBeGreaterThan(0);

  rmSync(path);
  await until('offline', async () => (await trial.call('status.get', null)).offline === 1);
});

test('what happened while the engine was away is found at its start; paused roots and unwatched ones are left alone', async () => {
  for (const name of ['a', 'b', 'c']) trial.addTone(`${name}/low.wav`, 100 + name.charCodeAt(0));
  await trial.start();
  await trial.index(...['a', 'b', 'c'].map((name) => trial.at(name)));
  const [a, b, c] = await trial.call('root.list', null);
  await trial.call('root.set', { id: b!.id, paused: true });
  expect(await trial.call('root.set', { id: c!.id, watch: false })).toMatchObject({ watch: false });
  for (const name of ['a', 'b', 'c']) trial.addTone(`${name}/low new.wav`, 200 + name.charCodeAt(0));

  await trial.start({ watchRoots: true });
  await until('the new sound', found(trial.at('a/low new.wav')));
  await until('the end of the job', () => endedJobs().length === 2);
  const roots = await trial.call('root.list', null);
  expect(roots.map(({ id, watching, files }) => [id, watching, files])).toEqual([
    [a!.id, true, 2],
    [b!.id, false, 1],
    [c!.id, false, 1],
  ]);
  await trial.call('root.set', { id: b!.id, paused: false });
  await until('the file of the root that is still watched', found(trial.at('b/low new.wav')));
});

test('a missing drive is reported, and watched again when it is back', async () => {
  trial.addTone('a/low.wav', 100);
  await trial.start();
  await trial.index(trial.at('a'));
  renameSync(trial.at('a'), trial.at('unplugged'));
  await trial.start({ watchRoots: true });
  const root = await until('the problem', async () => {
    const [only] = await trial.call('root.list', null);
    return only!.watchProblem !== null && !only!.online && only;
  });
  expect(root).toMatchObject({ watch: true, watching: false, files: 1, offline: 1 });
  expect(root.watchProblem).toMatch(/is not available/);
});

test('what is asked for goes before what begins by itself', async () => {
  for (let i = 0; i < 25; i++) trial.addTone(`a/low ${i}.wav`, 100 + i, 1 + i / 100);
  trial.addTone('b/low.wav', 90);
  await trial.start();
  await trial.call('root.add', { path: trial.at('b') });
  await trial.index(trial.at('a'));
  for (let i = 0; i < 60; i++) trial.addTone(`a/new ${i}.wav`, 200 + i, 1 + i / 100);
  await trial.start({ watchRoots: true });
  const automatic = await until('the job that began by itself', () =>
    trial.progress.find(({ id, stage }) => id > 1 && stage === 'analysing'),
  );
  expect(await trial.index(trial.at('b'))).toMatchObject({ indexed: 1 });
  expect(stateOf(automatic.id)).toBe('cancelled');
  // Then it continues where it was.
  await until('all of them', async () => (await trial.call('status.get', null)).ready === 86);
});

function endedJobs(): number[] {
  return [...new Set(trial.progress.filter(({ state }) => state === 'done').map(({ id }) => id))];
}

function stateOf(id: number): string {
  return trial.progress.findLast((progress) => progress.id === id)!.state;
}
