import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireWriterLock } from '../../src/main/catalogue/writer-lock.ts';
import { JobRegistry, type Lane } from '../../src/main/jobs/registry.ts';
import type { JobContext } from '../../src/main/jobs/runner.ts';
import type { MapSummary } from '../../src/shared/calls/map.ts';
import { summaryOf, type JobProgress } from '../../src/shared/jobs.ts';
import { temporaryCatalogue, type TemporaryCatalogue } from '../kit/catalogue.ts';

const MAP: MapSummary = { files: 3, placed: 2 };
const SCORED = { files: 4, suggestions: 5 } as never;

let temporary: TemporaryCatalogue;
let there: () => void;
const told: JobProgress[] = [];
const closed: string[] = [];
const preempted: string[] = [];

beforeEach(() => {
  temporary = temporaryCatalogue();
  there = () => {};
  for (const list of [told, closed, preempted]) list.length = 0;
});
afterEach(() => temporary.remove());

function twoLanes() {
  const { folder, catalogue } = temporary;
  const deps = { dataFolder: folder, catalogue: () => catalogue, checkThere: () => there() };
  const jobs = new JobRegistry(deps, (progress) => void told.push(progress));
  const maps: Lane<'map'> = jobs.lane({
    busy: 'one map at a time',
    service: { close: () => closeLane('maps', () => maps.close()) },
  });
  const tags: Lane<'tag'> = jobs.lane({
    busy: 'one scoring at a time',
    service: {
      preempt: () => {
        preempted.push('tags');
        return Promise.resolve();
      },
      close: () => closeLane('tags', () => tags.close()),
    },
  });
  return { jobs, maps, tags };
}
async function closeLane(name: string, end: () => Promise<void>): Promise<void> {
  await end();
  closed.push(name);
}
/** Goes on until it is cancelled. */
async function endless({ whileNotPaused }: JobContext): Promise<never> {
  for (;;) {
    await whileNotPaused();
    await new Promise(setImmediate);
  }
}

test('each job is reached by its id, whichever lane it runs in; lanes run beside each other', async () => {
  const { jobs, maps, tags } = twoLanes();
  const drawing = maps.start('map', {}, endless);
  const scoring = tags.start('tag', {}, endless);
  expect(jobs.running.map(({ id, kind }) => [id, kind])).toEqual([
    [drawing, 'map'],
    [scoring, 'tag'],
  ]);
  jobs.pause(scoring);
  expect(jobs.running.map(({ state }) => state)).toEqual(['running', 'paused']);
  jobs.resume(scoring);
  expect(jobs.running.map(({ state }) => state)).toEqual(['running', 'running']);
  jobs.cancel(scoring);
  await expect(jobs.wait(scoring)).rejects.toThrow('cancelled by the user');
  expect(jobs.running.map(({ id }) => id)).toEqual([drawing]);
  expect(told.at(-1)).toMatchObject({ id: scoring, state: 'cancelled' });
  await jobs.close();
});

test('an outcome names its kind, and a summary is of the kind that was asked for', async () => {
  const { jobs, maps, tags } = twoLanes();
  const drawing = maps.start('map', {}, () => Promise.resolve(MAP));
  const scoring = tags.start('tag', {}, () => Promise.resolve(SCORED));
  expect(await jobs.wait(drawing)).toEqual({ kind: 'map', summary: MAP });
  expect(summaryOf(await jobs.wait(drawing), 'map')).toEqual(MAP);
  expect(summaryOf(await jobs.wait(scoring), 'map', 'tag')).toEqual(SCORED);
  const outcome = await jobs.wait(drawing);
  expect(() => summaryOf(outcome, 'index', 'tag')).toThrow(expect.objectContaining({ code: 'not-found' }));
  await expect(jobs.wait(999)).rejects.toMatchObject({ code: 'not-found' });
  expect(() => jobs.pause(999)).toThrow('There is no job 999 in this session.');
  expect(() => jobs.resume(999)).toThrow(/no job 999/);
  expect(() => jobs.cancel(999)).toThrow(/no job 999/);
});

test('a lane holds one job, from when it is reserved until it has ended', async () => {
  const { jobs, maps } = twoLanes();
  const ready = Promise.withResolvers<undefined>();
  const starting = maps.reserve(async () => {
    await ready.promise;
    return maps.start('map', {}, endless);
  });
  const busy = { code: 'catalogue-busy', userMessage: 'one map at a time' };
  await expect(maps.reserve(() => Promise.resolve(0))).rejects.toMatchObject(busy);
  expect(() => maps.assertFree()).toThrow('one map at a time');
  ready.resolve(undefined);
  const id = await starting;
  await expect(maps.reserve(() => Promise.resolve(0))).rejects.toMatchObject(busy);
  jobs.cancel(id);
  await expect(jobs.wait(id)).rejects.toBeDefined();
  await expect(maps.reserve(() => Promise.reject(new Error('no model')))).rejects.toThrow('no model');
  maps.assertFree();
});

test('resources of a job are released before its end is reported, and when it cannot begin', async () => {
  const { jobs, maps } = twoLanes();
  const order: string[] = [];
  const id = maps.start('map', {}, () => Promise.reject(new Error('no room')), {
    release: () => order.push(`released while ${told.at(-1)?.state ?? 'nothing was told'}`),
  });
  await expect(jobs.wait(id)).rejects.toThrow('no room');
  expect(order).toEqual(['released while nothing was told']);
  expect(told.at(-1)).toMatchObject({ state: 'failed' });
  const running = maps.start('map', {}, endless);
  expect(() => maps.start('map', {}, endless, { release: () => order.push('released') })).toThrow('one map at a time');
  expect(order.at(-1)).toBe('released');
  jobs.cancel(running);
  await jobs.close();
});

test('who takes the lock preempts what began by itself, and has the lock for itself', async () => {
  const { jobs } = twoLanes();
  const release = await jobs.preemptAndLock({ work: 'write' });
  expect(preempted).toEqual(['tags']);
  await expect(acquireWriterLock(temporary.folder)).rejects.toMatchObject({ code: 'catalogue-busy' });
  release();
  (await acquireWriterLock(temporary.folder))();
});

test('a data folder that went away ends a job at its next step', async () => {
  const { jobs, maps } = twoLanes();
  const id = maps.start('map', {}, endless);
  there = () => {
    throw new Error('the data folder is gone');
  };
  await expect(jobs.wait(id)).rejects.toThrow('the data folder is gone');
});

test('services are closed in the order of their lanes, all of them, and jobs are cancelled by that', async () => {
  const { jobs, maps, tags } = twoLanes();
  jobs.lane<'index'>({ service: { close: () => Promise.reject(new Error('it hangs')) }, busy: 'busy' });
  jobs.lane<'rename'>({ service: { close: () => closeLane('renames', () => Promise.resolve()) }, busy: 'busy' });
  maps.start('map', {}, endless);
  tags.start('tag', {}, endless);
  await expect(jobs.close()).rejects.toThrow('it hangs');
  expect(closed).toEqual(['maps', 'tags', 'renames']);
  expect(jobs.running).toEqual([]);
});

test('jobs of the session alone: no catalogue, an id of their own, no pause; a lane without a service is closed', async () => {
  const deps = {
    dataFolder: temporary.folder,
    catalogue: () => expect.unreachable('it asked for a catalogue'),
    checkThere: () => expect.unreachable('it asked for a catalogue'),
  };
  const jobs = new JobRegistry(deps, (progress) => void told.push(progress));
  const first = { path: '', stage: 'reading' as const, share: 0 };
  const imports: Lane<'import'> = jobs.sessionLane({ busy: 'one import', unpausable: 'It cannot be paused.', first });
  const before = imports.start('import', {}, () => Promise.resolve(null));
  await jobs.wait(before);
  told.length = 0;
  const id = imports.start('import', {}, async ({ report, whileNotPaused }) => {
    report({ path: '/model', share: 0.2 });
    report({ share: 0.4 });
    report({ stage: 'building', share: 0.1 }); // a new stage is told at once
    for (;;) {
      await whileNotPaused();
      await new Promise(setImmediate);
    }
  });
  expect(before).toBeLessThan(0);
  expect(id).toBeLessThan(before);
  expect(jobs.running).toMatchObject([{ id, kind: 'import', state: 'running', path: '/model', stage: 'building' }]);
  expect(told.map((progress) => progress.kind === 'import' && [progress.stage, progress.share])).toEqual([
    ['reading', 0.2],
    ['building', 0.1],
  ]);
  expect(() => jobs.pause(id)).toThrow('It cannot be paused.');
  expect(() => imports.assertFree()).toThrow('one import');
  await jobs.close();
  expect(told.at(-1)).toMatchObject({ id, state: 'cancelled' });
  expect(() => imports.start('import', {}, () => Promise.resolve(null))).toThrow('Earmark is quitting.');
});
