/** A CLAP model of random weights in exactly the layout of Hugging Face's exporters; small, and easy to compute by hand. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TINY_PACK } from '../../../faults/program.ts';
import { onnxFile, type OnnxGraph } from '../../../fixtures/tiny-pack/onnx-file.ts';
import { fillUniform, fnv1a } from '../msclap/pseudo-random.ts';
import { readFileSync } from 'node:fs';

export const FRAMES = 1001;
export const MELS = 64;
export const DIM = 24;
const VOCABULARY = 64;

const float = (dims: number[], data: Float32Array) => ({ dims, data });
const ints = (...values: number[]) => ({ dims: [values.length], data: BigInt64Array.from(values, BigInt) });

export function random(name: string, length: number, scale: number): Float32Array {
  const values = new Float32Array(length);
  fillUniform(values, fnv1a(name), 0, scale);
  return values;
}

/** [FRAMES · MELS, DIM] */
export const AUDIO_WEIGHTS = random('audio', FRAMES * MELS * DIM, Math.sqrt(3 / (FRAMES * MELS)));

/** The whole spectrogram times a matrix: a slip in any frame or band shows. */
export function audioGraph(change: Partial<OnnxGraph> = {}): OnnxGraph {
  return {
    nodes: [
      { op: 'Reshape', inputs: ['input_features', 'flat'], outputs: ['pixels'] },
      { op: 'MatMul', inputs: ['pixels', 'audio_weights'], outputs: ['audio_embeds'] },
    ],
    weights: {
      flat: ints(-1, FRAMES * MELS),
      audio_weights: float([FRAMES * MELS, DIM], AUDIO_WEIGHTS),
    },
    inputs: { input_features: { type: 'float32', dims: ['batch_size', 'num_channels', 'height', 'width'] } },
    outputs: { audio_embeds: { type: 'float32', dims: ['batch_size', DIM] } },
    ...change,
  };
}

/** The mean of the words' vectors. */
export function textGraph(): OnnxGraph {
  return {
    nodes: [
      { op: 'Gather', inputs: ['words', 'input_ids'], outputs: ['vectors'] },
      { op: 'Cast', inputs: ['attention_mask'], outputs: ['mask'], attributes: { to: 1 } },
      { op: 'Unsqueeze', inputs: ['mask', 'last'], outputs: ['mask_column'] },
      { op: 'Mul', inputs: ['vectors', 'mask_column'], outputs: ['kept'] },
      { op: 'ReduceSum', inputs: ['kept', 'tokens'], outputs: ['text_embeds'], attributes: { keepdims: 0 } },
    ],
    weights: {
      words: float([VOCABULARY, DIM], random('words', VOCABULARY * DIM, 1)),
      last: ints(-1),
      tokens: ints(1),
    },
    inputs: {
      input_ids: { type: 'int64', dims: ['batch_size', 'sequence_length'] },
      attention_mask: { type: 'int64', dims: ['batch_size', 'sequence_length'] },
    },
    outputs: { text_embeds: { type: 'float32', dims: ['batch_size', DIM] } },
  };
}

/** As the published ones have it. */
export const PREPROCESSOR = {
  chunk_length_s: 10,
  feature_extractor_type: 'ClapFeatureExtractor',
  feature_size: 64,
  fft_window_size: 1024,
  frequency_max: 14_000,
  frequency_min: 50,
  hop_length: 480,
  max_length_s: 10,
  n_fft: 1024,
  nb_frequency_bins: 513,
  nb_max_frames: 1000,
  nb_max_samples: 480_000,
  padding: 'repeatpad',
  padding_side: 'right',
  padding_value: 0,
  processor_class: 'ClapProcessor',
  return_attention_mask: false,
  sampling_rate: 48_000,
  top_db: null as number | null,
  truncation: 'rand_trunc',
};

export const CONFIG = {
  _name_or_path: 'somebody/tiny clap',
  architectures: ['ClapModel'],
  model_type: 'clap',
  projection_dim: DIM,
  logit_scale_init_value: 14.285714285714285,
  audio_config: { model_type: 'clap_audio_model', enable_fusion: false },
  text_config: { model_type: 'clap_text_model', pad_token_id: 0, max_position_embeddings: 33 },
};

export interface TinyClap {
  audio?: Buffer;
  text?: Buffer;
  preprocessor?: object;
  config?: object;
  readme?: string;
}

/** Writes the folder. */
export function writeTinyClap(folder: string, change: TinyClap = {}): void {
  const { preprocessor = PREPROCESSOR, config = CONFIG, readme = '---\nlicense: apache-2.0\ntags:\n- audio\n---\n# Tiny\n' } = change; // prettier-ignore
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  writeFileSync(join(folder, 'onnx/audio_model.onnx'), change.audio ?? onnxFile(audioGraph()));
  writeFileSync(join(folder, 'onnx/text_model.onnx'), change.text ?? onnxFile(textGraph()));
  writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(preprocessor));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'tokenizer.json'), readFileSync(join(TINY_PACK, 'tokenizer.json')));
  writeFileSync(join(folder, 'README.md'), readme);
}
