import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TINY_PACK } from '../faults/program.ts';
import { expectSentence } from '../faults/trial.ts';
import { EngineTrial } from './engine-trial.ts';

let trial: EngineTrial;
beforeEach(async () => {
  trial = new EngineTrial();
  await trial.start();
});
afterEach(() => trial.end());

/** A copy of the tiny pack outside of the data folder. @param change fields of its model.json */
function packFolder(change: Record<string, unknown> = {}): string {
  const folder = join(trial.folder, 'download');
  cpSync(TINY_PACK, folder, { recursive: true });
  const description = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(join(folder, 'model.json'), JSON.stringify({ ...description, ...change }));
  return folder;
}

describe('checking a model', () => {
  test('one that works: what runs it, and how fast, be it in use or not', async () => {
    const other = packFolder({ id: 'tiny-2' });
    await trial.call('model.install', { folder: other });
    for (const id of ['tiny', 'tiny-2']) {
      const { provider, problem, realTimeFactor, textMs } = await trial.call('model.check', { id });
      expect(problem).toBeNull();
      expect(provider).toMatch(/^CPU, \d+ threads?$/);
      expect(realTimeFactor).toBeGreaterThan(1);
      expect(textMs).toBeGreaterThan(0);
      expect(textMs).toBeLessThan(10_000);
    }
  });

  test('one whose numbers are not those of its maker', async () => {
    const golden = { texts: ['low'], textEmbeddings: [[9]], audioEmbedding: [9], tolerance: 0.001 };
    const id = packFolder({ id: 'wrong', selfCheck: golden });
    const check = await trial.call('model.check', { id });
    expect(check).toMatchObject({ id: 'wrong', provider: expect.stringMatching(/^CPU/) as string });
    expect(check).toMatchObject({ realTimeFactor: null, textMs: null });
    expect(check.problem).toMatch(/does not work correctly/);
    expectSentence(check.problem!);
  });

  test('one that is damaged, and one that is not there', async () => {
    const folder = packFolder();
    appendFileSync(join(folder, 'audio.onnx'), 'x');
    const check = await trial.call('model.check', { id: folder });
    expect(check).toMatchObject({ provider: '', realTimeFactor: null, textMs: null });
    expect(check.problem).toMatch(/does not match its published SHA-256/);
    await expect(trial.call('model.check', { id: 'nobody' })).rejects.toMatchObject({ code: 'model-missing' });
  });
});

describe('installing a model', () => {
  const models = () => (existsSync(join(trial.data, 'models')) ? readdirSync(join(trial.data, 'models')) : []);

  test('copies what belongs to it, and can be used then', async () => {
    const folder = packFolder({ id: 'tiny-2' });
    writeFileSync(join(folder, 'LICENSE.txt'), 'MIT');
    writeFileSync(join(folder, 'holiday.jpg'), 'not part of it');
    const status = await trial.call('model.install', { folder });
    expect(status).toMatchObject({
      id: 'tiny-2',
      problem: null,
      inUse: false,
      folder: join(trial.data, 'models/tiny-2'),
    });
    expect(models()).toEqual(['tiny-2']);
    const copied = readdirSync(join(trial.data, 'models/tiny-2'));
    expect(copied).toEqual(expect.arrayContaining(['model.json', 'audio.onnx', 'text.onnx', 'LICENSE.txt']));
    expect(copied).not.toContain('holiday.jpg');
    expect(await trial.call('setting.set', { model: 'tiny-2' })).toMatchObject({ model: 'tiny-2' });
    expect((await trial.call('embed.texts', { texts: ['low'], raw: false })).model).toBe('tiny-2');
    // The same once more is the same.
    expect(await trial.call('model.install', { folder })).toMatchObject({ id: 'tiny-2', inUse: true });
    expect(models()).toEqual(['tiny-2']);
  });

  test('a damaged pack is refused and leaves nothing behind', async () => {
    const folder = packFolder();
    appendFileSync(join(folder, 'text.onnx'), 'x');
    await expect(trial.call('model.install', { folder })).rejects.toMatchObject({ code: 'model-damaged' });
    mkdirSync(join(trial.folder, 'empty'));
    await expect(trial.call('model.install', { folder: join(trial.folder, 'empty') })).rejects.toMatchObject({
      code: 'model-missing',
    });
    expect(models()).toEqual([]);
  });

  test('a pack with the id of another one is refused', async () => {
    await trial.call('model.install', { folder: packFolder() });
    const error = await trial.call('model.install', { folder: packFolder({ version: 77 }) }).then(
      () => null,
      (reason: unknown) => reason as Error & { code: string },
    );
    expect(error).toMatchObject({ code: 'bad-input' });
    expectSentence(error!.message);
    expect(models()).toEqual(['tiny']);
  });

  test('what a killed installation left is no model, and goes in time', async () => {
    mkdirSync(join(trial.data, 'models/.installing-tiny-x'), { recursive: true });
    await trial.call('model.install', { folder: packFolder({ id: 'tiny-2' }) });
    expect(
      (await trial.call('model.list', null)).map(({ problem }) => problem).filter((problem) => problem !== null),
    ).toEqual([]);
    expect(models()).toEqual(['.installing-tiny-x', 'tiny-2']); // another program may be at it
  });
});
