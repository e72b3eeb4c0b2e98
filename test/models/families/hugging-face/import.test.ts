import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeEach, describe, expect, test } from 'vitest';
import { importHuggingFace } from '../../../../src/main/models/families/hugging-face/import.ts';
import { importableAt } from '../../../../src/main/models/families/recognise.ts';
import { loadPack, spaceOf } from '../../../../src/main/packs/pack.ts';
import { loadTokenizer } from '../../../../src/main/packs/tokenizer.ts';
import type { UserError } from '../../../../src/shared/errors.ts';
import { Graph } from '../../../../src/main/models/onnx/graph.ts';
import { onnxFile, type OnnxNode } from '../../../fixtures/tiny-pack/onnx-file.ts';
import { expectSentence } from '../../../faults/trial.ts';
import { logMel, USUAL, type Extractor } from './log-mel.ts';
import { audioGraph, AUDIO_WEIGHTS, CONFIG, DIM, FRAMES, MELS, PREPROCESSOR, random, writeTinyClap, type TinyClap } from './tiny-clap.ts'; // prettier-ignore
import { temporaryFolder } from '../../../kit/temporary-folder.ts';

const SAMPLES = 480_000;

let folder: string, source: string, pack: string;
beforeEach(() => {
  folder = temporaryFolder('hugging-face');
  source = join(folder, 'tiny');
  pack = join(folder, 'pack');
  mkdirSync(pack);
});

async function imported(change: TinyClap = {}): Promise<void> {
  writeTinyClap(source, change);
  await importHuggingFace(source, pack, () => {}, new AbortController().signal);
}

async function refused(change: TinyClap = {}): Promise<string> {
  const error = await imported(change).then(
    () => null,
    (reason: unknown) => reason as UserError,
  );
  expect(error?.code).toBe('model-unusable');
  expectSentence(error!.userMessage);
  return error!.userMessage;
}

async function embed(waveform: Float32Array, rows = 1): Promise<Float32Array> {
  const session = await InferenceSession.create(join(pack, 'audio.onnx'));
  const outputs = await session.run({ waveform: new Tensor('float32', waveform, [rows, waveform.length / rows]) });
  return outputs['embedding']!.data as Float32Array;
}

/**
 * Loud and quiet, high and low, a click at either edge.
 * @param quiet how far the noise under the sweep falls in ten seconds; 1e-6 is below what single precision resolves
 */
function testSound(quiet = 1e-2): Float32Array {
  const noise = random('noise', SAMPLES, 1);
  return Float32Array.from({ length: SAMPLES }, (_, i) => {
    const t = i / 48_000;
    const sweep = 0.5 * Math.sin(2 * Math.PI * (40 * t + 700 * t * t));
    return (i < 3 || i > SAMPLES - 4 ? 0.9 : 0) + sweep + quiet ** (t / 10) * 0.3 * noise[i]!;
  });
}

/** A model whose embedding is the spectrogram itself, every twelfth frame of it. */
const STEP = 12;
const SHOWN = Math.ceil(FRAMES / STEP);
function seeThrough(): TinyClap {
  const nodes: OnnxNode[] = [
    { op: 'Slice', inputs: ['input_features', 'from', 'to', 'axis', 'step'], outputs: ['some'] },
    { op: 'Reshape', inputs: ['some', 'flat'], outputs: ['audio_embeds'] },
  ];
  const int = (...values: number[]) => ({ dims: [values.length], data: BigInt64Array.from(values, BigInt) });
  const weights = { from: int(0), to: int(FRAMES), axis: int(2), step: int(STEP), flat: int(-1, SHOWN * MELS) };
  const outputs = { audio_embeds: { type: 'float32' as const, dims: ['batch_size', SHOWN * MELS] } };
  return { audio: onnxFile(audioGraph({ nodes, weights, outputs })), config: { ...CONFIG, projection_dim: SHOWN * MELS }, text: textOf(SHOWN * MELS) }; // prettier-ignore
}

function textOf(dim: number): Buffer {
  return onnxFile({
    nodes: [{ op: 'Gather', inputs: ['words', 'input_ids'], outputs: ['text_embeds'] }],
    weights: { words: { dims: [1, dim], data: new Float32Array(dim) } },
    inputs: { input_ids: { type: 'int64', dims: ['N', 'T'] } },
    outputs: { text_embeds: { type: 'float32', dims: ['N', dim] } },
  });
}

describe('the front end', () => {
  const kinds: [string, object, Extractor][] = [
    ['as published', {}, USUAL],
    ['with the filters of fusion', { truncation: 'fusion' }, { ...USUAL, slaney: false }],
    ['with other frequencies', { frequency_min: 0, frequency_max: 24_000 }, { ...USUAL, minFrequency: 0, maxFrequency: 24_000 }], // prettier-ignore
  ];
  test.each(kinds)('%s, against double precision', async (_, change, extractor) => {
    await imported({ ...seeThrough(), preprocessor: { ...PREPROCESSOR, ...change } });
    for (const quiet of [1e-2, 1e-6]) {
      // prettier-ignore
      const sound = testSound(quiet);
      const found = await embed(sound);
      const expected = logMel(sound, extractor);
      expect(expected).toHaveLength(FRAMES);
      let largest = 0;
      for (let shown = 0; shown < SHOWN; shown++) {
        for (let band = 0; band < MELS; band++) {
          largest = Math.max(largest, Math.abs(found[shown * MELS + band]! - expected[shown * STEP]![band]!));
        }
      }
      expect(largest).toBeLessThan(1e-4); // dB
    }
  });

  test('silence is exactly −100 dB', async () => {
    await imported(seeThrough());
    expect(new Set((await embed(new Float32Array(SAMPLES))).map((value) => Math.round(value * 1e4) / 1e4))).toEqual(
      new Set([-100]),
    );
  });

  test('in front of the model: embeddings of a batch, computed by hand', async () => {
    await imported();
    const sound = testSound();
    const both = new Float32Array(2 * SAMPLES);
    both.set(sound);
    both.set(
      sound.map((x) => x / 2),
      SAMPLES,
    );
    const found = await embed(both, 2);
    for (const [row, gain] of [1, 0.5].entries()) {
      const pixels = logMel(sound.map((x) => x * gain), USUAL).flatMap((frame) => [...frame]); // prettier-ignore
      for (let i = 0; i < DIM; i++) {
        const expected = pixels.reduce((sum, pixel, at) => sum + pixel * AUDIO_WEIGHTS[at * DIM + i]!, 0);
        expect(Math.abs(found[row * DIM + i]! - expected)).toBeLessThan(1e-3);
      }
    }
  });
});

describe('the pack', () => {
  test('says what it was made of', async () => {
    await imported();
    const loaded = await loadPack(pack);
    expect(loaded).toMatchObject({
      id: 'tiny-clap',
      name: 'somebody/tiny clap',
      license: 'apache-2.0',
      dim: DIM,
      audio: { sampleRate: 48_000, windowSamples: SAMPLES, windowSeconds: 10, shortClip: 'repeat-pad' },
      text: { tokenizer: { type: 'tokenizer.json', maxLength: 32, padId: 0 } },
      logitScale: CONFIG.logit_scale_init_value,
      relevance: null,
    });
    expect(existsSync(join(pack, 'README.md'))).toBe(true);
    expect((await loadTokenizer(loaded))('low').ids.length).toBeGreaterThan(0);
    expect(await importableAt(source)).toMatchObject({ family: 'hugging-face', path: source });
  });

  test('graphs straight in the folder, weights of several kinds: the best is taken', async () => {
    writeTinyClap(source);
    for (const name of readdirSync(join(source, 'onnx'))) renameSync(join(source, 'onnx', name), join(source, name));
    rmSync(join(source, 'onnx'), { recursive: true });
    writeFileSync(join(source, 'audio_model_quantized.onnx'), 'not looked at');
    await importHuggingFace(source, pack, () => {}, new AbortController().signal);
    expect((await loadPack(pack)).dim).toBe(DIM);
    rmSync(join(source, 'audio_model.onnx'));
    rmSync(pack, { recursive: true });
    mkdirSync(pack);
    await expect(importHuggingFace(source, pack, () => {}, new AbortController().signal)).rejects.toThrow(
      '“audio_model_quantized.onnx” is damaged or not an ONNX file',
    );
  });

  test('weights in a file of their own come along, and tell spaces apart', async () => {
    const hashes = new Set<string>();
    for (const scale of [1, 2]) {
      writeTinyClap(source);
      await Graph.write(join(source, 'onnx'), 'audio_model.onnx', async (graph) => {
        const features = graph.input('input_features', 'float32', ['N', 1, FRAMES, MELS]);
        const flat = graph.op('Reshape', [features, graph.ints([-1, FRAMES * MELS])]);
        const data = AUDIO_WEIGHTS.map((weight) => weight * scale);
        const product = graph.op('MatMul', [flat, await graph.tensor('w', 'float32', [FRAMES * MELS, DIM], data)]);
        graph.output('audio_embeds', 'float32', ['N', DIM], product);
      });
      await importHuggingFace(source, pack, () => {}, new AbortController().signal);
      expect(readdirSync(pack)).toContain('audio_model.onnx.data');
      expect((await embed(testSound())).length).toBe(DIM);
      hashes.add(spaceOf(await loadPack(pack)).weightHash);
    }
    expect(hashes.size).toBe(2);
  });

  test('half precision at the edges, and a question about longer sounds', async () => {
    writeTinyClap(source);
    await Graph.write(join(source, 'onnx'), 'audio_model.onnx', async (graph) => {
      const features = graph.input('input_features', 'float16', ['N', 1, FRAMES, MELS]);
      const longer = graph.input('is_longer', 'bool', ['N', 1]);
      const flat = graph.op('Reshape', [graph.op('Cast', [features], { to: 1 }), graph.ints([-1, FRAMES * MELS])]);
      const product = graph.op('MatMul', [
        flat,
        await graph.tensor('w', 'float32', [FRAMES * MELS, DIM], AUDIO_WEIGHTS),
      ]);
      const sum = graph.op('Add', [product, graph.op('Cast', [longer], { to: 1 })]);
      graph.output('audio_embeds', 'float16', ['N', DIM], graph.op('Cast', [sum], { to: 10 }));
    });
    await importHuggingFace(source, pack, () => {}, new AbortController().signal);
    const sound = testSound();
    const found = await embed(sound);
    const pixels = logMel(sound, USUAL).flatMap((frame) => [...frame]);
    const expected = pixels.reduce((sum, pixel, at) => sum + pixel * AUDIO_WEIGHTS[at * DIM]!, 0);
    expect(Math.abs(found[0]! - expected)).toBeLessThan(0.05);
  });

  test('a name from the cache of Hugging Face, where the model says none', async () => {
    const cached = join(folder, 'models--Somebody--My_CLAP', 'snapshots', '0123456789abcdef0123456789abcdef01234567');
    writeTinyClap(cached, { config: { ...CONFIG, _name_or_path: '' }, readme: '# no head' });
    await importHuggingFace(cached, pack, () => {}, new AbortController().signal);
    expect(await loadPack(pack)).toMatchObject({ id: 'My_CLAP', license: expect.stringContaining('not stated') as string }); // prettier-ignore
  });
});

describe('what is refused', () => {
  test('settings that cannot be followed', async () => {
    const preprocessor = (change: object) => ({ preprocessor: { ...PREPROCESSOR, ...change } });
    expect(await refused(preprocessor({ feature_extractor_type: 'WhisperFeatureExtractor' }))).toMatch(/feature_extractor_type/); // prettier-ignore
    expect(await refused(preprocessor({ top_db: 80 }))).toMatch(/top_db/);
    expect(await refused(preprocessor({ hop_length: 0 }))).toMatch(/hop_length/);
    expect(await refused({ config: { ...CONFIG, model_type: 'bert' } })).toMatch(/model_type/);
    expect(await refused({ config: { ...CONFIG, audio_config: { enable_fusion: true } } })).toMatch(/fused model/);
    expect(await refused({ config: { ...CONFIG, projection_dim: 77 } })).toMatch(
      /24 values, but its config\.json specifies 77/,
    );
  });

  test('graphs that are none, or others', async () => {
    expect(await refused({ audio: Buffer.from('this is not a graph') })).toMatch(/“audio_model\.onnx” is damaged/);
    const whole = onnxFile(audioGraph());
    expect(await refused({ audio: whole.subarray(0, -1000) })).toMatch(/is damaged/);
    const inputs = { pixel_values: { type: 'float32' as const, dims: ['N', 3, 224, 224] } };
    expect(await refused({ audio: onnxFile(audioGraph({ inputs })) })).toMatch(/has the inputs pixel_values instead/);
    const outputs = { last_hidden_state: { type: 'float32' as const, dims: ['N', DIM] } };
    expect(await refused({ audio: onnxFile(audioGraph({ outputs })) })).toMatch(
      /has the outputs last_hidden_state instead/,
    );
    const shaped = { input_features: { type: 'float32' as const, dims: ['N', 4, FRAMES, MELS] } };
    expect(await refused({ audio: onnxFile(audioGraph({ inputs: shaped })) })).toMatch(/input_features of \[\?, 4, 1001, 64\]/); // prettier-ignore
  });

  test('folders that are not whole', async () => {
    writeTinyClap(source);
    rmSync(join(source, 'preprocessor_config.json'));
    rmSync(join(source, 'onnx/text_model.onnx'));
    const incomplete = importHuggingFace(source, pack, () => {}, new AbortController().signal);
    await expect(incomplete).rejects.toThrow('“onnx/text_model.onnx”, “preprocessor_config.json” is missing');
    copyFileSync(join(source, 'onnx/audio_model.onnx'), join(source, 'onnx/model.onnx'));
    rmSync(join(source, 'onnx/audio_model.onnx'));
    expect((await importableAt(source)).family).toBe('hugging-face');
    writeFileSync(join(source, 'config.json'), readFileSync(join(source, 'tokenizer.json')));
  });
});
