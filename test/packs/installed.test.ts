import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { findPack, listPacks } from '../../src/main/packs/installed.ts';
import { writeTinyPack } from '../fixtures/tiny-pack/make-tiny-pack.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

let top: string;
let places: { dataFolder: string; shippedFolder: string };
beforeEach(() => {
  top = temporaryFolder('installed');
  places = { dataFolder: join(top, 'data'), shippedFolder: join(top, 'shipped') };
  writeTinyPack(join(places.shippedFolder, 'starter'), { id: 'starter-9' });
});
const ownFolder = (name: string) => join(places.dataFolder, 'models', name);

test('the shipped model is the default; a data folder that does not exist yet holds no models', async () => {
  expect((await findPack(places)).id).toBe('starter-9');
  expect(await listPacks(places)).toMatchObject([{ id: 'starter-9', inUse: true, problem: null, dim: 16 }]);
});

test('the starter model that comes with the program is there and whole', async () => {
  const pack = await findPack({ dataFolder: join(top, 'data') });
  expect(pack.id).toMatch(/^starter-\d+$/);
  expect(pack.bytes).toBeLessThanOrEqual(25 * 1024 * 1024);
});

test('a pack is found by id, by folder name and by path', async () => {
  writeTinyPack(ownFolder('mine'), { id: 'own-model' });
  for (const wanted of ['own-model', 'mine', ownFolder('mine')]) {
    expect((await findPack(places, wanted)).folder, wanted).toBe(ownFolder('mine'));
    const used = (await listPacks({ ...places, inUse: wanted })).filter(({ inUse }) => inUse);
    expect(
      used.map(({ id }) => id),
      wanted,
    ).toEqual(['own-model']);
  }
});

test('a linked pack counts, a link to nowhere and a stray file do not', async () => {
  writeTinyPack(join(top, 'elsewhere'), { id: 'linked' });
  writeTinyPack(ownFolder('mine'), { id: 'own-model' });
  symlinkSync(join(top, 'elsewhere'), ownFolder('link'), 'junction');
  symlinkSync(join(top, 'nowhere'), ownFolder('broken-link'), 'junction');
  writeFileSync(ownFolder('notes.txt'), 'not a pack');
  expect((await listPacks(places)).map(({ id }) => id)).toEqual(['starter-9', 'linked', 'own-model']);
});

test('broken packs are listed with their error message and do not hide the others', async () => {
  writeTinyPack(ownFolder('broken'), { id: 'broken-model' });
  rmSync(join(ownFolder('broken'), 'audio.onnx'));
  writeTinyPack(ownFolder('twin'), { id: 'starter-9' });
  const list = await listPacks(places);
  expect(list.map(({ id, problem }) => [id, problem === null])).toEqual([
    ['starter-9', true],
    ['broken', false],
    ['starter-9', false],
  ]);
  expect(list[1]!.problem).toContain('“audio.onnx” is missing');
  expect(list[2]!.problem).toContain(join(places.shippedFolder, 'starter'));
  expect(list.map(({ inUse }) => inUse)).toEqual([true, false, false]);
});

test('an unknown name says what there is, and a broken pack says why', async () => {
  writeTinyPack(ownFolder('broken'), { id: 'broken-model' });
  rmSync(join(ownFolder('broken'), 'audio.onnx'));
  await expect(findPack(places, 'clap-x')).rejects.toMatchObject({
    code: 'model-missing',
    userMessage: expect.stringMatching(/“clap-x”.*Installed: starter-9\..*“audio.onnx” is missing/) as string,
  });
  await expect(findPack(places, 'broken')).rejects.toMatchObject({ code: 'model-damaged' });
  await expect(findPack(places, './no-such-folder')).rejects.toMatchObject({ code: 'model-missing' });
});
