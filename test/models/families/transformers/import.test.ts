/** A small checkpoint against what PyTorch gives for it: bench/reference/transformers_golden.py makes the values, at the same sizes. */
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { Safetensors } from '../../../../src/main/models/checkpoint/safetensors.ts';
import { readSettings } from '../../../../src/main/models/clap-files/config.ts';
import { importableAt } from '../../../../src/main/models/families/recognise.ts';
import { clapShapes } from '../../../../src/main/models/families/transformers/keys.ts';
import { readArchitecture } from '../../../../src/main/models/families/transformers/architecture.ts';
import { buildAudioGraph } from '../../../../src/main/models/families/transformers/audio-graph.ts';
import { importTransformers } from '../../../../src/main/models/families/transformers/import.ts';
import { buildTextGraph } from '../../../../src/main/models/families/transformers/text-graph.ts';
import { openWeights } from '../../../../src/main/models/families/transformers/weights-file.ts';
import { loadPack } from '../../../../src/main/packs/pack.ts';
import { loadTokenizer } from '../../../../src/main/packs/tokenizer.ts';
import { cosineSimilarity } from '../../../../src/main/vectors/normalise.ts';
import type { UserError } from '../../../../src/shared/errors.ts';
import { expectSentence } from '../../../faults/trial.ts';
import { temporaryFolder } from '../../../kit/temporary-folder.ts';
import { PickleWriter, writeTensor } from '../../checkpoint/pickle-writer.ts';
import { writeTorchFile } from '../../checkpoint/torch-file.ts';
import { fillUniform, fnv1a } from '../msclap/pseudo-random.ts';
import { pseudoTensor } from '../msclap/pseudo-checkpoint.ts';
import { CONFIG, PREPROCESSOR, PROJECTION, SAMPLES, fusionShapes, smallShapes, smallTensors, writeSmallClap, type SmallClap } from './small-clap.ts'; // prettier-ignore

/** As in the repositories of laion/clap-htsat-unfused and laion/larger_clap_general. */
const PUBLISHED_PREPROCESSOR = {
  chunk_length_s: 10,
  feature_extractor_type: 'ClapFeatureExtractor',
  feature_size: 64,
  fft_window_size: 1024,
  frequency_max: 14_000,
  frequency_min: 50,
  hop_length: 480,
  max_length_s: 10,
  n_fft: 1024,
  padding: 'repeatpad',
  sampling_rate: 48_000,
  top_db: null,
  truncation: 'rand_trunc',
};
const LARGEST = 1e-4;
const README = '---\nlicense: mit\n---\n# Small\n\n```bibtex\n@article{small,\n  title={Small}\n}\n```\n';

interface Golden {
  audio: { seed: string; embedding: number[]; htk: number[] }[];
  /** Of a fused model, for a clip that is as long as its window. */
  fused: { seed: string; embedding: number[] }[];
  text: { ids: number[]; embedding: number[] }[];
}
const golden = JSON.parse(readFileSync(new URL('small-golden.json', import.meta.url), 'utf8')) as Golden;

const folder = temporaryFolder('transformers');
const [source, pack] = [join(folder, 'small'), join(folder, 'pack')];

function run(path: string, target: string): Promise<string[]> {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  return importTransformers(path, target, () => {}, new AbortController().signal);
}

beforeAll(async () => {
  writeSmallClap(source, { readme: README });
  await run((await importableAt(source)).path, pack);
});

describe('the pack', () => {
  test('embeds sounds as PyTorch does, alone and in a batch', async () => {
    const sounds = golden.audio.map(({ seed }) => sound(seed));
    const together = await embed(join(pack, 'audio.onnx'), sounds);
    for (const [at, { embedding }] of golden.audio.entries()) {
      expectSame((await embed(join(pack, 'audio.onnx'), [sounds[at]!]))[0]!, embedding);
      expectSame(together[at]!, embedding);
    }
  });

  test('embeds texts as PyTorch does, alone and padded in a batch', async () => {
    const texts = golden.text.map(({ ids }) => ids);
    const together = await read(join(pack, 'text.onnx'), texts);
    for (const [at, { ids, embedding }] of golden.text.entries()) {
      expectSame((await read(join(pack, 'text.onnx'), [ids]))[0]!, embedding);
      expectSame(together[at]!, embedding);
    }
  });

  test('says what it was made of', async () => {
    const loaded = await loadPack(pack);
    expect(loaded).toMatchObject({
      id: 'small-clap',
      name: 'somebody/small clap',
      license: 'mit',
      citation: '@article{small,\n  title={Small}\n}',
      dim: PROJECTION,
      audio: { sampleRate: 8000, windowSamples: SAMPLES, shortClip: 'repeat-pad' },
      text: { tokenizer: { maxLength: 38, padId: 1 } },
    });
    expect(loaded.logitScale).toBeCloseTo(Math.exp(pseudoTensor('logit_scale_a', [])[0]!), 6);
    expect((await loadTokenizer(loaded))('low').ids.length).toBeGreaterThan(0);
  });

  test('the filters of fusion, which an unfused model can have, too', async () => {
    const htk = join(folder, 'htk');
    writeSmallClap(htk, { preprocessor: { ...PREPROCESSOR, truncation: 'fusion' } });
    const { architecture, settings, checkpoint } = await opened(htk);
    const options = { fileName: 'audio.onnx', precision: 'float32' } as const;
    await buildAudioGraph(architecture, settings.logMel, checkpoint, htk, options);
    await checkpoint.close();
    const embeddings = await embed(join(htk, 'audio.onnx'), golden.audio.map(({ seed }) => sound(seed))); // prettier-ignore
    for (const [at, embedding] of embeddings.entries()) expectSame(embedding, golden.audio[at]!.htk);
  });

  test('a fused model embeds windows as PyTorch does a clip that is not longer, and says that fusion is off', async () => {
    const fused = join(folder, 'fused');
    writeSmallClap(fused, {
      config: { ...CONFIG, audio_config: { ...CONFIG.audio_config, enable_fusion: true, fusion_type: null } },
      preprocessor: { ...PREPROCESSOR, truncation: 'fusion' },
      tensors: smallTensors(new Map([...smallShapes(), ...fusionShapes()])),
    });
    const target = join(folder, 'fused pack');
    const [notice] = await run((await importableAt(fused)).path, target);
    expect(notice).toBe('It is a fused model, imported with fusion off: Earmark divides files that are longer than 0.3 s into windows.'); // prettier-ignore
    const embeddings = await embed(join(target, 'audio.onnx'), golden.fused.map(({ seed }) => sound(seed))); // prettier-ignore
    for (const [at, embedding] of embeddings.entries()) expectSame(embedding, golden.fused[at]!.embedding);
  });

  test('a model that only names a place on its maker’s disk is called like its folder', async () => {
    const copy = join(folder, 'larger_clap');
    for (const place of ['/home/someone/tmp/clap', 'C:\\clap', '../runs/clap']) {
      writeSmallClap(copy, { config: { ...CONFIG, _name_or_path: place } });
      expect((await readSettings(copy)).publishedAs, place).toBe('');
    }
    writeSmallClap(copy, { config: { ...CONFIG, _name_or_path: 'laion/larger_clap_general' } });
    expect((await readSettings(copy)).publishedAs).toBe('laion/larger_clap_general');
  });

  test('the same weights in pytorch_model.bin are read as the same values', async () => {
    const tensors = smallTensors();
    const pickle = new PickleWriter().op('}').op('(');
    for (const [at, { key, shape, values }] of tensors.entries()) {
      pickle.text(key);
      const place = { record: `${at}`, device: 'cpu', length: values.length, offset: 0 };
      writeTensor(pickle, { ...place, storage: 'FloatStorage', shape });
    }
    const path = join(folder, 'pytorch_model.bin');
    const saved = tensors.map(({ key, shape, values }) => ({ key, shape, values: () => values }));
    writeTorchFile(path, saved, { pickle: pickle.op('u').finish() });
    const checkpoint = await openWeights(path);
    checkpoint.expect(smallShapes());
    for (const { key, values } of tensors) expect(await checkpoint.get(key).read()).toEqual(values);
    await checkpoint.close();
  });

  test('lower precisions, of the graphs and of the file, keep the direction of the embeddings', async () => {
    const low = join(folder, 'low');
    writeSmallClap(low, { dtype: 'BF16' });
    const { architecture, settings, checkpoint } = await opened(low);
    for (const precision of ['float32', 'float16', 'int8'] as const) {
      await buildAudioGraph(architecture, settings.logMel, checkpoint, low, { fileName: 'audio.onnx', precision });
      const embeddings = await embed(join(low, 'audio.onnx'), golden.audio.map(({ seed }) => sound(seed))); // prettier-ignore
      for (const [at, embedding] of embeddings.entries()) {
        expect(cosineSimilarity(embedding, Float32Array.from(golden.audio[at]!.embedding))).toBeGreaterThan(0.99);
      }
    }
    for (const precision of ['float32', 'float16', 'int8-blocks'] as const) {
      await buildTextGraph(architecture, checkpoint, low, { fileName: 'text.onnx', precision });
      const embeddings = await read(join(low, 'text.onnx'), golden.text.map(({ ids }) => ids)); // prettier-ignore
      for (const [at, embedding] of embeddings.entries()) {
        expect(cosineSimilarity(embedding, Float32Array.from(golden.text[at]!.embedding))).toBeGreaterThan(0.99);
      }
    }
    await checkpoint.close();
  });
});

test('the description published with larger_clap_general: sizes left out are those of transformers', async () => {
  const larger = join(folder, 'larger');
  const config = {
    _name_or_path: '/home/yoach/tmp/clap/larger_clap_music_speech_general',
    model_type: 'clap',
    audio_config: { depths: [2, 2, 12, 2], hidden_size: 1024, model_type: 'clap_audio_model', patch_embeds_hidden_size: 128 }, // prettier-ignore
    projection_dim: 512,
    projection_hidden_act: 'relu',
    text_config: { model_type: 'clap_text_model' },
  };
  writeSmallClap(larger, { config, preprocessor: PUBLISHED_PREPROCESSOR });
  const settings = await readSettings(larger);
  expect(settings.logMel).toMatchObject({ sampleRate: 48_000, windowSamples: 480_000, hopLength: 480, melScale: 'slaney' }); // prettier-ignore
  const shapes = clapShapes(await readArchitecture(larger, settings));
  const values = [...shapes.values()].reduce(
    (sum, shape) => sum + shape.reduce((product, axis) => product * axis, 1),
    0,
  );
  // Parameters of the reference in bench/reference/transformers_model.py at these sizes, and logit_scale_a.
  expect(values).toBe(193_914_009);
});

describe('what is refused', () => {
  test('settings that the network here does not have', async () => {
    const audio = (change: object) => ({ config: { ...CONFIG, audio_config: { ...CONFIG.audio_config, ...change } } });
    const text = (change: object) => ({ config: { ...CONFIG, text_config: { ...CONFIG.text_config, ...change } } });
    expect(await refused(audio({ enable_fusion: true, fusion_type: 'channel_map' }))).toMatch(
      /fusion_type is channel_map.* Choose an unfused model/,
    );
    expect(await refused(audio({ hidden_act: 'silu' }))).toMatch(/audio_config\.hidden_act in its config\.json/);
    expect(await refused(audio({ window_size: 3 }))).toMatch(/window_size does not fit spec_size/);
    expect(await refused(audio({ patch_stride: [2, 4] }))).toMatch(/patch_stride differs from patch_size/);
    expect(await refused(audio({ num_mel_bins: 16 }))).toMatch(/num_mel_bins is 16, feature_size .* 8/);
    expect(await refused(audio({ depths: [2, 2, 2] }))).toMatch(/different lengths/);
    expect(await refused(text({ position_embedding_type: 'relative_key' }))).toMatch(/position_embedding_type/);
    expect(await refused(text({ num_attention_heads: 5 }))).toMatch(/do not divide hidden_size/);
    expect(await refused({ preprocessor: { ...PREPROCESSOR, max_length_s: 10 } })).toMatch(/frames, spec_size allows 128/); // prettier-ignore
  });

  test('weights that are missing or of other sizes, each by name', async () => {
    const shapes = smallShapes().set('text_model.pooler.dense.bias', [33]);
    shapes.delete('audio_model.audio_encoder.norm.bias');
    expect(await refused({ tensors: smallTensors(shapes) })).toMatch(
      /“audio_model\.audio_encoder\.norm\.bias” is missing; “text_model\.pooler\.dense\.bias” has the shape \[33\] instead of \[32\]/,
    );
  });

  test('weights without their descriptions', async () => {
    const alone = join(folder, 'alone');
    writeSmallClap(alone, {});
    renameSync(join(alone, 'model.safetensors'), join(folder, 'renamed.safetensors'));
    const found = await importableAt(join(folder, 'renamed.safetensors'));
    expect(found.family).toBe('transformers');
    await expect(run(found.path, join(folder, 'refused'))).rejects.toThrow(
      '“tokenizer.json”, “preprocessor_config.json”, “config.json” is missing',
    );
  });
});

async function refused(change: SmallClap): Promise<string> {
  const odd = join(folder, 'odd');
  writeSmallClap(odd, change);
  const error = await run(join(odd, 'model.safetensors'), join(folder, 'refused')).then(
    () => expect.unreachable('it was imported'),
    (reason: unknown) => reason as UserError,
  );
  expect(error.code).toBe('model-unusable');
  expectSentence(error.userMessage);
  return error.userMessage;
}

async function opened(from: string) {
  const settings = await readSettings(from);
  const architecture = await readArchitecture(from, settings);
  return { settings, architecture, checkpoint: await Safetensors.open(join(from, 'model.safetensors')) };
}

/** Noise that swells from nothing to −0.5..0.5, as in transformers_golden.py. */
function sound(seed: string): Float32Array {
  const noise = new Float64Array(SAMPLES);
  fillUniform(noise, fnv1a(seed), 0, 0.5);
  return Float32Array.from(noise, (value, at) => (value * at) / SAMPLES);
}

async function embed(path: string, sounds: Float32Array[]): Promise<Float32Array[]> {
  const samples = Float32Array.from(sounds.flatMap((one) => [...one]));
  return outputs(path, { waveform: new Tensor('float32', samples, [sounds.length, SAMPLES]) });
}

async function read(path: string, texts: number[][]): Promise<Float32Array[]> {
  const length = Math.max(...texts.map((ids) => ids.length));
  const row = (ids: number[], padding: bigint) => Array.from({ length }, (_, at) => (at < ids.length ? BigInt(ids[at]!) : padding)); // prettier-ignore
  const ids = BigInt64Array.from(texts.flatMap((one) => row(one, 1n)));
  const mask = BigInt64Array.from(texts.flatMap((one) => row(one.map(() => 1), 0n))); // prettier-ignore
  const dims = [texts.length, length];
  return outputs(path, { input_ids: new Tensor('int64', ids, dims), attention_mask: new Tensor('int64', mask, dims) });
}

async function outputs(path: string, feeds: Record<string, Tensor>): Promise<Float32Array[]> {
  const session = await InferenceSession.create(path);
  const data = (await session.run(feeds))['embedding']!.data as Float32Array;
  await session.release();
  return Array.from({ length: data.length / PROJECTION }, (_, at) => data.slice(at * PROJECTION, (at + 1) * PROJECTION)); // prettier-ignore
}

function expectSame(found: Float32Array, expected: number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) expect(Math.abs(found[at]! - value)).toBeLessThan(LARGEST);
}
