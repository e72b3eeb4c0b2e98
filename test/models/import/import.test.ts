import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImportStage } from '../../../src/shared/calls/models.ts';
import { waitForJob, type JobProgressOf } from '../../../src/shared/jobs.ts';
import { EngineTrial } from '../../calls/engine-trial.ts';
import { TINY_PACK } from '../../faults/program.ts';
import { tone, wav } from '../../faults/sounds.ts';
import { expectSentence } from '../../faults/trial.ts';
import { importModel } from '../../../src/main/models/import.ts';
import { onnxFile, type OnnxGraph, type OnnxNode } from '../../fixtures/tiny-pack/onnx-file.ts';
import { PickleWriter } from '../checkpoint/pickle-writer.ts';
import { writeTorchFile, type TensorToSave } from '../checkpoint/torch-file.ts';
import { logMel, USUAL } from '../families/hugging-face/log-mel.ts';
import {
  AUDIO_WEIGHTS,
  audioGraph,
  CONFIG,
  DIM,
  textGraph,
  writeTinyClap,
} from '../families/hugging-face/tiny-clap.ts';
import { until } from '../../kit/until.ts';

let trial: EngineTrial;
let progress: JobProgressOf<'import'>[];
let source: string;
beforeEach(async () => {
  trial = new EngineTrial();
  await trial.start();
  progress = [];
  trial.on('job.progress', (one) => {
    if (one.kind === 'import') progress.push(one);
  });
  source = join(trial.folder, 'tiny');
});
afterEach(() => trial.end());

const imported = async (path: string) => waitForJob(trial, await trial.call('model.import', { path }), 'import');
const installed = () => (existsSync(join(trial.data, 'models')) ? readdirSync(join(trial.data, 'models')) : []);

interface Refusal extends Error {
  code: string;
}

async function refusal(path: string): Promise<Refusal> {
  const error = await imported(path).then(
    () => null,
    (reason: unknown) => reason as Refusal,
  );
  expect(error, 'it was imported').not.toBeNull();
  expectSentence(error!.message);
  expect(installed()).toEqual([]);
  return error!;
}

describe('a CLAP model from Hugging Face', () => {
  test('is imported, tells how far it is, and is then used for everything', async () => {
    writeTinyClap(source);
    const status = await imported(source);
    const folder = join(trial.data, 'models/tiny-clap');
    expect(status).toMatchObject({ id: 'tiny-clap', dim: DIM, license: 'apache-2.0', inUse: false, problem: null, folder }); // prettier-ignore
    expect(installed()).toEqual(['tiny-clap']);
    expect(new Set(progress.map(({ path }) => path))).toEqual(new Set([source]));
    const order: ImportStage[] = ['reading', 'building', 'checking'];
    const steps = progress.map(({ stage, share }) => order.indexOf(stage) + share);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toMatchObject({ stage: 'checking', share: 1 });
    // The same once more is the same.
    expect(await imported(source)).toMatchObject({ folder });
    expect(installed()).toEqual(['tiny-clap']);

    await trial.call('setting.set', { model: 'tiny-clap' });
    const sound = tone(440, 3.3, 48_000);
    writeFileSync(trial.at('tone.wav'), wav([sound], { sampleRate: 48_000, format: 'f32' }));
    const { items, model } = await trial.call('embed.files', { paths: [trial.at('tone.wav')], raw: true });
    expect(model).toBe('tiny-clap');
    const filled = new Float32Array(480_000); // three times 3.3 s, then silence
    for (let i = 0; i < 3; i++) filled.set(sound, i * sound.length);
    const pixels = logMel(filled, USUAL).flatMap((frame) => [...frame]);
    for (let i = 0; i < DIM; i++) {
      const expected = pixels.reduce((sum, pixel, at) => sum + pixel * AUDIO_WEIGHTS[at * DIM + i]!, 0);
      expect(Math.abs(items[0]!.windows[0]!.embedding[i]! - expected)).toBeLessThan(1e-3);
    }

    // It brings no calibration: what is found is judged by how far it stands out of the library.
    for (const hertz of [110, 880, 3520]) trial.addTone(`${hertz}.wav`, hertz);
    await trial.index(trial.sounds);
    const found = await trial.call('search.query', { text: 'low', includeUnlikely: true });
    expect(found.hits).toHaveLength(4);
    expect(found.hits.every(({ score }) => score >= 0 && score <= 1)).toBe(true);
    expect(await trial.call('model.check', { id: 'tiny-clap' })).toMatchObject({ problem: null });
  });

  test('that never comes to an end, gives no numbers or wants all memory is not installed', async () => {
    const scalar = (type: 'int64' | 'bool') => ({ type, dims: [] });
    const value = { type: 'float32' as const, dims: ['a', 'b'] };
    const body = {
      nodes: [
        { op: 'Identity', inputs: ['goes_on'], outputs: ['goes_on_still'] },
        { op: 'Identity', inputs: ['before'], outputs: ['after'] },
      ],
      weights: {},
      inputs: { turn: scalar('int64'), goes_on: scalar('bool'), before: value },
      outputs: { goes_on_still: scalar('bool'), after: value },
    };
    const { nodes, weights } = audioGraph();
    const [reshape, product] = nodes;
    const changed = (last: OnnxNode[], more: OnnxGraph['weights']) =>
      onnxFile(audioGraph({ nodes: [reshape!, { ...product!, outputs: ['first'] }, ...last], weights: { ...weights, ...more } })); // prettier-ignore
    const endless = changed(
      [{ op: 'Loop', inputs: ['', 'forever', 'first'], outputs: ['audio_embeds'], attributes: { body } }],
      { forever: { dims: [], data: Uint8Array.of(1) } },
    );
    writeTinyClap(source, { audio: endless });
    const options = { onProgress: () => {}, onNotice: () => {}, signal: new AbortController().signal, trialMs: 3000 };
    await expect(importModel(source, trial.data, options)).rejects.toMatchObject({
      code: 'model-unusable',
      userMessage: expect.stringMatching(/cannot be imported: .*test run did not finish/) as string,
    });
    expect(installed()).toEqual([]);

    const notNumbers = changed([{ op: 'Mul', inputs: ['first', 'nan'], outputs: ['audio_embeds'] }], {
      nan: { dims: [1], data: Float32Array.of(NaN) },
    });
    writeTinyClap(source, { audio: notNumbers });
    expect((await refusal(source)).message).toMatch(/cannot be imported/);

    const huge = changed(
      [
        { op: 'Expand', inputs: ['first', 'shape'], outputs: ['wide'] },
        { op: 'ReduceSum', inputs: ['wide', 'axis'], outputs: ['audio_embeds'], attributes: { keepdims: 0 } },
      ],
      {
        shape: { dims: [3], data: BigInt64Array.of(2n ** 40n, 1n, BigInt(DIM)) },
        axis: { dims: [1], data: BigInt64Array.of(0n) },
      },
    );
    writeTinyClap(source, { audio: huge });
    expect((await refusal(source)).message).toMatch(/cannot be imported/);
  });

  test.skipIf(process.platform === 'win32')('with pipes or devices among its files is not waited for', async () => {
    for (const name of [
      'onnx/audio_model.onnx',
      'onnx/text_model.onnx',
      'tokenizer.json',
      'config.json',
      'preprocessor_config.json',
    ]) {
      for (const put of [(at: string) => execFileSync('mkfifo', [at]), (at: string) => symlinkSync('/dev/zero', at)]) {
        writeTinyClap(source);
        rmSync(join(source, name));
        put(join(source, name));
        expect((await refusal(source)).code, name).toBe('model-unusable');
        rmSync(source, { recursive: true });
      }
    }
    for (const name of ['CLAP_weights_2023.pth', 'pack/model.json']) {
      const at = join(trial.folder, name);
      mkdirSync(dirname(at), { recursive: true });
      execFileSync('mkfifo', [at]);
      expect((await refusal(at)).message).toMatch(/regular file|cannot be read/);
    }
    // A card is only looked at for its licence.
    writeTinyClap(source);
    rmSync(join(source, 'README.md'));
    execFileSync('mkfifo', [join(source, 'README.md')]);
    expect(await imported(source)).toMatchObject({ id: 'tiny-clap' });
  });

  test('whose embeddings are of no use is not installed', async () => {
    const nothing = { dims: [64, DIM], data: new Float32Array(64 * DIM).fill(1) };
    const text = textGraph();
    writeTinyClap(source, { text: onnxFile({ ...text, weights: { ...text.weights, words: nothing } }) });
    expect(await refusal(source)).toMatchObject({ code: 'model-unusable' });
    writeTinyClap(source, { text: onnxFile(textGraph()), config: { ...CONFIG, logit_scale_init_value: -1 } });
    expect((await refusal(source)).message).toMatch(/logit_scale_init_value/);
  });

  test('whose graph cannot run is not installed', async () => {
    const nodes = [{ op: 'NoSuchOperator', inputs: ['input_features'], outputs: ['audio_embeds'] }];
    writeTinyClap(source, { audio: onnxFile(audioGraph({ nodes })) });
    expect((await refusal(source)).code).toMatch(/^model-/);
  });

  test('with the id of another one is refused', async () => {
    writeTinyClap(source);
    await imported(source);
    writeTinyClap(source, { audio: onnxFile(audioGraph({ outputs: { audio_embeds: { type: 'float32', dims: ['n', DIM] } }, weights: { ...audioGraph().weights, audio_weights: { dims: [64_064, DIM], data: AUDIO_WEIGHTS.map((x) => -x) } } })) }); // prettier-ignore
    await expect(imported(source)).rejects.toMatchObject({ code: 'bad-input' });
    expect(installed()).toEqual(['tiny-clap']);
  });
});

describe('stopping', () => {
  test.each<ImportStage>(['reading', 'building', 'checking'])('while %s: nothing is installed', async (stage) => {
    writeTinyClap(source);
    trial.on('job.progress', (one) => {
      if (one.kind === 'import' && one.stage === stage) void trial.call('job.cancel', one.id);
    });
    expect(await imported(source)).toBeNull();
    expect(installed()).toEqual([]);
  });

  test('a second import has to wait, and one can follow', async () => {
    writeTinyClap(source);
    const first = imported(source);
    await expect(imported(source)).rejects.toMatchObject({ code: 'catalogue-busy' });
    expect(await first).toMatchObject({ id: 'tiny-clap' });
    expect(await imported(TINY_PACK)).toMatchObject({ id: 'tiny' });
  });

  test('the engine closes while a model is imported', async () => {
    writeTinyClap(source);
    const running = imported(source);
    await until('it is at work', () => progress.length > 0);
    await trial.start();
    expect(await running).toBeNull();
    expect(installed()).toEqual([]);
  });
});

describe('checkpoints that are none', () => {
  const ones = (key: string, length: number): TensorToSave => {
    return { key, shape: [length], values: () => new Float32Array(length).fill(1) };
  };
  const bias: TensorToSave = { key: 'logit_scale', shape: [2], values: () => Float32Array.of(1, 2) };
  /** By which MS CLAP 2023 is recognised. */
  const encoders = [ones('audio_encoder.base.htsat.bn0.bias', 64), ones('caption_encoder.base.h.0.ln_1.bias', 768)];

  test('one of another version: every key that is missing or otherwise is named', async () => {
    writeTorchFile(`${source}.pth`, [bias, ...encoders]);
    const error = await imported(`${source}.pth`).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'model-unusable' });
    const { message, detail } = error as { message: string; detail: string };
    expect(message).toMatch(/“logit_scale” has the shape \[2\] instead of \[\]; “audio_encoder\.base\.htsat\.[^;]+ is missing;.* and \d+ more/); // prettier-ignore
    expect(detail).toContain('“caption_encoder.projection.layer_norm.bias” is missing');
    expect(installed()).toEqual([]);
  });

  test('one that wants something run', async () => {
    const witness = join(trial.folder, 'witness');
    const pickle = new PickleWriter().global('os', 'system').tuple();
    pickle.op('0').text(`touch ${witness}`).raw(0x85).op('R');
    writeTorchFile(`${source}.pth`, [bias], { pickle: pickle.finish() });
    expect((await refusal(`${source}.pth`)).message).toMatch(/refers to “os\.system”/);
    expect(existsSync(witness)).toBe(false);
  });

  test('broken ones, and what is no model at all', async () => {
    writeFileSync(`${source}.pth`, 'PK\x03\x04');
    expect(await refusal(`${source}.pth`)).toMatchObject({ code: 'model-damaged' });
    expect(await refusal(join(trial.folder, 'nowhere.pth'))).toMatchObject({ code: 'not-found' });
    writeFileSync(join(trial.folder, 'song.mp3'), 'x');
    expect((await refusal(join(trial.folder, 'song.mp3'))).message).toMatch(/CLAP_weights_2023\.pth/);
    writeFileSync(join(trial.folder, 'audio.onnx'), 'x');
    expect((await refusal(join(trial.folder, 'audio.onnx'))).message).toMatch(/folder that contains it/);
    mkdirSync(source);
    expect((await refusal(source)).message).toMatch(/No supported model in/);
    // A folder around the checkpoint means the checkpoint.
    writeFileSync(join(source, 'CLAP_weights_2023.pth'), '<!DOCTYPE html>');
    expect((await refusal(source)).message).toMatch(/is a web page/);
  });
});

test('a data folder that cannot be written to', async () => {
  writeTinyClap(source);
  mkdirSync(trial.data, { recursive: true });
  writeFileSync(join(trial.data, 'models'), 'a file is in the way');
  const error = await imported(source).catch((reason: unknown) => reason as Refusal);
  expect(error).toMatchObject({ code: 'catalogue-unwritable' });
  expectSentence((error as Refusal).message);
});

describe('packs', () => {
  test('are copied by the same call, by their folder or their description', async () => {
    symlinkSync(TINY_PACK, source);
    const path = join(source, 'model.json');
    expect(await imported(path)).toMatchObject({ id: 'tiny' });
    expect(installed()).toEqual(['tiny']);
  });

  test('are removed, unless in use or shipped', async () => {
    writeTinyClap(source);
    await imported(source);
    await trial.call('setting.set', { model: 'tiny-clap' });
    await expect(trial.call('model.remove', { id: 'tiny-clap', forget: false })).rejects.toMatchObject({
      code: 'bad-input',
    });
    await expect(trial.call('model.remove', { id: 'starter-1', forget: false })).rejects.toMatchObject({
      code: 'bad-input',
    });
    await expect(trial.call('model.remove', { id: 'nobody', forget: false })).rejects.toMatchObject({
      code: 'model-missing',
    });
    await trial.call('setting.set', { model: 'starter-1' });
    expect(await trial.call('model.remove', { id: 'tiny-clap', forget: false })).toBeNull();
    expect(installed()).toEqual([]);
    expect((await trial.call('model.list', null)).map(({ id }) => id)).not.toContain('tiny-clap');
  });
});
