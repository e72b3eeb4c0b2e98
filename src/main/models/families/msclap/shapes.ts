/**
 * Every tensor of MS CLAP 2023 that embeddings depend on. What else the checkpoint holds (classification head, masks,
 * indices, counters) carries nothing that the graphs need and may be there or not.
 */
import { channels } from '../../networks/htsat-sizes.ts';
import { linear, merging, norm, type Shapes } from '../../networks/layer-shapes.ts';
import { AUDIO_2023, AUDIO_PROJECTION, GPT2, HTSAT, MLP_RATIO, TEXT_2023, TEXT_PROJECTION } from './sizes.ts';

export const LOGIT_SCALE = 'logit_scale';

/** @returns shapes by key, in the order of the network */
export function msclapShapes(): Map<string, number[]> {
  return new Map([[LOGIT_SCALE, []], ...spectrogram(), ...patches(), ...swin(), ...audioHead(), ...gpt2()]);
}

function spectrogram(): Shapes {
  const { fftLength, nMels } = AUDIO_2023;
  const bins = fftLength / 2 + 1;
  return [
    [`${HTSAT}.spectrogram_extractor.stft.conv_real.weight`, [bins, 1, fftLength]],
    [`${HTSAT}.spectrogram_extractor.stft.conv_imag.weight`, [bins, 1, fftLength]],
    [`${HTSAT}.logmel_extractor.melW`, [bins, nMels]],
    ...['weight', 'bias', 'running_mean', 'running_var'].map((name): Shapes[0] => [`${HTSAT}.bn0.${name}`, [nMels]]),
  ];
}

function patches(): Shapes {
  const { embed, patch } = AUDIO_2023;
  return [
    [`${HTSAT}.patch_embed.proj.weight`, [embed, 1, patch, patch]],
    [`${HTSAT}.patch_embed.proj.bias`, [embed]],
    ...norm(`${HTSAT}.patch_embed.norm`, embed),
  ];
}

function swin(): Shapes {
  const { depths, heads, window } = AUDIO_2023;
  const places = (2 * window - 1) ** 2;
  return depths.flatMap((depth, stage): Shapes => {
    const width = channels(AUDIO_2023, stage);
    const blocks = Array.from({ length: depth }, (_, block) => `${HTSAT}.layers.${stage}.blocks.${block}`);
    return [
      ...blocks.flatMap((block): Shapes => [
        ...norm(`${block}.norm1`, width),
        ...linear(`${block}.attn.qkv`, width, 3 * width),
        [`${block}.attn.relative_position_bias_table`, [places, heads[stage]!]],
        ...linear(`${block}.attn.proj`, width, width),
        ...norm(`${block}.norm2`, width),
        ...linear(`${block}.mlp.fc1`, width, MLP_RATIO * width),
        ...linear(`${block}.mlp.fc2`, MLP_RATIO * width, width),
      ]),
      ...(stage === depths.length - 1 ? [] : merging(`${HTSAT}.layers.${stage}.downsample`, width)),
    ];
  });
}

function audioHead(): Shapes {
  const width = channels(AUDIO_2023, AUDIO_2023.depths.length - 1);
  return [...norm(`${HTSAT}.norm`, width), ...projection(AUDIO_PROJECTION, width, AUDIO_2023.projection)];
}

function gpt2(): Shapes {
  const { layers, width, vocabulary, positions } = TEXT_2023;
  return [
    [`${GPT2}.wte.weight`, [vocabulary, width]],
    [`${GPT2}.wpe.weight`, [positions, width]],
    ...Array.from({ length: layers }, (_, layer) => `${GPT2}.h.${layer}`).flatMap((block): Shapes => [
      ...norm(`${block}.ln_1`, width),
      ...inputFirst(`${block}.attn.c_attn`, width, 3 * width),
      ...inputFirst(`${block}.attn.c_proj`, width, width),
      ...norm(`${block}.ln_2`, width),
      ...inputFirst(`${block}.mlp.c_fc`, width, MLP_RATIO * width),
      ...inputFirst(`${block}.mlp.c_proj`, MLP_RATIO * width, width),
    ]),
    ...norm(`${GPT2}.ln_f`, width),
    ...projection(TEXT_PROJECTION, width, TEXT_2023.projection),
  ];
}

/** GPT-2 keeps its matrices the other way round. */
function inputFirst(prefix: string, inputs: number, outputs: number): Shapes {
  return [
    [`${prefix}.weight`, [inputs, outputs]],
    [`${prefix}.bias`, [outputs]],
  ];
}

function projection(prefix: string, inputs: number, outputs: number): Shapes {
  return [
    [`${prefix}.linear1.weight`, [outputs, inputs]],
    [`${prefix}.linear2.weight`, [outputs, outputs]],
    ...norm(`${prefix}.layer_norm`, outputs),
  ];
}
