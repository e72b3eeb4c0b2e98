/** A checkpoint of the right names and shapes, its values made by rule when they are asked for. */
import type { CheckpointTensors } from '../../../../src/main/models/checkpoint/tensors.ts';
import {
  AUDIO_2023,
  AUDIO_PROJECTION,
  GPT2,
  HTSAT,
  MLP_RATIO,
  TEXT_2023,
  TEXT_PROJECTION,
  type AudioSizes,
  type TextSizes,
} from '../../../../src/main/models/families/msclap/sizes.ts';
import { channels } from '../../../../src/main/models/networks/htsat-sizes.ts';
import { fillUniform, fnv1a } from './pseudo-random.ts';

/**
 * Every float32 tensor that the two encoders use. Written out on its own, not taken from src/main/models/families/msclap/shapes.ts:
 * what that one asks a checkpoint for is compared with this list, which the graphs of small models prove by using all of
 * it, and those have other sizes than it knows.
 */
export function tensorShapes(audio: AudioSizes = AUDIO_2023, text: TextSizes = TEXT_2023): Map<string, number[]> {
  const shapes = new Map<string, number[]>();
  const add = (prefix: string, entries: Record<string, number[]>) => {
    for (const [name, shape] of Object.entries(entries)) shapes.set(`${prefix}.${name}`, shape);
  };
  const nBins = audio.fftLength / 2 + 1;
  const mels = [audio.nMels];
  add(HTSAT, {
    'spectrogram_extractor.stft.conv_real.weight': [nBins, 1, audio.fftLength],
    'spectrogram_extractor.stft.conv_imag.weight': [nBins, 1, audio.fftLength],
    'logmel_extractor.melW': [nBins, audio.nMels],
    ...{ 'bn0.weight': mels, 'bn0.bias': mels, 'bn0.running_mean': mels, 'bn0.running_var': mels },
    'patch_embed.proj.weight': [audio.embed, 1, audio.patch, audio.patch],
    ...{ 'patch_embed.proj.bias': [audio.embed] },
    ...{ 'patch_embed.norm.weight': [audio.embed], 'patch_embed.norm.bias': [audio.embed] },
  });
  const last = audio.depths.length - 1;
  for (let stage = 0; stage <= last; stage++) {
    const c = channels(audio, stage);
    for (let block = 0; block < audio.depths[stage]!; block++) {
      add(`${HTSAT}.layers.${stage}.blocks.${block}`, {
        ...{ 'norm1.weight': [c], 'norm1.bias': [c], 'norm2.weight': [c], 'norm2.bias': [c] },
        'attn.relative_position_bias_table': [(2 * audio.window - 1) ** 2, audio.heads[stage]!],
        ...{ 'attn.qkv.weight': [3 * c, c], 'attn.qkv.bias': [3 * c] },
        ...{ 'attn.proj.weight': [c, c], 'attn.proj.bias': [c] },
        ...{ 'mlp.fc1.weight': [MLP_RATIO * c, c], 'mlp.fc1.bias': [MLP_RATIO * c] },
        ...{ 'mlp.fc2.weight': [c, MLP_RATIO * c], 'mlp.fc2.bias': [c] },
      });
    }
    if (stage === last) continue;
    const merging = { 'norm.weight': [4 * c], 'norm.bias': [4 * c], 'reduction.weight': [2 * c, 4 * c] };
    add(`${HTSAT}.layers.${stage}.downsample`, merging);
  }
  const c = channels(audio, last);
  add(HTSAT, { 'norm.weight': [c], 'norm.bias': [c] });
  add(AUDIO_PROJECTION, headShapes(c, audio.projection));
  const d = text.width;
  add(GPT2, { 'wte.weight': [text.vocabulary, d], 'wpe.weight': [text.positions, d] });
  for (let layer = 0; layer < text.layers; layer++) {
    add(`${GPT2}.h.${layer}`, {
      ...{ 'ln_1.weight': [d], 'ln_1.bias': [d], 'ln_2.weight': [d], 'ln_2.bias': [d] },
      ...{ 'attn.c_attn.weight': [d, 3 * d], 'attn.c_attn.bias': [3 * d] },
      ...{ 'attn.c_proj.weight': [d, d], 'attn.c_proj.bias': [d] },
      ...{ 'mlp.c_fc.weight': [d, MLP_RATIO * d], 'mlp.c_fc.bias': [MLP_RATIO * d] },
      ...{ 'mlp.c_proj.weight': [MLP_RATIO * d, d], 'mlp.c_proj.bias': [d] },
    });
  }
  add(GPT2, { 'ln_f.weight': [d], 'ln_f.bias': [d] });
  add(TEXT_PROJECTION, headShapes(d, text.projection));
  return shapes;
}

function headShapes(inputs: number, outputs: number): Record<string, number[]> {
  return {
    'linear1.weight': [outputs, inputs],
    'linear2.weight': [outputs, outputs],
    ...{ 'layer_norm.weight': [outputs], 'layer_norm.bias': [outputs] },
  };
}

/** Values in C order; the same name and shape give the same values on every machine, but for the last bit of the DFT and mel. */
export function pseudoTensor(key: string, shape: readonly number[]): Float32Array {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = new Float32Array(size);
  if (key.includes('.stft.conv_')) return dftKernel(values, shape.at(-1)!, key.includes('real'));
  if (key.endsWith('.melW')) return melMatrix(values, shape[0]!, shape[1]!);
  const { offset, scale } = distribution(key, shape);
  fillUniform(values, fnv1a(key), offset, scale);
  return values;
}

export function pseudoCheckpoint(shapes: Map<string, number[]> = tensorShapes()): CheckpointTensors {
  return {
    get(key) {
      const shape = shapes.get(key);
      if (shape === undefined) throw new Error(`no tensor ${key}`);
      return { key, shape, dtype: 'float32', read: () => Promise.resolve(pseudoTensor(key, shape)) };
    },
  };
}

function distribution(key: string, shape: readonly number[]): { offset: number; scale: number } {
  if (key.endsWith('running_mean')) return { offset: -25, scale: 10 };
  if (key.endsWith('running_var')) return { offset: 400, scale: 100 };
  if (key.endsWith('relative_position_bias_table')) return { offset: 0, scale: 1 };
  if (key.endsWith('.wte.weight')) return { offset: 0, scale: 1 };
  if (key.endsWith('.wpe.weight')) return { offset: 0, scale: 0.25 };
  if (shape.length === 1) return { offset: key.endsWith('.weight') ? 1 : 0, scale: 0.1 };
  const gpt2Matrix = /\.h\.\d+\.(attn\.c_attn|attn\.c_proj|mlp\.c_fc|mlp\.c_proj)\.weight$/.test(key);
  const fanIn = gpt2Matrix ? shape[0]! : shape.slice(1).reduce((product, length) => product * length, 1);
  const gain = /\.(qkv|c_attn|query|key)\.weight$/.test(key) ? 2 : 1;
  return { offset: 0, scale: gain * Math.sqrt(3 / fanIn) };
}

/** [length/2 + 1, 1, length]: cos or −sin of 2πkn/length, times the periodic Hann window. */
function dftKernel(values: Float32Array, length: number, real: boolean): Float32Array {
  for (let at = 0; at < values.length; at++) {
    const n = at % length;
    const angle = (2 * Math.PI * ((Math.floor(at / length) * n) % length)) / length;
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length);
    values[at] = (real ? Math.cos(angle) : -Math.sin(angle)) * window;
  }
  return values;
}

/** [bins, bands]: triangles on Slaney's scale, 50–14 000 Hz at 32 000 Hz, each of area 1. */
function melMatrix(values: Float32Array, bins: number, bands: number): Float32Array {
  const toMel = (f: number) => (f < 1000 ? (3 * f) / 200 : 15 + (27 * Math.log(f / 1000)) / Math.log(6.4));
  const toHz = (m: number) => (m < 15 ? (200 * m) / 3 : 1000 * Math.exp(((m - 15) * Math.log(6.4)) / 27));
  const [low, high] = [toMel(50), toMel(14_000)];
  const corners = Array.from({ length: bands + 2 }, (_, i) => toHz(low + ((high - low) * i) / (bands + 1)));
  for (let bin = 0; bin < bins; bin++) {
    const f = (16_000 * bin) / (bins - 1);
    for (let band = 0; band < bands; band++) {
      const [from, top, to] = [corners[band]!, corners[band + 1]!, corners[band + 2]!];
      const height = Math.max(0, Math.min((f - from) / (top - from), (to - f) / (to - top)));
      values[bin * bands + band] = (height * 2) / (to - from);
    }
  }
  return values;
}
