import { afterEach, beforeEach, expect, test } from 'vitest';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineTrial } from '../calls/engine-trial.ts';
import { waitForJob } from '../../src/shared/jobs.ts';

let trial: EngineTrial;
beforeEach(async () => {
  trial = new EngineTrial();
  await trial.start();
});
afterEach(() => trial.end());

/** Real audio files, analysed with the tiny model. */
function addTones(folder: string, from: number, many: number): void {
  for (let i = 0; i < many; i++) trial.addTone(`${folder}/tone-${i}.wav`, from * 1.05 ** i, 0.3);
}
async function draw(anew = false) {
  return waitForJob(trial, await trial.call('map.make', { anew }), 'map');
}
async function points(): Promise<{ fileIds: number[]; places: number[]; missing: number }> {
  const map = await trial.call('map.get', null);
  if (!map) throw new Error('there is no map');
  const { buffer: ids } = new Uint8Array(Buffer.from(map.fileIds, 'base64'));
  const { buffer: places } = new Uint8Array(Buffer.from(map.places, 'base64'));
  return { fileIds: [...new Int32Array(ids)], places: [...new Float32Array(places)], missing: map.missing };
}

test('nothing analysed: no map, and a message instead of one', async () => {
  expect(await trial.call('map.get', null)).toBeNull();
  await expect(trial.call('map.make', { anew: false })).rejects.toMatchObject({ code: 'nothing-indexed' });
  await expect(trial.call('map.legend', 'folder')).rejects.toMatchObject({ code: 'not-found' });
  await expect(trial.call('map.legend', 'colour' as never)).rejects.toMatchObject({ code: 'bad-input' });
});

test('made, completed, shown by the catalogue as it is', async () => {
  addTones('low', 110, 4);
  addTones('high', 2000, 3);
  await trial.index(trial.sounds);
  expect(await draw()).toMatchObject({ files: 7, placed: 7 });
  expect(trial.progress.filter(({ kind }) => kind === 'map').at(-1)).toMatchObject({
    state: 'done',
    done: 7,
    total: 7,
  });
  const first = await points();
  expect(first).toMatchObject({ missing: 0, fileIds: [1, 2, 3, 4, 5, 6, 7] });
  expect(first.places.every((value) => Math.abs(value) <= 1)).toBe(true);

  const legend = await trial.call('map.legend', 'folder');
  expect(legend.classes).toEqual([
    { name: 'low', points: 4 },
    { name: 'high', points: 3 },
  ]);
  const rows = await trial.call('file.rows', first.fileIds);
  expect([...Buffer.from(legend.classOfPoint, 'base64')]).toEqual(
    rows.map(({ path }) => (path.includes('/low/') ? 0 : 1)),
  );
  expect((await trial.call('map.legend', 'format')).classes).toEqual([{ name: 'wav', points: 7 }]);

  // New sounds are missing until the map is completed, and the others stay where they are.
  addTones('high/new', 3500, 2);
  await trial.index(trial.sounds);
  expect(await points()).toMatchObject({ missing: 2, fileIds: first.fileIds });
  expect(await draw()).toMatchObject({ files: 9, placed: 2 });
  const second = await points();
  expect(second.missing).toBe(0);
  expect(second.places.slice(0, 14)).toEqual(first.places);

  // What is offline is shown; a removed root is not, and comes back at its old places.
  rmSync(trial.at('low/tone-0.wav'));
  await trial.index(trial.sounds);
  expect((await points()).fileIds).toHaveLength(9);
  const [root] = await trial.call('root.list', null);
  await trial.call('root.remove', root!.id);
  expect(await points()).toMatchObject({ fileIds: [], missing: 0 });
  await trial.call('root.add', { path: trial.sounds });
  expect(await points()).toEqual(second);
});

test('a file whose audio changed is missing from the map, and gets a new place', async () => {
  addTones('low', 110, 5);
  await trial.index(trial.sounds);
  await draw();
  trial.addTone('low/tone-0.wav', 700, 0.4);
  await trial.index(trial.sounds);
  expect(await points()).toMatchObject({ missing: 1 });
  expect((await points()).fileIds).toHaveLength(4);
  expect(await draw()).toMatchObject({ files: 5, placed: 1 });
});

test('one at a time; cancelled through the engine; a damaged one is no map', async () => {
  addTones('low', 110, 8);
  await trial.index(trial.sounds);
  const id = await trial.call('map.make', { anew: true });
  await expect(trial.call('map.make', { anew: true })).rejects.toMatchObject({ code: 'catalogue-busy' });
  await trial.call('job.pause', id);
  await trial.call('job.cancel', id);
  await expect(waitForJob(trial, id, 'map')).rejects.toBeDefined();
  expect(trial.progress.at(-1)).toMatchObject({ kind: 'map', state: 'cancelled' });
  expect(await trial.call('map.get', null)).toBeNull();
  await draw();
  writeFileSync(join(trial.data, 'map', 'map-1.json'), '{"format":1');
  expect(await trial.call('map.get', null)).toBeNull();
  await draw();
  expect((await points()).fileIds).toHaveLength(8);
  expect(trial.notices).toEqual([]);
});

test('an index job and a map job run beside each other', async () => {
  addTones('low', 110, 6);
  await trial.index(trial.sounds);
  addTones('high', 2000, 6);
  const indexing = await trial.call('index.start', { folders: [trial.sounds] });
  const drawing = await trial.call('map.make', { anew: true });
  expect(drawing).not.toBe(indexing);
  expect(await waitForJob(trial, indexing, 'index')).toMatchObject({ indexed: 6 });
  expect(await waitForJob(trial, drawing, 'map')).toEqual({
    files: expect.any(Number) as number,
    placed: expect.any(Number) as number,
  });
});
