/** The dimensions of a model's encoders, as its config.json says them, with the defaults of transformers. */
import { z } from 'zod';
import { readJson, unusable, type ClapSettings } from '../../clap-files/config.ts';
import { gridSide, resizedFrames, type HtsatSizes } from '../../networks/htsat-sizes.ts';
import { numberOfFrames } from '../../networks/log-mel-graph.ts';

/** Names as in ClapConfig; what a network of another structure would need has one value that is allowed. */
const count = z
  .number()
  .int()
  .positive()
  .max(1 << 20);
const layers = z.array(count.max(256)).min(1).max(8);
const pair = z.union([count, z.tuple([count, count])]);

const AUDIO = z.object({
  num_mel_bins: count.default(64),
  spec_size: count.max(4096).default(256),
  patch_size: count.default(4),
  patch_stride: pair.default([4, 4]),
  patch_embeds_hidden_size: count.max(8192).default(96),
  depths: layers.default([2, 2, 6, 2]),
  num_attention_heads: layers.default([4, 8, 16, 32]),
  window_size: count.max(64).default(8),
  patch_embed_input_channels: z.literal(1).default(1),
  enable_patch_layer_norm: z.literal(true).default(true),
  flatten_patch_embeds: z.literal(true).default(true),
  qkv_bias: z.literal(true).default(true),
  mlp_ratio: z.literal(4).default(4),
  hidden_act: z.literal('gelu').default('gelu'),
  layer_norm_eps: z.literal(1e-5).default(1e-5),
  enable_fusion: z.boolean().default(false),
  fusion_type: z.string().nullable().default(null),
});

/** Fuses spectrograms before the patches are embedded, and so for every clip. */
const FUSES_ALWAYS = 'channel_map';

const TEXT = z.object({
  vocab_size: count.default(50_265),
  hidden_size: count.max(8192).default(768),
  num_hidden_layers: count.max(256).default(12),
  num_attention_heads: count.default(12),
  intermediate_size: count.default(3072),
  max_position_embeddings: count.default(514),
  type_vocab_size: count.default(1),
  layer_norm_eps: z.number().positive().max(1).default(1e-12),
  hidden_act: z.literal('gelu').default('gelu'),
  position_embedding_type: z.literal('absolute').default('absolute'),
});

const CONFIG = z.object({
  projection_hidden_act: z.enum(['relu', 'gelu']).default('relu'),
  audio_config: AUDIO.default(AUDIO.parse({})),
  text_config: TEXT.default(TEXT.parse({})),
});

/** Epsilon of its normalisations: the one that PyTorch takes, and the config's where it says one. */
export const AUDIO_EPSILON = 1e-5;

export type AudioArchitecture = HtsatSizes;

export interface TextArchitecture {
  layers: number;
  width: number;
  heads: number;
  /** Channels of a perceptron's hidden layer. */
  hidden: number;
  vocabulary: number;
  /** Rows of the table of positions; a text of n tokens uses those from padId + 1 to padId + n. */
  positions: number;
  /** Rows of the table of token types, of which the first is used. */
  types: number;
  padId: number;
  epsilon: number;
}

export interface Architecture {
  audio: AudioArchitecture;
  text: TextArchitecture;
  /** Length of an embedding. */
  projection: number;
  /** Between the two layers of a projection. */
  activation: 'relu' | 'gelu';
}

/**
 * @param folder with config.json @param settings of the same folder
 * @throws UserError model-unusable: what of it cannot be followed
 */
export async function readArchitecture(folder: string, settings: ClapSettings): Promise<Architecture> {
  const {
    projection_hidden_act: activation,
    audio_config,
    text_config,
  } = await readJson(folder, 'config.json', CONFIG);
  const audio: AudioArchitecture = {
    nMels: audio_config.num_mel_bins,
    imageSide: audio_config.spec_size,
    patch: audio_config.patch_size,
    embed: audio_config.patch_embeds_hidden_size,
    depths: audio_config.depths,
    heads: audio_config.num_attention_heads,
    window: audio_config.window_size,
  };
  const text: TextArchitecture = {
    layers: text_config.num_hidden_layers,
    width: text_config.hidden_size,
    heads: text_config.num_attention_heads,
    hidden: text_config.intermediate_size,
    vocabulary: text_config.vocab_size,
    positions: text_config.max_position_embeddings,
    types: text_config.type_vocab_size,
    padId: settings.padId,
    epsilon: text_config.layer_norm_eps,
  };
  if (audio_config.enable_fusion && audio_config.fusion_type === FUSES_ALWAYS) {
    throw unusable(folder, `its fusion_type is ${FUSES_ALWAYS}, which is not supported`, 'Choose an unfused model, such as laion/larger_clap_general'); // prettier-ignore
  }
  const problem =
    strideProblem(audio.patch, audio_config.patch_stride) ??
    imageProblem(audio, settings) ??
    stageProblem(audio) ??
    (text.width % text.heads === 0 ? null : 'num_attention_heads of its text_config do not divide hidden_size') ??
    (text.padId < text.vocabulary ? null : 'pad_token_id is not in its vocabulary');
  if (problem !== null) throw unusable(folder, `its config.json contradicts itself: ${problem}`, 'Choose another copy');
  return { audio, text, projection: settings.dim, activation };
}

function strideProblem(patch: number, stride: number | [number, number]): string | null {
  const same = [stride].flat().every((step) => step === patch);
  return same ? null : 'patch_stride differs from patch_size';
}

function imageProblem(audio: AudioArchitecture, { logMel }: ClapSettings): string | null {
  const { nMels, imageSide, patch } = audio;
  if (logMel.nMels !== nMels)
    return `num_mel_bins is ${nMels}, feature_size in preprocessor_config.json ${logMel.nMels}`;
  if (imageSide % nMels !== 0 || nMels % patch !== 0) return 'num_mel_bins does not fit spec_size and patch_size';
  if (numberOfFrames(logMel) <= resizedFrames(audio)) return null;
  return `a window has ${numberOfFrames(logMel)} frames, spec_size allows ${resizedFrames(audio)}`;
}

function stageProblem(audio: AudioArchitecture): string | null {
  const { depths, heads, window, embed } = audio;
  if (depths.length !== heads.length) return 'depths and num_attention_heads have different lengths';
  for (const [stage, number] of heads.entries()) {
    const grid = gridSide(audio, stage);
    if (grid % window !== 0 || (window % 2 !== 0 && grid > window)) return 'window_size does not fit spec_size';
    if ((embed * 2 ** stage) % number !== 0) return 'num_attention_heads do not divide patch_embeds_hidden_size';
  }
  return null;
}
