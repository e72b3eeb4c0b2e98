/** Writing and renaming preempt what began by itself before they take the lock that an index job may hold for hours. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acquireWriterLock } from '../../src/main/catalogue/writer-lock.ts';
import { Renaming } from '../../src/main/export/renaming.ts';
import { EngineResources } from '../../src/main/engine/resources.ts';
import { JobRegistry } from '../../src/main/jobs/registry.ts';
import { studioWrites } from '../../src/main/studio/writes.ts';
import { Writing } from '../../src/main/writeback/writing.ts';
import { WrittenSounds } from '../calls/written-sounds.ts';
import { TINY_PACK } from '../faults/program.ts';
import { summaryOf } from '../../src/shared/jobs.ts';

const sounds = new WrittenSounds();
const parts = new EngineResources({ dataFolder: sounds.data, model: TINY_PACK, load: 'foreground' }, () => {});
const listeners = { changed: () => {}, runChanged: () => {} };
const asked: string[] = [];
/** As an index job that began by itself holds it. */
let release = () => {};
const analysing = async () => (release = await acquireWriterLock(sounds.data));
/** Beside a lane that is preempted. */
function jobsBeside(preempt: () => Promise<void>): JobRegistry {
  const jobs = new JobRegistry(parts, () => {});
  jobs.lane<'index'>({ service: { preempt, close: () => Promise.resolve() }, busy: 'busy' });
  return jobs;
}
/** Ends that job. */
const preemptFor = (who: string) => () => {
  asked.push(who);
  release();
  return Promise.resolve();
};
const noMatches = () => Promise.resolve(new Map<number, never[]>());
const writeJobs = jobsBeside(preemptFor('writing'));
const writing = new Writing(parts, writeJobs, listeners, noMatches, studioWrites(parts));
const renameJobs = jobsBeside(preemptFor('renaming'));
const renaming = new Renaming(parts, renameJobs, listeners);

beforeAll(async () => {
  sounds.addTone('hiss.wav', 200, 0.5);
  await sounds.index();
  await sounds.accept('hiss.wav', 'sfx', 'air-hiss', 0.9);
});
afterAll(async () => {
  release();
  await writeJobs.close();
  await renameJobs.close();
  await parts.close();
  await sounds.end();
});

test('a plan preempts nothing; a write and its undoing do', async () => {
  await analysing();
  const before = sounds.hashes();
  const { planId } = summaryOf(
    await writeJobs.wait(await writing.plan({ profileId: 'sfx', fileIds: [], folders: [] })),
    'plan',
  );
  expect(asked).toEqual([]);
  const { runId, written } = summaryOf(await writeJobs.wait(await writing.start({ planId, leaveOut: [] })), 'write');
  expect([written, asked]).toEqual([1, ['writing']]);
  await analysing();
  expect(summaryOf(await writeJobs.wait(await writing.undo({ runId, fileIds: [] })), 'undo')).toMatchObject({
    undone: 1,
  });
  expect(asked).toEqual(['writing', 'writing']);
  expect(sounds.hashes()).toEqual(before);
});

test('renaming and its undoing do, too', async () => {
  asked.length = 0;
  await analysing();
  const fileIds = [sounds.idOf('hiss.wav')];
  const { runId, written } = summaryOf(await renameJobs.wait(await renaming.start(fileIds, {})), 'rename');
  expect(written).toBe(1);
  await analysing();
  const undo = await renaming.undo({ runId, fileIds: [] });
  expect(summaryOf(await renameJobs.wait(undo!), 'undo')).toMatchObject({ undone: 1 });
  expect(asked).toEqual(['renaming', 'renaming']);
});

test('when nothing can be preempted, nothing begins and the reason is reported; the next one can', async () => {
  const jobs = jobsBeside(() => Promise.reject(new Error('the encoder hangs')));
  const refusing = new Writing(parts, jobs, listeners, noMatches, studioWrites(parts));
  const { planId } = summaryOf(
    await jobs.wait(await refusing.plan({ profileId: 'sfx', fileIds: [], folders: [] })),
    'plan',
  );
  const before = sounds.hashes();
  for (let time = 0; time < 2; time++) {
    await expect(refusing.start({ planId, leaveOut: [] })).rejects.toThrow('the encoder hangs');
  }
  expect(sounds.hashes()).toEqual(before);
  await jobs.close();
});

test('what cannot be done preempts nothing', async () => {
  asked.length = 0;
  const nothing = { runId: 777, fileIds: [] };
  expect(() => writing.undo(nothing)).toThrow(/no run 777/);
  expect(await renaming.undo(nothing)).toBeNull();
  expect(asked).toEqual([]);
});
