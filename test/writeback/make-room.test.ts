/** Writing and renaming ask for room before they take the lock that an index job may hold for hours. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acquireWriterLock } from '../../src/main/catalogue/writer-lock.ts';
import { Renaming } from '../../src/main/export/renaming.ts';
import { Parts } from '../../src/main/parts.ts';
import { Writing } from '../../src/main/writeback/writing.ts';
import { WrittenSounds } from '../calls/written-sounds.ts';
import { TINY_PACK } from '../faults/program.ts';

const sounds = new WrittenSounds();
const parts = new Parts({ dataFolder: sounds.data, model: TINY_PACK, load: 'foreground' }, () => {});
const listeners = { progress: () => {}, changed: () => {}, runChanged: () => {} };
const asked: string[] = [];
/** As an index job that began by itself holds it. */
let release = () => {};
const listening = async () => (release = await acquireWriterLock(sounds.data));
/** Ends that job. */
const makeRoomFor = (who: string) => () => {
  asked.push(who);
  release();
  return Promise.resolve();
};
const writing = new Writing(parts, listeners, makeRoomFor('writing'));
const renaming = new Renaming(parts, listeners, makeRoomFor('renaming'));

beforeAll(async () => {
  sounds.addTone('hiss.wav', 200, 0.5);
  await sounds.index();
  await sounds.accept('hiss.wav', 'sfx', 'air-hiss', 0.9);
}, 60_000);
afterAll(async () => {
  release();
  await writing.close();
  await renaming.close();
  await parts.close();
  await sounds.end();
});

test('a plan needs no room; a write and its undoing are given it', async () => {
  await listening();
  const before = sounds.hashes();
  const { planId } = await writing.planned(await writing.plan({ profileId: 'sfx', fileIds: [], folders: [] }));
  expect(asked).toEqual([]);
  const { runId, written } = await writing.ended(await writing.start({ planId, leaveOut: [] }));
  expect([written, asked]).toEqual([1, ['writing']]);
  await listening();
  expect(await writing.ended(await writing.undo({ runId, fileIds: [] }))).toMatchObject({ undone: 1 });
  expect(asked).toEqual(['writing', 'writing']);
  expect(sounds.hashes()).toEqual(before);
});

test('renaming and its undoing are given it, too', async () => {
  asked.length = 0;
  await listening();
  const fileIds = [sounds.idOf('hiss.wav')];
  const { runId, written } = await renaming.jobs.wait(await renaming.start(fileIds, {}));
  expect(written).toBe(1);
  await listening();
  const undo = await renaming.undo({ runId, fileIds: [] });
  expect(await renaming.jobs.wait(undo!)).toMatchObject({ undone: 1 });
  expect(asked).toEqual(['renaming', 'renaming']);
});

test('when no room can be made, nothing begins and why is said; the next one can', async () => {
  const refusing = new Writing(parts, listeners, () => Promise.reject(new Error('the encoder hangs')));
  const { planId } = await refusing.planned(await refusing.plan({ profileId: 'sfx', fileIds: [], folders: [] }));
  const before = sounds.hashes();
  for (let time = 0; time < 2; time++) {
    await expect(refusing.start({ planId, leaveOut: [] })).rejects.toThrow('the encoder hangs');
  }
  expect(sounds.hashes()).toEqual(before);
  await refusing.close();
});

test('what cannot be done asks for no room', async () => {
  asked.length = 0;
  const nothing = { runId: 777, fileIds: [] };
  expect(() => writing.undo(nothing)).toThrow(/no run 777/);
  expect(await renaming.undo(nothing)).toBeNull();
  expect(asked).toEqual([]);
});
