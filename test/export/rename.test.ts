/** Renames through the engine: names on disk, the journal and the catalogue agree, whatever happens. */
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { WriteRun } from '../../src/shared/calls/write.ts';
import { waitForJob } from '../../src/shared/jobs.ts';
import { openCatalogue } from '../../src/main/catalogue/open.ts';
import { fileWords } from '../../src/main/tag/file-words.ts';
import { acquireWriterLock } from '../../src/main/catalogue/writer-lock.ts';
import { TaggedSounds } from './tagged-sounds.ts';

const sounds = new TaggedSounds();
/** Each test has a folder of its own below the one root. */
let folder: string;
let tests = 0;

beforeAll(async () => {
  sounds.addTone('first.wav', 150, 0.5);
  await sounds.index();
});
beforeEach(() => {
  folder = sounds.at(`test-${++tests}`);
  mkdirSync(folder);
});
afterAll(() => sounds.end());

const at = (name: string) => join(folder, name);
const inFolder = (name: string) => `test-${tests}/${name}`;
const idOf = (name: string) => sounds.idOf(inFolder(name));
const accept = (name: string, probability: number) => sounds.accept(inFolder(name), 'sfx', 'air-hiss', probability);
const add = (name: string, hertz: number) => sounds.addTone(inFolder(name), hertz, 0.5);
const index = () => sounds.index(folder);

/** Each with the label `air-hiss`, with a probability by its place in the list. */
async function withSounds(...names: string[]): Promise<number[]> {
  for (const [n, name] of names.entries()) add(name, 200 + 37 * n + tests);
  await index();
  for (const [n, name] of names.entries()) await accept(name, 0.9 - n / 1000);
  return names.map(idOf);
}
const run = async (fileIds: number[]): Promise<WriteRun> =>
  waitForJob(sounds, await sounds.call('rename.start', { fileIds }), 'rename');
const undo = async (runId: number | null, fileIds: number[] = []): Promise<WriteRun> =>
  waitForJob(sounds, await sounds.call('write.undo', { runId, fileIds }), 'undo');
const pathOf = (id: number) => sounds.pathOf(id)!.slice(inFolder('').length);
const onDisk = () => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
const proposed = async (fileIds: number[]) =>
  (await sounds.call('rename.propose', { fileIds })).map(({ proposed: to }) => to.slice(folder.length + 1));

test('renamed, found under the new name at once, and back again with every byte', async () => {
  const ids = await withSounds('hiss.wav', 'sub/steam_LEAK.WAV');
  await sounds.call('stars.set', { fileIds: [ids[0]!], stars: 4 });
  const before = await sounds.call('file.rows', ids);
  const bytes = readFileSync(at('hiss.wav'));
  const changed: number[][] = [];
  const off = sounds.on('catalogue.changed', ({ fileIds }) => changed.push(fileIds));

  expect(await run(ids)).toMatchObject({ kind: 'rename', written: 2, failed: 0, skipped: 0, undone: 0 });
  expect(onDisk()).toEqual(['AIRHiss_hiss.wav', 'sub', 'sub/AIRHiss_steam LEAK.WAV']);
  expect(readFileSync(at('AIRHiss_hiss.wav')).equals(bytes)).toBe(true);
  const after = await sounds.call('file.rows', ids);
  expect(after).toEqual(before.map((row, n) => ({ ...row, path: at(['AIRHiss_hiss.wav', 'sub/AIRHiss_steam LEAK.WAV'][n]!) }))); // prettier-ignore
  expect(changed).toEqual([ids]);
  off();
  expect(await sounds.paths('AIRHiss_hiss')).toContain(at('AIRHiss_hiss.wav'));

  // A look through the folder finds nothing to do, and a second rename neither.
  expect(await index()).toMatchObject({ files: 2, unchanged: 2, moved: 0, indexed: 0, offline: 0 });
  const again = await run(ids);
  expect(again).toMatchObject({ written: 0, skipped: 0, failed: 0 });

  const first = again.runId - 1;
  expect(await undo(first)).toMatchObject({ undone: 2, written: 0, notRestored: 0 });
  expect(onDisk()).toEqual(['hiss.wav', 'sub', 'sub/steam_LEAK.WAV']);
  expect(await sounds.call('file.rows', ids)).toEqual(before);
  expect(readFileSync(at('hiss.wav')).equals(bytes)).toBe(true);
  expect(await undo(first)).toMatchObject({ undone: 2, written: 0 }); // nothing left to do
});

test('the same names get numbers, whatever their case, and what stands there is never taken', async () => {
  const ids = await withSounds('a/slam.wav', 'a/Slam .wav', 'a/SLAM..wav', 'b/slam.wav');
  writeFileSync(at('a/airhiss_SLAM.WAV'), 'mine');
  expect(await proposed(ids)).toEqual([
    'a/AIRHiss_slam 02.wav',
    'a/AIRHiss_Slam 03.wav',
    'a/AIRHiss_SLAM 04.wav',
    'b/AIRHiss_slam.wav',
  ]);
  expect(await run(ids)).toMatchObject({ written: 4 });
  expect(readFileSync(at('a/airhiss_SLAM.WAV'), 'utf8')).toBe('mine');
  expect(await proposed(ids)).toEqual(ids.map(pathOf));
});

test('a name only written otherwise is put right', async () => {
  const ids = await withSounds('airhiss_Leak_ABC.wav');
  expect(await run(ids)).toMatchObject({ written: 1 });
  expect(onDisk()).toEqual(['AIRHiss_Leak_ABC.wav']);
});

test('a name that is taken at the last moment: nothing is overwritten, and the reason is reported', async () => {
  const ids = await withSounds('one.wav', 'two.wav');
  const stop = sounds.on('job.progress', ({ kind, stage }) => {
    // The proposals are made; somebody else takes the name before the file gets it.
    if (kind === 'rename' && stage === 'renaming') writeFileSync(at('AIRHiss_one.wav'), 'theirs');
  });
  expect(await run(ids)).toMatchObject({ written: 1, failed: 1 });
  stop();
  expect(readFileSync(at('AIRHiss_one.wav'), 'utf8')).toBe('theirs');
  expect(onDisk()).toEqual(['AIRHiss_one.wav', 'AIRHiss_two.wav', 'one.wav']);
  const reasons = sounds.read((db) => db.prepare("SELECT reason FROM write_journal WHERE state = 'failed' AND file_id = ?").pluck().all(ids[0])); // prettier-ignore
  expect(reasons).toEqual([expect.stringContaining('“AIRHiss_one.wav” already')]);
});

test('left as they are, each with its reason', async () => {
  const ids = await withSounds('sidecar.wav', 'gone.wav', 'changed.wav', 'fine.wav');
  add('untagged.wav', 900);
  await index();
  writeFileSync(at('sidecar.wav.xmp'), '<x/>');
  renameSync(at('gone.wav'), join(sounds.folder, 'gone.wav'));
  const bytes = readFileSync(at('changed.wav'));
  writeFileSync(at('changed.wav'), Buffer.concat([bytes, bytes]));
  mkdirSync(join(sounds.folder, 'elsewhere'));
  const all = [...ids, idOf('untagged.wav')];
  const proposals = await sounds.call('rename.propose', { fileIds: all });
  expect(proposals.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/^“sidecar\.wav\.xmp” is tied to the current name/),
    expect.stringMatching(/is not available/),
    '',
    '',
    expect.stringMatching(/has no accepted tag/),
  ]);
  expect(await run(all)).toMatchObject({ written: 1, skipped: 1, failed: 0 });
  expect(onDisk()).toEqual(['AIRHiss_fine.wav', 'changed.wav', 'sidecar.wav', 'sidecar.wav.xmp', 'untagged.wav']);
});

test('a link is left alone; a file with a second name elsewhere keeps that name', async () => {
  const outside = join(sounds.folder, 'outside');
  mkdirSync(outside);
  sounds.addTone('../outside/far.wav', 333, 0.5);
  symlinkSync(join(outside, 'far.wav'), at('link.wav'));
  const ids = await withSounds('twin.wav');
  linkSync(at('twin.wav'), join(outside, 'twin.wav'));
  await accept('link.wav', 0.9);
  const link = idOf('link.wav');
  const [proposal] = await sounds.call('rename.propose', { fileIds: [link] });
  expect(proposal!.reason).toMatch(/is a symbolic link/);
  expect(await run([...ids, link])).toMatchObject({ written: 1 });
  expect(onDisk()).toEqual(['AIRHiss_twin.wav', 'link.wav']);
  expect(readdirSync(outside).sort()).toEqual(['far.wav', 'twin.wav']);
});

test('undo says what it cannot restore and why', async () => {
  const ids = await withSounds('one.wav', 'two.wav', 'three.wav');
  const { runId } = await run(ids);
  renameSync(at('AIRHiss_one.wav'), at('by hand.wav'));
  writeFileSync(at('two.wav'), 'somebody else');
  await index();
  expect(await undo(runId)).toMatchObject({ undone: 1, notRestored: 2 });
  expect(onDisk()).toEqual(['AIRHiss_two.wav', 'by hand.wav', 'three.wav', 'two.wav']);
  expect(readFileSync(at('two.wav'), 'utf8')).toBe('somebody else');
  renameSync(at('two.wav'), at('theirs.txt'));
  expect(await undo(null, [ids[1]!])).toMatchObject({ undone: 2, notRestored: 1 }); // can be tried again
  expect(onDisk()).toContain('two.wav');
});

test('beside another program at work, and with parts that no name can hold, nothing begins', async () => {
  const ids = await withSounds('one.wav');
  const release = await acquireWriterLock(sounds.data);
  await expect(sounds.call('rename.start', { fileIds: ids })).rejects.toMatchObject({ code: 'catalogue-busy' });
  release();
  const bad = sounds.call('rename.start', { fileIds: ids, sourceId: 'LIB' });
  await expect(bad.then((id) => waitForJob(sounds, id, 'rename'))).rejects.toMatchObject({ code: 'bad-input' });
  await expect(sounds.call('rename.start', { fileIds: [77_777] }).then((id) => waitForJob(sounds, id, 'rename'))).rejects.toMatchObject({ code: 'file-missing' }); // prettier-ignore
  expect(onDisk()).toEqual(['one.wav']);
});

test('cancelled midway: what was renamed stays so, the catalogue knows, and it can be undone', async () => {
  const ids = await withSounds(...Array.from({ length: 120 }, (_, n) => `t${n}.wav`));
  const id = await sounds.call('rename.start', { fileIds: ids });
  sounds.on('catalogue.changed', () => void sounds.call('job.cancel', id));
  const { runId, written } = await waitForJob(sounds, id, 'rename');
  expect(written).toBeGreaterThan(0);
  expect(written).toBeLessThan(120);
  expect(onDisk().filter((name) => name.startsWith('AIRHiss_'))).toHaveLength(written);
  expect(ids.map(pathOf).sort()).toEqual(onDisk());
  await undo(runId);
  expect(onDisk().filter((name) => name.startsWith('AIRHiss_'))).toEqual([]);
});

test('a name that Earmark gave is no evidence for itself: suggestions stay as they were', async () => {
  const ids = await withSounds('plain take.wav');
  const wordsNow = () => {
    const catalogue = openCatalogue(sounds.data);
    try {
      return fileWords(catalogue, ids[0]!)?.name;
    } finally {
      catalogue.close();
    }
  };
  const { runId } = await run(ids);
  expect(pathOf(ids[0]!)).toBe('AIRHiss_plain take.wav');
  expect(wordsNow()).toBe('plain take');
  await undo(runId);
  expect(wordsNow()).toBe('plain take');
  await run(ids);
  renameSync(at('AIRHiss_plain take.wav'), at('whistle.wav'));
  await index();
  expect(wordsNow()).toBe('whistle'); // by somebody else
});
