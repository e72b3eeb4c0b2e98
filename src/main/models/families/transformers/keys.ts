/** Where things are in a checkpoint of transformers' ClapModel, and their shapes. */
import { channels, latentChannels, MLP_RATIO } from '../../networks/htsat-sizes.ts';
import { linear, merging, norm, type Shapes } from '../../networks/layer-shapes.ts';
import type { Architecture, AudioArchitecture, TextArchitecture } from './architecture.ts';

export const AUDIO_MODEL = 'audio_model.audio_encoder';
export const TEXT_MODEL = 'text_model';
export const AUDIO_PROJECTION = 'audio_projection';
export const TEXT_PROJECTION = 'text_projection';
/** Logarithm of the factor before the cosines of a sound with texts. */
export const LOGIT_SCALE = 'logit_scale_a';

/** Every tensor that embeddings depend on. @returns shapes by key, in the order of the network */
export function clapShapes({ audio, text, projection }: Architecture): Map<string, number[]> {
  return new Map([
    [LOGIT_SCALE, []],
    ...audioModel(audio),
    ...projectionHead(AUDIO_PROJECTION, latentChannels(audio), projection),
    ...textModel(text),
    ...projectionHead(TEXT_PROJECTION, text.width, projection),
  ]);
}

function audioModel(sizes: AudioArchitecture): Shapes {
  const { nMels, embed, patch, depths, heads, window } = sizes;
  const bands = ['weight', 'bias', 'running_mean', 'running_var'].map((name): Shapes[0] => [
    `${AUDIO_MODEL}.batch_norm.${name}`,
    [nMels],
  ]);
  const stages = depths.flatMap((depth, stage): Shapes => {
    const width = channels(sizes, stage);
    const key = `${AUDIO_MODEL}.layers.${stage}`;
    const blocks = Array.from({ length: depth }, (_, block) => `${key}.blocks.${block}`).flatMap((block): Shapes => [
      ...norm(`${block}.layernorm_before`, width),
      ...selfAttention(`${block}.attention`, width),
      [`${block}.attention.self.relative_position_bias_table`, [(2 * window - 1) ** 2, heads[stage]!]],
      ...norm(`${block}.layernorm_after`, width),
      ...perceptron(block, width, MLP_RATIO * width),
    ]);
    if (stage === depths.length - 1) return blocks;
    return [...blocks, ...merging(`${key}.downsample`, width)];
  });
  return [
    ...bands,
    [`${AUDIO_MODEL}.patch_embed.proj.weight`, [embed, 1, patch, patch]],
    [`${AUDIO_MODEL}.patch_embed.proj.bias`, [embed]],
    ...norm(`${AUDIO_MODEL}.patch_embed.norm`, embed),
    ...stages,
    ...norm(`${AUDIO_MODEL}.norm`, latentChannels(sizes)),
  ];
}

function textModel({ layers, width, hidden, vocabulary, positions, types }: TextArchitecture): Shapes {
  const embeddings = `${TEXT_MODEL}.embeddings`;
  return [
    [`${embeddings}.word_embeddings.weight`, [vocabulary, width]],
    [`${embeddings}.position_embeddings.weight`, [positions, width]],
    [`${embeddings}.token_type_embeddings.weight`, [types, width]],
    ...norm(`${embeddings}.LayerNorm`, width),
    ...Array.from({ length: layers }, (_, layer) => `${TEXT_MODEL}.encoder.layer.${layer}`).flatMap((key): Shapes => [
      ...selfAttention(`${key}.attention`, width),
      ...norm(`${key}.attention.output.LayerNorm`, width),
      ...perceptron(key, width, hidden),
      ...norm(`${key}.output.LayerNorm`, width),
    ]),
    ...linear(`${TEXT_MODEL}.pooler.dense`, width, width),
  ];
}

function selfAttention(prefix: string, width: number): Shapes {
  const inputs = ['query', 'key', 'value'].flatMap((name) => linear(`${prefix}.self.${name}`, width, width));
  return [...inputs, ...linear(`${prefix}.output.dense`, width, width)];
}

function perceptron(prefix: string, width: number, hidden: number): Shapes {
  return [...linear(`${prefix}.intermediate.dense`, width, hidden), ...linear(`${prefix}.output.dense`, hidden, width)];
}

function projectionHead(prefix: string, inputs: number, outputs: number): Shapes {
  return [...linear(`${prefix}.linear1`, inputs, outputs), ...linear(`${prefix}.linear2`, outputs, outputs)];
}
