import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { JobRunner, type JobContext } from '../../src/main/jobs/runner.ts';
import type { JobProgress, JobState } from '../../src/shared/types.ts';

function startJob(work: (context: JobContext) => Promise<string>) {
  const states: JobState[] = [];
  const sent: JobProgress[] = [];
  const runner = new JobRunner<string>(
    { start: () => 1, setState: (_, state) => void states.push(state) },
    (progress) => void sent.push(progress),
  );
  return { runner, states, sent, id: runner.start('index', {}, work) };
}

test('a job that ends well: its result, its record, its last progress', async () => {
  const { runner, states, sent, id } = startJob(async ({ report }) => {
    for (let done = 1; done <= 1000; done++) report({ done, total: 1000 });
    return Promise.resolve('result');
  });
  expect(await runner.wait(id)).toBe('result');
  expect(states).toEqual(['done']);
  expect(sent.at(-1)).toMatchObject({ state: 'done', done: 1000, total: 1000 });
  expect(sent.length).toBeLessThan(5); // at most 10 a second, however often it is reported
});

test('a paused job waits, its clock too, and goes on when resumed', async () => {
  let steps = 0;
  const { runner, states, id } = startJob(async (context) => {
    for (; steps < 3; steps++) {
      await new Promise(setImmediate);
      await context.whileNotPaused();
    }
    return String(context.elapsedSeconds());
  });
  const began = performance.now();
  runner.pause(id);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(steps).toBe(0);
  runner.resume(id);
  const elapsed = Number(await runner.wait(id));
  expect(elapsed).toBeLessThan((performance.now() - began) / 1000 - 0.19); // all but the pause
  expect(states).toEqual(['paused', 'running', 'done']);
});

test('what runs can be asked for, paused jobs too, until they have ended', async () => {
  const { runner, id } = startJob(async (context) => {
    context.report({ done: 7, total: 9 });
    await new Promise(setImmediate);
    await context.whileNotPaused();
    return 'done';
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
    return 'never';
  });
  runner.pause(id);
  await new Promise(setImmediate);
  runner.cancel(id);
  await expect(runner.wait(id)).rejects.toThrow('cancelled by the user');
  expect(states.at(-1)).toBe('cancelled');
});

test('a failed job says why, and the next one may start; two at once may not', async () => {
  const { runner, states, id } = startJob(() => Promise.reject(new Error('disk on fire')));
  expect(() => runner.start('index', {}, () => Promise.resolve(''))).toThrow(/already indexing/);
  await expect(runner.wait(id)).rejects.toThrow('disk on fire');
  expect(states).toEqual(['failed']);
  expect(await runner.wait(runner.start('index', {}, () => Promise.resolve('fine')))).toBe('fine');
});

test('a job that is held back says why; a pause that was asked for stays when that ends', async () => {
  const { runner, sent, id } = startJob(async (context) => {
    await new Promise(setImmediate);
    await context.whileNotPaused();
    return 'done';
  });
  expect(runner.active).toBe(id);
  runner.holdBack(id, true);
  expect(sent.at(-1)).toMatchObject({ state: 'paused', pausedFor: 'activity' });
  runner.pause(id);
  expect(sent.at(-1)).toMatchObject({ state: 'paused', pausedFor: 'user' });
  runner.holdBack(id, false);
  expect(sent.at(-1)).toMatchObject({ state: 'paused', pausedFor: 'user' });
  runner.resume(id);
  runner.holdBack(id, true); // who says "go on" means it
  expect(sent.at(-1)).toMatchObject({ state: 'running' });
  expect(sent.at(-1)).not.toHaveProperty('pausedFor');
  expect(await runner.wait(id)).toBe('done');
  expect(runner.active).toBeNull();
  runner.holdBack(id, true);
  expect(sent.at(-1)!.state).toBe('done');
});

test('a job that is held back goes on by itself when that ends', async () => {
  const { runner, states, id } = startJob(async (context) => {
    await new Promise(setImmediate);
    await context.whileNotPaused();
    return 'done';
  });
  runner.holdBack(id, true);
  runner.holdBack(id, true);
  runner.holdBack(id, false);
  expect(await runner.wait(id)).toBe('done');
  expect(states).toEqual(['paused', 'running', 'done']);
});

test('a disk without room for the record of a job: it ends as it would, and everybody is told', async () => {
  const sent: JobProgress[] = [];
  const full = () => {
    throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
  };
  const runner = new JobRunner<string>({ start: () => 1, setState: full }, (progress) => void sent.push(progress));
  expect(await runner.wait(runner.start('index', {}, () => Promise.resolve('result')))).toBe('result');
  expect(sent.at(-1)).toMatchObject({ state: 'done' });
});
