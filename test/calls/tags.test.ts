/** Suggestions, decisions and vocabularies through the calls, over files that the starter model analysed. */
import { mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FileTag } from '../../src/shared/calls/tags.ts';
import type { VocabularyContent } from '../../src/shared/calls/vocabularies.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import { DEFAULT_PACK } from '../../src/main/packs/installed.ts';
import { EngineTrial } from './engine-trial.ts';

const VOCABULARY: VocabularyContent = {
  id: 'trial',
  name: 'Trial',
  version: 1,
  language: 'en',
  licence: '',
  description: '',
  profile: 'sfx',
  groups: [
    { id: 'things', name: 'Things', kind: 'multi' },
    { id: 'pitch', name: 'Pitch', kind: 'exclusive' },
  ],
  labels: [
    {
      id: 'beep',
      name: 'electronic beep',
      group: 'things',
      prompts: ['a single electronic beep'],
      keywords: ['bleep', 'beep'],
    },
    {
      id: 'hum',
      name: 'electrical hum',
      group: 'things',
      prompts: ['a low electrical hum'],
      keywords: ['mains'],
    },
    { id: 'dog', name: 'dog bark', group: 'things', prompts: ['a dog barks'], keywords: [] },
    { id: 'low', name: 'low tone', group: 'pitch', prompts: ['somebody speaks in a low voice'], keywords: ['low'] },
    { id: 'high', name: 'high tone', group: 'pitch', prompts: ['somebody speaks in a high voice'], keywords: ['high'] },
  ],
};
/** Plain tones are hardly like any of the labels: names bring them so far. */
const LIKELY = 0.1;

const trial = new EngineTrial();
const ids = new Map<string, number>();
const id = (name: string): number => ids.get(name)!;

beforeAll(async () => {
  trial.addTone('a/electronic beep.wav', 1000, 0.5);
  trial.addTone('a/bleep 50.wav', 1000, 12);
  trial.addTone('b/electrical hum low.wav', 120, 2);
  trial.addTone('b/mains high.wav', 400, 2);
  trial.addTone('b/0001.wav', 50, 2);
  await trial.start({ model: DEFAULT_PACK });
  await trial.index(trial.sounds);
  const listed = await trial.call('file.list', { of: {}, order: 'folder', descending: false });
  for (const row of await trial.call('file.rows', listed)) ids.set(row.path.slice(trial.sounds.length + 1), row.fileId);
  await trial.call('vocabulary.save', VOCABULARY);
});
afterAll(() => trial.end());

async function score(again = false) {
  const job = await trial.call('tag.score', { vocabularyIds: ['trial'], folders: [], again });
  return waitForJob(trial, job, 'tag');
}
async function tagsOf(name: string): Promise<FileTag[]> {
  const [file] = await trial.call('tag.ofFiles', { fileIds: [id(name)], minProbability: 0 });
  return file!.tags;
}
const tagId = (labelId: string) => trial.call('tag.ofLabel', { vocabularyId: 'trial', labelId });

test('before the first scoring: no suggestions, and every label has an id', async () => {
  expect(await trial.call('tag.list', {})).toEqual([]);
  expect(await tagId('dog')).toBeGreaterThan(0);
  await expect(tagId('cat')).rejects.toMatchObject({ code: 'not-found' });
});

test('scoring stores what fits, once; what is up to date is left alone', async () => {
  expect(await score()).toMatchObject({ files: 5, vocabularies: ['trial'], cancelled: false });
  expect(await score()).toMatchObject({ files: 0 });
  expect(await score(true)).toMatchObject({ files: 5 });
  const { vocabularies } = await trial.call('vocabulary.list', null);
  expect(vocabularies.find((one) => one.id === 'trial')).toMatchObject({
    scoredFiles: 5,
    readyFiles: 5,
    shipped: false,
  });
  await expect(trial.call('tag.score', { vocabularyIds: ['none'], folders: [], again: false })).rejects.toMatchObject({ code: 'not-found' }); // prettier-ignore
  expect(trial.progress.some(({ kind, stage }) => kind === 'tag' && stage === 'tagging')).toBe(true);
});

test('a cancelled job reports it and keeps what was stored; the next one does the rest', async () => {
  const job = await trial.call('tag.score', { vocabularyIds: ['trial'], folders: [], again: true });
  await trial.call('job.cancel', job);
  expect(await waitForJob(trial, job, 'tag')).toMatchObject({ cancelled: true });
  expect(trial.progress.findLast(({ id }) => id === job)).toMatchObject({ kind: 'tag', state: 'cancelled' });
  expect((await tagsOf('a/electronic beep.wav')).length).toBeGreaterThan(0);
  expect(await score(true)).toMatchObject({ files: 5, cancelled: false });
});

test('a paused job stores nothing until it is resumed, and then the rest', async () => {
  const scoredFiles = async () =>
    (await trial.call('vocabulary.list', null)).vocabularies.find(({ id }) => id === 'trial')!.scoredFiles;
  const before = await scoredFiles();
  await trial.call('vocabulary.save', { ...VOCABULARY, version: 2, labels: [...VOCABULARY.labels, { ...VOCABULARY.labels[2]!, id: 'fox', name: 'fox bark', prompts: ['a fox barks'] }] }); // prettier-ignore
  expect(await scoredFiles()).toBe(0);
  const job = await trial.call('tag.score', { vocabularyIds: ['trial'], folders: [], again: false });
  await trial.call('job.pause', job);
  expect(await trial.call('job.list', null)).toMatchObject([{ id: job, kind: 'tag', state: 'paused', pausedFor: 'user' }]); // prettier-ignore
  await expect(trial.call('tag.score', { vocabularyIds: ['trial'], folders: [], again: false })).rejects.toMatchObject({ code: 'catalogue-busy' }); // prettier-ignore
  expect(await scoredFiles()).toBe(0);
  await trial.call('job.resume', job);
  expect(await waitForJob(trial, job, 'tag')).toMatchObject({ files: 5, cancelled: false });
  expect(await scoredFiles()).toBe(before);
  const ofJob = trial.progress.filter(({ id }) => id === job);
  expect(ofJob.filter(({ state }) => state === 'paused').every(({ done }) => done === 0)).toBe(true);
  expect(ofJob.at(-1)).toMatchObject({ state: 'done', done: 5 });
  await trial.call('vocabulary.save', VOCABULARY);
  await score();
});

test('the reasons add up to the probability, and words are among them', async () => {
  const beep = (await tagsOf('a/electronic beep.wav')).find(({ labelId }) => labelId === 'beep')!;
  expect(beep.probability).toBeGreaterThan(LIKELY);
  const why = await trial.call('tag.why', { fileId: id('a/electronic beep.wav'), tagId: beep.tagId });
  const logOdds = why.reduce((sum, { weight }) => sum + weight, 0);
  expect(1 / (1 + Math.exp(-logOdds))).toBeCloseTo(beep.probability!, 3);
  expect(why.find(({ kind }) => kind === 'name')).toMatchObject({ text: 'the name contains “electronic beep”' });
  await expect(trial.call('tag.why', { fileId: 999, tagId: beep.tagId })).rejects.toMatchObject({
    code: 'file-missing',
  });
  await expect(trial.call('tag.why', { fileId: id('a/electronic beep.wav'), tagId: 999 })).rejects.toMatchObject({ code: 'not-found' }); // prettier-ignore
});

test('the timeline of a long file', async () => {
  const windows = await trial.call('tag.windows', { fileId: id('a/bleep 50.wav'), vocabularyId: 'trial', minProbability: 0 }); // prettier-ignore
  expect(windows.length).toBeGreaterThan(0);
  expect(windows.every(({ startSeconds, endSeconds }) => endSeconds > startSeconds && endSeconds <= 12.001)).toBe(true);
  const beep = (await tagsOf('a/bleep 50.wav')).find(({ labelId }) => labelId === 'beep')!;
  const best = Math.max(...windows.flatMap(({ tags }) => tags.filter((tag) => tag.tagId === beep.tagId).map(({ probability }) => probability))); // prettier-ignore
  expect(best).toBeCloseTo(beep.probability!, 3);
});

test('of an exclusive group at most one is likelier than not', async () => {
  for (const name of ['b/electrical hum low.wav', 'b/mains high.wav', 'b/0001.wav']) {
    const pitch = (await tagsOf(name)).filter(({ labelId }) => ['low', 'high'].includes(labelId));
    expect(pitch.filter(({ probability }) => probability! > 0.5).length).toBeLessThan(2);
  }
});

test('a decision takes the place of the suggestion, is found by search, and can be taken back', async () => {
  const beep = await tagId('beep');
  const fileId = id('a/electronic beep.wav');
  const suggested = async () => (await trial.call('tag.files', { scope: { tagId: beep, minProbability: LIKELY }, state: 'suggested', order: 'sure' })).map((row) => row.fileId); // prettier-ignore
  expect(await suggested()).toContain(fileId);
  expect(await trial.paths('tag:"electronic beep"')).toEqual([]);
  const changes: number[][] = [];
  const stop = trial.on('tag.changed', ({ tagIds }) => changes.push(tagIds));
  const { stepId, changed } = await trial.call('tag.decide', { decisions: [{ fileId, tagId: beep, accepted: true }] });
  stop();
  expect([changed, changes]).toEqual([1, [[beep]]]);
  expect(await suggested()).not.toContain(fileId);
  expect((await tagsOf('a/electronic beep.wav'))[0]).toMatchObject({ labelId: 'beep', state: 'accepted' });
  expect(await trial.paths('tag:"electronic beep"')).toEqual([trial.at('a/electronic beep.wav')]);
  await score(true);
  expect(await suggested()).not.toContain(fileId);
  const rejected = await trial.call('tag.decide', { decisions: [{ fileId, tagId: beep, accepted: false }] });
  expect(await trial.paths('tag:"electronic beep"')).toEqual([]);
  // The older step is overtaken by the newer one.
  expect(await trial.call('tag.undo', { stepId })).toEqual({ restored: 0 });
  expect(await trial.call('tag.undo', { stepId: rejected.stepId })).toEqual({ restored: 1 });
  expect((await tagsOf('a/electronic beep.wav'))[0]).toMatchObject({ labelId: 'beep', state: 'accepted' });
  await trial.call('tag.decide', { decisions: [{ fileId, tagId: beep, accepted: null }] });
  expect(await suggested()).toContain(fileId);
  await expect(trial.call('tag.decide', { decisions: [{ fileId, tagId: beep, accepted: true }, { fileId: 999, tagId: beep, accepted: true }] })).rejects.toMatchObject({ code: 'file-missing' }); // prettier-ignore
  expect(await suggested()).toContain(fileId);
});

test('accepting many: what was forecast happens, in one step that can be taken back', async () => {
  const scope = { folder: trial.at('a'), minProbability: LIKELY, vocabularyId: 'trial' };
  const forecast = await trial.call('tag.forecast', scope);
  expect(forecast.suggestions).toBeGreaterThan(0);
  expect(forecast.expectedWrong).toBeLessThan(forecast.suggestions);
  const done = await trial.call('tag.acceptAll', scope);
  expect(done.forecast).toEqual(forecast);
  const rows = await trial.call('tag.list', scope);
  expect(rows.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(forecast.suggestions);
  expect(rows.reduce((sum, { suggested }) => sum + suggested, 0)).toBe(0);
  expect(await trial.call('tag.forecast', scope)).toMatchObject({ suggestions: 0 });
  expect(await trial.call('tag.undo', { stepId: null })).toEqual({ restored: forecast.suggestions });
  expect(await trial.call('tag.forecast', scope)).toEqual(forecast);
  await expect(trial.call('tag.acceptAll', { vocabularyId: 'trial' })).rejects.toMatchObject({ code: 'bad-input' });
});

test('scopes narrow by name, and files come in the order asked for', async () => {
  const beep = await tagId('beep');
  const files = (name: string, order: 'sure' | 'doubtful' | 'name') =>
    trial.call('tag.files', { scope: { tagId: beep, name, minProbability: LIKELY }, state: 'suggested', order });
  expect((await files('ELECTRONIC', 'name')).map(({ fileId }) => fileId)).toEqual([id('a/electronic beep.wav')]);
  const sure = await files('', 'sure');
  expect(sure.map(({ probability }) => probability)).toEqual(sure.map(({ probability }) => probability).sort((a, b) => b! - a!)); // prettier-ignore
  const doubt = (await files('', 'doubtful')).map(({ probability }) => Math.abs(probability! - 0.5));
  expect(doubt).toEqual(doubt.toSorted((a, b) => a - b));
});

test('decisions survive a move, a hidden root and a vocabulary that goes', async () => {
  const dog = await tagId('dog');
  await trial.call('tag.decide', { decisions: [{ fileId: id('b/0001.wav'), tagId: dog, accepted: true }] });
  const accepted = () => trial.call('tag.files', { scope: { tagId: dog }, state: 'accepted', order: 'name' });
  mkdirSync(dirname(trial.at('c/1.wav')));
  renameSync(trial.at('b/0001.wav'), trial.at('c/1.wav'));
  expect(await trial.index(trial.sounds)).toMatchObject({ moved: 1 });
  expect(await accepted()).toMatchObject([{ fileId: id('b/0001.wav') }]);
  expect(await score()).toMatchObject({ files: 1 }); // the name suggests another tag now
  const [root] = await trial.call('root.list', null);
  await trial.call('root.remove', root!.id);
  expect([await accepted(), await trial.call('tag.list', {})]).toEqual([[], []]);
  await trial.call('root.add', { path: trial.sounds });
  expect(await accepted()).toHaveLength(1);
  await trial.call('vocabulary.remove', 'trial');
  expect(await accepted()).toMatchObject([{ fileId: id('b/0001.wav') }]);
  expect((await trial.call('tag.list', {})).map(({ name, suggested }) => [name, suggested])).toEqual([['dog bark', 0]]);
  await expect(trial.call('vocabulary.get', 'trial')).rejects.toMatchObject({ code: 'not-found' });
});
