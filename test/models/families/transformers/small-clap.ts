/** A folder as transformers save a CLAP model, small enough to be computed in a moment; weights by rule. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TINY_PACK } from '../../../faults/program.ts';
import { writeSafetensors, type SafetensorsType, type TensorToSave } from '../../checkpoint/safetensors-file.ts';
import { pseudoTensor } from '../msclap/pseudo-checkpoint.ts';

/** The same as in bench/reference/transformers_golden.py. */
export const SAMPLES = 2400;
export const PROJECTION = 12;
const [MELS, EMBED, WIDTH, HIDDEN, VOCABULARY, POSITIONS] = [8, 32, 32, 64, 600, 40];
const [PATCH, WINDOW, STAGES, DEPTH, LAYERS] = [4, 4, 2, 2, 2];

export const CONFIG = {
  _name_or_path: 'somebody/small clap',
  architectures: ['ClapModel'],
  model_type: 'clap',
  projection_dim: PROJECTION,
  projection_hidden_act: 'relu',
  audio_config: {
    model_type: 'clap_audio_model',
    enable_fusion: false,
    num_mel_bins: MELS,
    spec_size: 32,
    patch_size: PATCH,
    patch_stride: [PATCH, PATCH],
    patch_embeds_hidden_size: EMBED,
    hidden_size: 2 * EMBED,
    depths: [DEPTH, DEPTH],
    num_attention_heads: [2, 4],
    window_size: WINDOW,
  },
  text_config: {
    model_type: 'clap_text_model',
    vocab_size: VOCABULARY,
    hidden_size: WIDTH,
    num_hidden_layers: LAYERS,
    num_attention_heads: 2,
    intermediate_size: HIDDEN,
    max_position_embeddings: POSITIONS,
    pad_token_id: 1,
  },
};

export const PREPROCESSOR = {
  feature_extractor_type: 'ClapFeatureExtractor',
  feature_size: MELS,
  fft_window_size: 64,
  frequency_min: 50,
  frequency_max: 3500,
  hop_length: 20,
  max_length_s: 0.3,
  padding: 'repeatpad',
  sampling_rate: 8000,
  truncation: 'rand_trunc',
};

/** Every tensor, by key; written out on its own, not taken from the product. */
export function smallShapes(): Map<string, number[]> {
  const shapes = new Map<string, number[]>([
    ['logit_scale_a', []],
    ['logit_scale_t', []],
  ]);
  const norm = (key: string, width: number) => shapes.set(`${key}.weight`, [width]).set(`${key}.bias`, [width]);
  const linear = (key: string, from: number, to: number) => shapes.set(`${key}.weight`, [to, from]).set(`${key}.bias`, [to]); // prettier-ignore
  const layer = (key: string, width: number, hidden: number) => {
    for (const name of ['query', 'key', 'value']) linear(`${key}.attention.self.${name}`, width, width);
    linear(`${key}.attention.output.dense`, width, width);
    linear(`${key}.intermediate.dense`, width, hidden);
    linear(`${key}.output.dense`, hidden, width);
  };
  const audio = 'audio_model.audio_encoder';
  norm(`${audio}.batch_norm`, MELS);
  for (const name of ['running_mean', 'running_var']) shapes.set(`${audio}.batch_norm.${name}`, [MELS]);
  shapes.set(`${audio}.patch_embed.proj.weight`, [EMBED, 1, PATCH, PATCH]);
  shapes.set(`${audio}.patch_embed.proj.bias`, [EMBED]);
  norm(`${audio}.patch_embed.norm`, EMBED);
  for (let stage = 0; stage < STAGES; stage++) {
    const width = EMBED * 2 ** stage;
    for (let at = 0; at < DEPTH; at++) {
      const block = `${audio}.layers.${stage}.blocks.${at}`;
      norm(`${block}.layernorm_before`, width);
      norm(`${block}.layernorm_after`, width);
      layer(block, width, 4 * width);
      shapes.set(`${block}.attention.self.relative_position_bias_table`, [(2 * WINDOW - 1) ** 2, 2 * 2 ** stage]);
    }
    if (stage === STAGES - 1) continue;
    norm(`${audio}.layers.${stage}.downsample.norm`, 4 * width);
    shapes.set(`${audio}.layers.${stage}.downsample.reduction.weight`, [2 * width, 4 * width]);
  }
  norm(`${audio}.norm`, 2 * EMBED);
  const embeddings = 'text_model.embeddings';
  shapes.set(`${embeddings}.word_embeddings.weight`, [VOCABULARY, WIDTH]);
  shapes.set(`${embeddings}.position_embeddings.weight`, [POSITIONS, WIDTH]);
  shapes.set(`${embeddings}.token_type_embeddings.weight`, [1, WIDTH]);
  norm(`${embeddings}.LayerNorm`, WIDTH);
  for (let at = 0; at < LAYERS; at++) {
    const key = `text_model.encoder.layer.${at}`;
    layer(key, WIDTH, HIDDEN);
    norm(`${key}.attention.output.LayerNorm`, WIDTH);
    norm(`${key}.output.LayerNorm`, WIDTH);
  }
  linear('text_model.pooler.dense', WIDTH, WIDTH);
  for (const [key, width] of [
    ['audio_projection', 2 * EMBED],
    ['text_projection', WIDTH],
  ] as const) {
    linear(`${key}.linear1`, width, PROJECTION);
    linear(`${key}.linear2`, PROJECTION, PROJECTION);
  }
  return shapes;
}

/** What a fused model has besides (ClapAudioAFFBlock, and the convolution over further spectrograms). */
export function fusionShapes(): Map<string, number[]> {
  const shapes = new Map<string, number[]>();
  const patches = 'audio_model.audio_encoder.patch_embed';
  const conv = (key: string, from: number, to: number, [rows, columns]: [number, number]) =>
    shapes.set(`${key}.weight`, [to, from, rows, columns]).set(`${key}.bias`, [to]);
  const batchNorm = (key: string, width: number) => {
    for (const name of ['weight', 'bias', 'running_mean', 'running_var']) shapes.set(`${key}.${name}`, [width]);
  };
  conv(`${patches}.mel_conv2d`, 1, EMBED, [PATCH, 3 * PATCH]);
  // Sequential layers; the global one begins with a pooling, which has no weights.
  for (const [branch, first] of [
    ['local_att', 0],
    ['global_att', 1],
  ] as const) {
    // prettier-ignore
    const key = (layer: number) => `${patches}.fusion_model.${branch}.${first + layer}`;
    conv(key(0), EMBED, EMBED / 4, [1, 1]);
    batchNorm(key(1), EMBED / 4);
    conv(key(3), EMBED / 4, EMBED, [1, 1]);
    batchNorm(key(4), EMBED);
  }
  return shapes;
}

export function smallTensors(shapes = smallShapes()): TensorToSave[] {
  return [...shapes].map(([key, shape]) => ({ key, shape, values: pseudoTensor(key, shape) }));
}

export interface SmallClap {
  config?: object;
  preprocessor?: object;
  tensors?: TensorToSave[];
  dtype?: SafetensorsType;
  readme?: string;
}

/** Writes the folder. */
export function writeSmallClap(folder: string, change: SmallClap = {}): void {
  const { config = CONFIG, preprocessor = PREPROCESSOR, tensors = smallTensors(), dtype, readme = '' } = change;
  mkdirSync(folder, { recursive: true });
  writeSafetensors(join(folder, 'model.safetensors'), tensors, dtype);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(preprocessor));
  writeFileSync(join(folder, 'tokenizer.json'), readFileSync(join(TINY_PACK, 'tokenizer.json')));
  writeFileSync(join(folder, 'README.md'), readme);
}
