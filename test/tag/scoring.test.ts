/** What the app does about tags by itself: new files are scored, decisions are learnt from when they have come to rest. */
import { basename } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_PACK } from '../../src/main/packs/installed.ts';
import type { JobId } from '../../src/shared/types.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import { EngineTrial } from '../calls/engine-trial.ts';
import { HandTimers } from '../kit/timers.ts';
import { until } from '../kit/until.ts';

const VOCABULARY = {
  ...{ id: 'trial', name: 'Trial', version: 1, language: 'en', licence: '', description: '', profile: 'sfx' as const },
  groups: [{ id: 'things', name: 'Things', kind: 'multi' as const }],
  labels: [
    { id: 'hum', name: 'electrical hum', group: 'things', prompts: ['a low electrical hum'], keywords: ['hum'] },
    { id: 'beep', name: 'electronic beep', group: 'things', prompts: ['a short electronic beep'], keywords: ['beep'] },
  ],
};
/** Without a decision; tags learn then. */
const REST_MS = 10_000;

const trial = new EngineTrial();
const timers = new HandTimers();
beforeAll(async () => {
  for (let at = 0; at < 4; at++) trial.addTone(`hum ${at}.wav`, 60 + 10 * at, 1);
  // What runs at low priority can starve on a busy machine, which is its purpose and no test of it.
  trial.set({ lowPriority: false });
  await trial.start({ model: DEFAULT_PACK, load: 'background', timers });
  await trial.index(trial.sounds);
  await trial.call('vocabulary.save', VOCABULARY);
});
afterAll(() => trial.end());

const tagId = (labelId: string) => trial.call('tag.ofLabel', { vocabularyId: 'trial', labelId });
async function fileId(name: string): Promise<number> {
  const all = await trial.call('file.list', { of: {}, order: 'name', descending: false });
  return (await trial.call('file.rows', all)).find(({ path }) => basename(path) === name)!.fileId;
}
/** Tag jobs in the order they began. */
const tagJobs = (): JobId[] => [...new Set(trial.progress.filter(({ kind }) => kind === 'tag').map(({ id }) => id))];
const ended = (id: JobId) =>
  until('the job has ended', () => trial.progress.some((one) => one.id === id && one.state === 'done'));
/** Of a job that nobody asked for. @param jobs those before it */
async function endOfNext(jobs: readonly JobId[]): Promise<JobId> {
  const [next] = await until('a job began by itself', () => {
    const others = tagJobs().filter((id) => !jobs.includes(id));
    return others.length > 0 && others;
  });
  await ended(next!);
  return next!;
}
const decide = async (labelId: string, names: readonly string[], accepted: boolean) => {
  const tag = await tagId(labelId);
  const fileIds = await Promise.all(names.map(fileId));
  await trial.call('tag.decide', { decisions: fileIds.map((id) => ({ fileId: id, tagId: tag, accepted })) });
};

test('files analysed since then are scored after the index job, by what was used before and by nothing else', async () => {
  expect(tagJobs()).toEqual([]); // nothing has been used yet
  await waitForJob(
    trial,
    await trial.call('tag.score', { vocabularyIds: ['trial'], folders: [], again: false }),
    'tag',
  );
  const [asked] = tagJobs();
  trial.addTone('hum new.wav', 65, 1);
  await trial.index(trial.sounds);
  const own = await endOfNext([asked!]);
  expect(trial.progress.findLast(({ id }) => id === own)).toMatchObject({ done: 1, total: 1 });
  const { vocabularies } = await trial.call('vocabulary.list', null);
  const scored = vocabularies.filter(({ scoredFiles }) => scoredFiles > 0);
  expect(scored.map(({ id, scoredFiles }) => [id, scoredFiles])).toEqual([['trial', 5]]);
});

test('tags learn when nobody has decided for ten seconds, each decision beginning them anew', async () => {
  const before = tagJobs();
  expect(await trial.call('tag.taught', null)).toEqual([]);
  await decide('hum', ['hum 0.wav', 'hum 1.wav'], true);
  timers.pass(REST_MS - 1);
  await decide('hum', ['hum 2.wav'], true);
  timers.pass(REST_MS - 1);
  expect(timers.waiting).toBe(1);
  expect(tagJobs()).toEqual(before);
  timers.pass(1);
  await endOfNext(before);
  expect(await trial.call('tag.taught', null)).toMatchObject([{ name: 'electrical hum', accepted: 3, rejected: 0 }]);
});

test('what is decided while tags are scored is learnt after that', async () => {
  const job = await trial.call('tag.score', { vocabularyIds: ['trial'], folders: [], again: true });
  await trial.call('job.pause', job);
  await decide('beep', ['hum 0.wav', 'hum 1.wav', 'hum 2.wav'], false);
  timers.pass(REST_MS); // put off: it waits anew
  await trial.call('job.resume', job);
  await waitForJob(trial, job, 'tag');
  const before = tagJobs();
  timers.pass(REST_MS);
  await endOfNext(before);
  const taught = await trial.call('tag.taught', null);
  expect(taught.find(({ name }) => name === 'electronic beep')).toMatchObject({ accepted: 0, rejected: 3 });
});

test('a job that began by itself makes way for one that somebody asks for', async () => {
  const before = tagJobs();
  for (let at = 0; at < 3; at++) trial.addTone(`hum later ${at}.wav`, 61 + 10 * at, 1);
  await trial.index(trial.sounds);
  const own = await until('a job began by itself', () => tagJobs().find((id) => !before.includes(id)));
  const asked = await trial.call('tag.score', { vocabularyIds: ['trial'], folders: [], again: true });
  expect(asked).not.toBe(own);
  expect(await waitForJob(trial, asked, 'tag')).toMatchObject({ files: 8, cancelled: false });
  expect(trial.notices).toEqual([]);
});
