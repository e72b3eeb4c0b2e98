/** The audio encoder of MS CLAP 2023 as an ONNX graph. */
import type { CheckpointTensors } from '../../checkpoint/tensors.ts';
import { thirdsOf } from '../../networks/attention-weights.ts';
import { htsat, type HtsatKeys } from '../../networks/htsat.ts';
import { latentChannels } from '../../networks/htsat-sizes.ts';
import type { Building } from '../../networks/layers.ts';
import type { Precision } from '../../networks/precision.ts';
import { spectrogramPatches } from '../../networks/spectrogram-patches.ts';
import { readLinear } from '../../networks/weights.ts';
import { Graph, type Value, type WrittenGraph } from '../../onnx/graph.ts';
import { logMel } from './front-end.ts';
import { projectionHead } from './projection-head.ts';
import { AUDIO_2023, AUDIO_PROJECTION, EPSILON, HTSAT, numberOfFrames, type AudioSizes } from './sizes.ts';

const DECIBELS_PER_NEPER = 10 / Math.LN10;

export interface AudioGraphOptions {
  /** @default 'audio.onnx' */
  fileName?: string;
  /** @default 'float32' */
  precision?: Precision;
  /** @default those of MS CLAP 2023 */
  sizes?: AudioSizes;
}

/**
 * Writes the audio encoder: waveform float32[N, samples] (mono, 44 100 Hz, −1..1) → embedding float32[N, projection],
 * not normalised. Matrices of the spectrogram are the checkpoint's own.
 * @param outFolder must exist; gets `fileName` and `fileName`.data
 * @throws UserError 'model-damaged' for weights of another model
 */
export async function buildAudioGraph(
  tensors: CheckpointTensors,
  outFolder: string,
  { fileName = 'audio.onnx', precision = 'float32', sizes = AUDIO_2023 }: AudioGraphOptions = {},
): Promise<WrittenGraph> {
  return Graph.write(outFolder, fileName, async (graph) => {
    const building: Building = { graph, tensors, precision, epsilon: EPSILON };
    const waveform = graph.input('waveform', 'float32', ['N', sizes.samples]);
    const embedding = await encode(building, waveform, sizes);
    graph.output('embedding', 'float32', ['N', sizes.projection], embedding);
  });
}

async function encode(building: Building, waveform: Value, sizes: AudioSizes): Promise<Value> {
  building.graph.scope = 'front_end/';
  const spectrogram = {
    value: await logMel(building, waveform, sizes),
    frames: numberOfFrames(sizes),
    decibels: DECIBELS_PER_NEPER,
  };
  const patches = await spectrogramPatches(building, spectrogram, `${HTSAT}.bn0`, sizes);
  const latent = await htsat(building, patches, keysOf(building.tensors), sizes);
  return projectionHead(building, latent, AUDIO_PROJECTION, latentChannels(sizes), sizes.projection);
}

function keysOf(tensors: CheckpointTensors): HtsatKeys {
  return {
    patch: `${HTSAT}.patch_embed.proj`,
    patchNorm: `${HTSAT}.patch_embed.norm`,
    block(stage, block) {
      const key = `${HTSAT}.layers.${stage}.blocks.${block}`;
      return {
        attentionNorm: `${key}.norm1`,
        attention: async (width) => ({
          ...thirdsOf(await readLinear(tensors, `${key}.attn.qkv`, width, 3 * width, { bias: true })),
          proj: await readLinear(tensors, `${key}.attn.proj`, width, width, { bias: true }),
        }),
        positionBias: `${key}.attn.relative_position_bias_table`,
        perceptronNorm: `${key}.norm2`,
        perceptron: { first: `${key}.mlp.fc1`, second: `${key}.mlp.fc2` },
      };
    },
    merging(stage) {
      const key = `${HTSAT}.layers.${stage}.downsample`;
      return { norm: `${key}.norm`, reduction: `${key}.reduction` };
    },
    norm: `${HTSAT}.norm`,
  };
}
