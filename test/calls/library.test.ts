import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCatalogue } from '../../src/main/catalogue/open.ts';
import { put } from '../faults/sounds.ts';
import { EngineTrial } from './engine-trial.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import { inDatabase } from '../kit/catalogue.ts';

let trial: EngineTrial;
beforeEach(async () => {
  trial = new EngineTrial();
  await trial.start();
});
afterEach(() => trial.end());

/** Ids of the windows by absolute path: the same after a round trip means that nothing was analysed again. */
function windows(): Map<string, number[]> {
  const catalogue = openCatalogue(trial.data, { readonly: true });
  try {
    expect(catalogue.integrityCheck()).toEqual([]);
    const rows = inDatabase(trial.data, (db) =>
      db
        .prepare<[], { path: string; id: number }>(
          `SELECT root.path || '/' || relative_path AS path, window.id FROM window
             JOIN file ON file.id = file_id JOIN root ON root.id = root_id ORDER BY window.id`,
        )
        .all(),
    );
    return new Map([...Map.groupBy(rows, ({ path }) => path)].map(([path, own]) => [path, own.map(({ id }) => id)]));
  } finally {
    catalogue.close();
  }
}

async function idOf(path: string): Promise<number> {
  return (await trial.call('root.list', null)).find((root) => root.path === path)!.id;
}

describe('adding a root', () => {
  test('does not analyse it; what is known of it is reported', async () => {
    trial.addTone('low.wav');
    expect(await trial.call('root.list', null)).toEqual([]);
    const root = await trial.call('root.add', { path: trial.sounds });
    expect(root).toMatchObject({
      path: trial.sounds,
      online: true,
      files: 0,
      ready: 0,
      scannedMs: null,
      paused: false,
    });
    expect(root).toMatchObject({ watch: true, watching: false, watchProblem: null });
    expect(['fixed', 'unknown']).toContain(root.drive);
    expect(await trial.call('root.list', null)).toEqual([root]);
    expect(trial.progress).toEqual([]);
    expect(trial.rootsChanged).toEqual([[root.id]]);
  });

  test('inside a root it is that root; around roots it takes them over with all they know', async () => {
    trial.addTone('a/b/low.wav');
    const inner = await trial.call('root.add', { path: trial.at('a') });
    expect(await trial.call('root.add', { path: trial.at('a/b') })).toEqual(inner);
    await trial.index();
    const before = windows();
    trial.rootsChanged.length = 0;
    const outer = await trial.call('root.add', { path: trial.sounds });
    expect((await trial.call('root.list', null)).map(({ path, files }) => [path, files])).toEqual([[trial.sounds, 1]]);
    expect(trial.rootsChanged.flat().sort()).toEqual([inner.id, outer.id].sort());
    expect(windows()).toEqual(before);
    expect(await trial.index()).toMatchObject({ indexed: 0, unchanged: 1 });
  });

  test.each([
    ['a missing folder', () => join(trial.folder, 'nowhere'), 'not-found', /was not found/],
    ['a file', () => trial.addTone('low.wav'), 'bad-input', /is a file/],
  ])('%s is refused with a message', async (_, path, code, sentence) => {
    await expect(trial.call('root.add', { path: path() })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(sentence) as string,
    });
    expect(await trial.call('root.list', null)).toEqual([]);
  });
});

describe('removing a root', () => {
  beforeEach(async () => {
    mkdirSync(trial.at('keep'));
    trial.addTone('keep/low.wav', 100);
    trial.addTone('go/low.wav', 110);
    trial.addTone('go/deep/low again.wav', 120);
    put(trial.at('go/broken.wav'), 'RIFF, but not really');
    await trial.index(trial.at('keep'), trial.at('go'));
  });

  test('hides it everywhere, and adding it brings all of it back without analysing', async () => {
    const before = windows();
    const status = await trial.call('status.get', null);
    const failures = await trial.call('failure.list', null);
    const duplicates = await trial.call('duplicate.list', { limit: 10 });
    expect(failures).toHaveLength(1);
    expect(await trial.paths('low')).toHaveLength(3);

    await trial.call('root.remove', await idOf(trial.at('go')));
    expect((await trial.call('root.list', null)).map(({ path }) => path)).toEqual([trial.at('keep')]);
    expect(await trial.paths('low')).toEqual([trial.at('keep/low.wav')]);
    expect(await trial.paths('in:deep')).toEqual([]);
    expect(await trial.call('failure.list', null)).toEqual([]);
    const hidden = await trial.call('status.get', null);
    expect(hidden).toMatchObject({ files: 1, ready: 1, failed: 0, windows: 1, audioSeconds: 1 });
    expect(hidden.roots.map(({ path }) => path)).toEqual([trial.at('keep')]);
    const list = { of: {}, order: 'name', descending: false } as const;
    expect(await trial.call('file.list', list)).toHaveLength(1);
    expect(await trial.index()).toMatchObject({ files: 1, unchanged: 1, failed: [] });
    const { notices } = await trial.call('search.query', { text: 'low' });
    expect(notices.join()).not.toMatch(/not been analysed/);

    const back = await trial.call('root.add', { path: trial.at('go') });
    expect(back).toMatchObject({ files: 3, ready: 2, failed: 1 });
    expect(await trial.paths('low')).toHaveLength(3);
    expect(await trial.call('failure.list', null)).toEqual(failures);
    expect(await trial.call('duplicate.list', { limit: 10 })).toEqual(duplicates);
    expect({
      ...(await trial.call('status.get', null)),
      lastJob: null,
      roots: [],
      catalogueBytes: 0,
      indexBytes: 0,
    }).toEqual(
      { ...status, lastJob: null, roots: [], catalogueBytes: 0, indexBytes: 0 }, // prettier-ignore
    );
    expect(windows()).toEqual(before);
    expect(await trial.index(trial.at('go'))).toMatchObject({ indexed: 0, unchanged: 2 });
    expect(windows()).toEqual(before);
  });

  test('a folder inside a removed root comes back alone; the root around it comes back whole', async () => {
    const before = windows();
    await trial.call('root.remove', await idOf(trial.at('go')));
    await trial.call('root.add', { path: trial.at('go/deep') });
    expect(await trial.paths('low')).toEqual([trial.at('go/deep/low again.wav'), trial.at('keep/low.wav')]);
    expect(await trial.index()).toMatchObject({ indexed: 0, unchanged: 2 });
    expect(windows()).toEqual(before);
    const folders = { of: { folder: trial.at('go') }, order: 'folder', descending: false } as const;
    expect(await trial.call('file.list', folders)).toHaveLength(1);

    await trial.call('root.add', { path: trial.at('go') });
    expect((await trial.call('root.list', null)).map(({ path }) => path)).toEqual([trial.at('go'), trial.at('keep')]);
    expect(await trial.paths('low')).toHaveLength(3);
    expect(await trial.index()).toMatchObject({ indexed: 0, unchanged: 3 });
    expect(windows()).toEqual(before);
  });

  test('a folder around a removed root brings it back as a part of itself', async () => {
    const before = windows();
    await trial.call('root.remove', await idOf(trial.at('go')));
    await trial.call('root.add', { path: trial.sounds });
    expect(await trial.index()).toMatchObject({ indexed: 0, unchanged: 3 });
    expect(windows()).toEqual(before);
    expect(await trial.paths('low')).toHaveLength(3);
  });

  test('a job on the removed folder brings it back as well; what moves out of it is recognised; then nothing is left', async () => {
    const id = await idOf(trial.at('go'));
    await trial.call('root.remove', id);
    await expect(trial.call('root.remove', id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(trial.call('root.set', { id, paused: true })).rejects.toMatchObject({ code: 'not-found' });
    await expect(trial.call('root.set', { id: 999, paused: true })).rejects.toMatchObject({ code: 'not-found' });
    expect(await trial.index(trial.at('go'))).toMatchObject({ indexed: 0, unchanged: 2 });
    expect(await trial.paths('low')).toHaveLength(3);

    await trial.call('root.remove', id);
    renameSync(trial.at('go/low.wav'), trial.at('keep/moved.wav'));
    expect(await trial.index()).toMatchObject({ indexed: 0, moved: 1, unchanged: 1 });

    for (const root of await trial.call('root.list', null)) await trial.call('root.remove', root.id);
    await expect(trial.call('search.query', { text: 'low' })).rejects.toMatchObject({ code: 'nothing-indexed' });
    await expect(trial.call('index.start', { folders: [] })).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe('a paused root', () => {
  test('is skipped by a job without folders, and analysed when named', async () => {
    trial.addTone('a/low.wav', 100);
    trial.addTone('b/low.wav', 110);
    const a = await trial.call('root.add', { path: trial.at('a') });
    const b = await trial.call('root.add', { path: trial.at('b') });
    expect(await trial.call('root.set', { id: a.id, paused: true })).toMatchObject({ id: a.id, paused: true });
    expect(await trial.index()).toMatchObject({ files: 1 });
    await trial.call('root.set', { id: b.id, paused: true });
    await expect(trial.index()).rejects.toMatchObject({
      message: expect.stringMatching(/All folders are paused/) as string,
    });
    expect(await trial.index(trial.at('a'))).toMatchObject({ indexed: 1 });
    await trial.call('root.set', { id: b.id, paused: false });
    expect(await trial.index()).toMatchObject({ files: 1, unchanged: 1 });
  });

  test('is left alone by the job that runs when it is paused', async () => {
    for (let i = 0; i < 30; i++) trial.addTone(`a/${i}.wav`, 100 + i, 1 + i / 100);
    const { id } = await trial.call('root.add', { path: trial.at('a') });
    const job = await trial.call('index.start', { folders: [] });
    await trial.call('job.pause', job);
    await trial.call('root.set', { id, paused: true });
    await trial.call('job.resume', job);
    const { indexed, cancelled } = await waitForJob(trial, job, 'index');
    expect(cancelled).toBe(false);
    expect(indexed).toBeLessThan(30);
    await trial.call('root.set', { id, paused: false });
    expect((await trial.index()).indexed).toBe(30 - indexed);
  });
});

describe('duplicates', () => {
  test('by what they sound like, whatever their names and tags, offline ones too; most spare bytes first', async () => {
    trial.addTone('once.wav', 90, 2);
    const short = [trial.addTone('short.wav', 200, 1), trial.addTone('copy/short too.wav', 200, 1)];
    const long = [
      trial.addTone('long.wav', 300, 3),
      trial.addTone('long tagged.wav', 300, 3, { info: { INAM: 'A low tone, with a long title' } }),
      trial.addTone('gone.wav', 300, 3),
    ];
    await trial.index(trial.sounds);
    rmSync(trial.at('gone.wav'));
    await trial.index();

    const { groups, total, spareBytes } = await trial.call('duplicate.list', { limit: 10 });
    expect(total).toBe(2);
    expect(groups.map(({ files }) => files.map(({ path }) => path))).toEqual([[...long].sort(), [...short].sort()]);
    const [largest, smaller] = groups;
    expect(largest).toMatchObject({ durationSeconds: 3, spareBytes: 2 * (44 + 2 * 8000 * 3) });
    expect(largest!.files.filter(({ offline }) => offline).map(({ path }) => path)).toEqual([trial.at('gone.wav')]);
    expect(smaller).toMatchObject({ durationSeconds: 1, spareBytes: 44 + 2 * 8000 });
    expect(spareBytes).toBe(largest!.spareBytes + smaller!.spareBytes);
    const first = await trial.call('duplicate.list', { limit: 1 });
    expect(first).toEqual({ groups: [largest], total, spareBytes });
  });

  test('none, and no catalogue: empty', async () => {
    expect(await trial.call('duplicate.list', { limit: 5 })).toEqual({ groups: [], total: 0, spareBytes: 0 });
  });
});

test.each([
  ['root.add', { path: '' }],
  ['root.add', { path: '/x', more: 1 }],
  ['root.remove', 'one'],
  ['root.set', { id: 1, watch: 'yes' }],
  ['duplicate.list', { limit: 0 }],
  ['duplicate.list', null],
] as const)('%s refuses %j with one message', async (name, input) => {
  const error = await trial.call(name, input as never).then(
    () => null,
    (reason: unknown) => reason as Error & { code: string },
  );
  expect(error).toMatchObject({ code: 'bad-input' });
  expect(error!.message).toMatch(/^Invalid input for .*: [^\n]+\.$/);
});
