import { afterEach, expect, test, vi } from 'vitest';
import { JobRunner, type JobContext } from '../../src/main/jobs/runner.ts';
import type { JobProgress } from '../../src/shared/jobs.ts';
import type { MapSummary } from '../../src/shared/calls/map.ts';
import type { JobState, LibraryJobFigures } from '../../src/shared/types.ts';
import { diskFull } from '../kit/catalogue.ts';

const FIRST: LibraryJobFigures = {
  ...{ stage: 'comparing', done: 0, total: null, failed: 0, audioSeconds: 0 },
  ...{ realTimeFactor: null, etaSeconds: null, currentPath: null },
};
const RESULT: MapSummary = { files: 3, placed: 2 };

afterEach(() => vi.useRealTimers());

function startJob(work: (context: JobContext) => Promise<MapSummary>) {
  const states: JobState[] = [];
  const sent: JobProgress[] = [];
  const runner = new JobRunner<'map'>({
    records: () => ({ start: () => 1, setState: (_, state) => void states.push(state) }),
    send: (progress) => void sent.push(progress),
    busy: 'already drawing',
    first: FIRST,
  });
  return { runner, states, sent, id: runner.start('map', {}, work) };
}

test('a job that ends well: its result, its record, its last progress', async () => {
  const { runner, states, sent, id } = startJob(async ({ report }) => {
    for (let done = 1; done <= 1000; done++) report({ done, total: 1000 });
    return Promise.resolve(RESULT);
  });
  expect(await runner.wait(id)).toEqual({ kind: 'map', summary: RESULT });
  expect(states).toEqual(['done']);
  expect(sent.at(-1)).toMatchObject({ state: 'done', done: 1000, total: 1000 });
  expect(sent.length).toBeLessThan(5); // at most 10 a second, however often it is reported
});

test('a paused job waits, its clock too, and continues when resumed', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  let steps = 0;
  let elapsed = Infinity;
  const { runner, states, id } = startJob(async (context) => {
    for (; steps < 3; steps++) {
      await new Promise(setImmediate);
      await context.whileNotPaused();
    }
    elapsed = context.elapsedSeconds();
    return RESULT;
  });
  runner.pause(id);
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate); // more than all its steps take
  vi.advanceTimersByTime(200_000);
  expect(steps).toBe(0);
  runner.resume(id);
  await runner.wait(id);
  expect(elapsed).toBe(0); // no time has passed but that of the pause
  expect(states).toEqual(['paused', 'running', 'done']);
});

test('what runs can be asked for, paused jobs too, until they have ended', async () => {
  const { runner, id } = startJob(async (context) => {
    context.report({ done: 7, total: 9 });
    await new Promise(setImmediate);
    await context.whileNotPaused();
    return RESULT;
  });
  runner.pause(id);
  expect(runner.running).toEqual([
    expect.objectContaining({ id, state: 'paused', pausedFor: 'user', done: 7, total: 9 }),
  ]);
  runner.resume(id);
  await runner.wait(id);
  expect(runner.running).toEqual([]);
});

test('cancel reaches a paused job', async () => {
  const { runner, states, id } = startJob(async (context) => {
    await new Promise(setImmediate);
    await context.whileNotPaused();
    return RESULT;
  });
  runner.pause(id);
  await new Promise(setImmediate);
  runner.cancel(id);
  await expect(runner.wait(id)).rejects.toThrow('cancelled by the user');
  expect(states.at(-1)).toBe('cancelled');
});

test('a failed job says why, and the next one may start; two at once may not', async () => {
  const { runner, states, id } = startJob(() => Promise.reject(new Error('disk on fire')));
  expect(() => runner.start('map', {}, () => Promise.resolve(RESULT))).toThrow(/already drawing/);
  await expect(runner.wait(id)).rejects.toThrow('disk on fire');
  expect(states).toEqual(['failed']);
  expect(await runner.wait(runner.start('map', {}, () => Promise.resolve(RESULT)))).toEqual({
    kind: 'map',
    summary: RESULT,
  });
});

test('a job that is held back says why; a pause that was asked for stays when that ends', async () => {
  const { runner, sent, id } = startJob(async (context) => {
    await new Promise(setImmediate);
    await context.whileNotPaused();
    return RESULT;
  });
  expect(runner.active).toBe(id);
  runner.holdBack(id, true);
  expect(sent.at(-1)).toMatchObject({ state: 'paused', pausedFor: 'activity' });
  runner.pause(id);
  expect(sent.at(-1)).toMatchObject({ state: 'paused', pausedFor: 'user' });
  runner.holdBack(id, false);
  expect(sent.at(-1)).toMatchObject({ state: 'paused', pausedFor: 'user' });
  runner.resume(id);
  runner.holdBack(id, true); // an explicit resume has precedence
  expect(sent.at(-1)).toMatchObject({ state: 'running' });
  expect(sent.at(-1)).not.toHaveProperty('pausedFor');
  expect(await runner.wait(id)).toEqual({ kind: 'map', summary: RESULT });
  expect(runner.active).toBeNull();
  runner.holdBack(id, true);
  expect(sent.at(-1)!.state).toBe('done');
});

test('a job that is held back continues by itself when that ends', async () => {
  const { runner, states, id } = startJob(async (context) => {
    await new Promise(setImmediate);
    await context.whileNotPaused();
    return RESULT;
  });
  runner.holdBack(id, true);
  runner.holdBack(id, true);
  runner.holdBack(id, false);
  expect(await runner.wait(id)).toEqual({ kind: 'map', summary: RESULT });
  expect(states).toEqual(['paused', 'running', 'done']);
});

test('a full disk for the record of a job: it ends as usual, and all listeners are called', async () => {
  const sent: JobProgress[] = [];
  const full = () => {
    throw diskFull();
  };
  const runner = new JobRunner<'map'>({
    records: () => ({ start: () => 1, setState: full }),
    send: (progress) => void sent.push(progress),
    busy: 'already drawing',
    first: FIRST,
  });
  expect(await runner.wait(runner.start('map', {}, () => Promise.resolve(RESULT)))).toEqual({
    kind: 'map',
    summary: RESULT,
  });
  expect(sent.at(-1)).toMatchObject({ state: 'done' });
});

test('no job is started any more once the runner closes, also not one that was about to be', async () => {
  const { runner, id } = startJob(() => Promise.resolve(RESULT));
  await runner.wait(id);
  let released = 0;
  const go = Promise.withResolvers<null>();
  const begun = runner.reserve(async () => {
    await go.promise;
    return runner.start('map', {}, () => Promise.resolve(RESULT), { release: () => released++ });
  });
  await runner.close();
  go.resolve(null);
  await expect(begun).rejects.toMatchObject({ code: 'engine-closed' });
  expect(released).toBe(1);
  await expect(runner.reserve(() => Promise.resolve(1))).rejects.toMatchObject({ code: 'engine-closed' });
});
