import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { FAMILIES } from '../../../src/main/models/families/registry.ts';
import { importableAt } from '../../../src/main/models/families/recognise.ts';
import type { UserError } from '../../../src/shared/errors.ts';
import { expectSentence } from '../../faults/trial.ts';
import { PickleWriter, writeTensor } from '../checkpoint/pickle-writer.ts';
import { writeTorchFile, type TensorToSave } from '../checkpoint/torch-file.ts';
import { writeTinyClap } from './hugging-face/tiny-clap.ts';
import { smallShapes, writeSmallClap } from './transformers/small-clap.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('families');
});

const MSCLAP = ['audio_encoder.base.htsat.bn0.bias', 'caption_encoder.base.h.0.ln_1.bias', 'logit_scale'];

/** @returns its path */
function checkpoint(name: string, section: string, keys: readonly string[]): string {
  const tensors = keys.map((key): TensorToSave => ({ key, shape: [1], values: () => Float32Array.of(1) }));
  writeTorchFile(join(folder, name), tensors, { section, name: 'archive' });
  return join(folder, name);
}

/** With its tensors at the top, as most people save them. @returns its path */
function flatCheckpoint(name: string, keys: readonly string[]): string {
  const pickle = new PickleWriter().op('}').op('(');
  for (const key of keys) {
    pickle.text(key);
    writeTensor(pickle, { record: '0', storage: 'FloatStorage', device: 'cpu', length: 1, offset: 0, shape: [1] });
  }
  writeTorchFile(join(folder, name), [{ key: 'one', shape: [1], values: () => Float32Array.of(1) }], {
    pickle: pickle.op('u').finish(),
  });
  return join(folder, name);
}

async function refusal(path: string): Promise<UserError> {
  const error = await importableAt(path).then(
    (found) => expect.unreachable(`recognised as ${found.family}`),
    (reason: unknown) => reason as UserError,
  );
  expectSentence(error.userMessage);
  expect(error.code).toBe('model-unusable');
  return error;
}

describe('recognised', () => {
  test.each(['CLAP_weights_2023.pth', 'renamed.pt', 'pytorch_model.bin'])('MS CLAP 2023 called %s', async (name) => {
    const path = checkpoint(name, 'model', MSCLAP);
    const found = await importableAt(path);
    expect(found).toMatchObject({ family: 'msclap', path });
    expect(found.bytes).toBeGreaterThan(0);
  });

  test('its checkpoint by the folder around it, if there is one of them', async () => {
    const path = checkpoint('CLAP_weights_2023.pth', 'model', MSCLAP);
    expect(await importableAt(folder)).toMatchObject({ family: 'msclap', path });
    checkpoint('CLAP_weights_2023 (1).pth', 'model', MSCLAP);
    expect((await refusal(folder)).userMessage).toMatch(/No supported model in/);
  });

  test('CLAP of transformers by its folder or its weights, whatever they are called', async () => {
    const clap = join(folder, 'saved');
    writeSmallClap(clap);
    const path = join(clap, 'model.safetensors');
    const found = await importableAt(clap);
    expect(found).toMatchObject({ family: 'transformers', path });
    expect(found.bytes).toBeGreaterThan(4e5);
    expect(await importableAt(path)).toEqual(found);
    mkdirSync(join(clap, 'onnx')); // both encoders in one graph: of no use, and not in the way
    writeFileSync(join(clap, 'onnx/model.onnx'), '');
    expect(await importableAt(clap)).toEqual(found);
    renameSync(path, join(clap, 'epoch 3.safetensors'));
    expect(await importableAt(clap)).toMatchObject({ path: join(clap, 'epoch 3.safetensors') });
    flatCheckpoint('saved/pytorch_model.bin', [...smallShapes().keys()]);
    expect(await importableAt(clap)).toMatchObject({ family: 'transformers', path: join(clap, 'pytorch_model.bin') });
    renameSync(join(clap, 'config.json'), join(clap, 'config.txt'));
    expect((await refusal(clap)).userMessage).toContain('model.safetensors and config.json');
    writeTinyClap(clap);
    expect(await importableAt(clap)).toMatchObject({ family: 'hugging-face', path: clap });
  });

  test('a folder of Hugging Face, and a pack by its folder or its description', async () => {
    writeTinyClap(join(folder, 'clap'));
    expect(await importableAt(join(folder, 'clap'))).toMatchObject({ family: 'hugging-face' });
    mkdirSync(join(folder, 'pack'));
    writeFileSync(join(folder, 'pack/model.json'), '{}');
    const pack = { family: 'pack', path: join(folder, 'pack'), bytes: 0 };
    expect(await importableAt(join(folder, 'pack'))).toEqual(pack);
    expect(await importableAt(join(folder, 'pack/model.json'))).toEqual(pack);
  });
});

describe('checkpoints of other models', () => {
  const LAION = ['audio_branch.bn0.weight', 'text_branch.embeddings.word_embeddings.weight', 'logit_scale_a'];

  test.each<[model: string, path: () => string, advice: RegExp]>([
    ['LAION-CLAP', () => checkpoint('630k-best.pt', 'state_dict', LAION), /onnx\/audio_model\.onnx/],
    ['LAION-CLAP', () => checkpoint('b.pt', 'state_dict', LAION.map((key) => `module.${key}`)), /Hugging Face layout/], // prettier-ignore
    ['LAION-CLAP', () => flatCheckpoint('c.pt', LAION), /Hugging Face layout/],
    ['MS CLAP 2022', () => checkpoint('CLAP_weights_2022.pth', 'model', ['audio_encoder.base.conv_block1.conv1.weight', 'caption_encoder.base.embeddings.word_embeddings.weight']), /CLAP_weights_2023\.pth/], // prettier-ignore
    ['MS CLAP’s captioning (clapcap)', () => flatCheckpoint('clapcap.pth', ['clap.base.htsat.bn0.bias', 'clap_project.x', 'gpt.transformer.wte.weight']), /CLAP_weights_2023\.pth/], // prettier-ignore
    ['PANNs', () => checkpoint('Cnn14.pth', 'model', ['conv_block1.conv1.weight', 'fc_audioset.weight']), /no text/],
    ['HTS-AT', () => checkpoint('HTSAT.ckpt', 'state_dict', ['sed_model.patch_embed.proj.weight']), /no text/],
  ])('%s is named, and what to do instead', async (model, path, advice) => {
    const { userMessage } = await refusal(path());
    expect(userMessage).toContain(`looks like a checkpoint of ${model}, which`);
    expect(userMessage).toMatch(advice);
  });

  test('an unknown one: its content is described, and what can be chosen', async () => {
    const path = flatCheckpoint('mystery.pth', ['layers.0.weight', 'layers.0.bias']);
    const { userMessage } = await refusal(path);
    expect(userMessage).toContain('it contains 2 tensors, the first is “layers.0.weight”');
    for (const { choice } of FAMILIES) expect(userMessage).toContain(choice);
    const { userMessage: empty } = await refusal(checkpoint('empty.pth', 'model', []));
    expect(empty).toContain('it contains no tensors');
  });

  test('half an MS CLAP is none', async () => {
    await refusal(checkpoint('audio.pth', 'model', MSCLAP.filter((key) => !key.startsWith('caption_encoder')))); // prettier-ignore
    // Its text encoder is BERT's, whatever the audio encoder.
    await refusal(checkpoint('bert.pth', 'model', [MSCLAP[0]!, 'caption_encoder.base.encoder.layer.0.output.dense.bias'])); // prettier-ignore
  });

  test('what is called like a checkpoint and is none says what it is', async () => {
    const path = checkpoint('weights.pth', 'model', MSCLAP);
    renameSync(path, join(folder, 'weights.wav'));
    expect((await refusal(join(folder, 'weights.wav'))).userMessage).toMatch(/is not a supported model/);
    writeFileSync(path, '<!DOCTYPE html>');
    expect((await refusal(path)).userMessage).toMatch(/is a web page/);
  });
});
