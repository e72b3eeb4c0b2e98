/** The audio encoder of transformers' ClapModel, with its front end, as an ONNX graph. */
import type { CheckpointTensors } from '../../checkpoint/tensors.ts';
import { htsat, type HtsatKeys } from '../../networks/htsat.ts';
import { latentChannels } from '../../networks/htsat-sizes.ts';
import type { Building } from '../../networks/layers.ts';
import { logMelGraph, numberOfFrames, type LogMelSettings } from '../../networks/log-mel-graph.ts';
import { spectrogramPatches } from '../../networks/spectrogram-patches.ts';
import type { GraphOptions } from '../../networks/variants.ts';
import { Graph, type Value, type WrittenGraph } from '../../onnx/graph.ts';
import { AUDIO_EPSILON, type Architecture } from './architecture.ts';
import { readAttention } from './attention.ts';
import { AUDIO_MODEL, AUDIO_PROJECTION } from './keys.ts';
import { projectionHead } from './projection-head.ts';

/**
 * Writes the audio encoder: waveform float32[N, windowSamples] (mono, −1..1) → embedding float32[N, projection], not
 * normalised. The spectrogram is that of ClapFeatureExtractor, as in front of a graph that somebody exported. A fused
 * model gives what transformers gives for `is_longer` false: without the branch that looks at further spectrograms.
 * @param outFolder must exist; gets `fileName` and `fileName`.data
 * @throws UserError model-damaged for weights of another model
 */
export async function buildAudioGraph(
  architecture: Architecture,
  logMel: LogMelSettings,
  tensors: CheckpointTensors,
  outFolder: string,
  { fileName, precision }: GraphOptions,
): Promise<WrittenGraph> {
  return Graph.write(outFolder, fileName, async (graph) => {
    const building: Building = { graph, tensors, precision, epsilon: AUDIO_EPSILON };
    const waveform = graph.input('waveform', 'float32', ['N', logMel.windowSamples]);
    const embedding = await encode(building, waveform, logMel, architecture);
    graph.output('embedding', 'float32', ['N', architecture.projection], embedding);
  });
}

async function encode(
  building: Building,
  waveform: Value,
  logMel: LogMelSettings,
  { audio, projection, activation }: Architecture,
): Promise<Value> {
  const { graph } = building;
  const image = graph.splice(logMelGraph(logMel, waveform.name, 'log_mel'), 'log_mel');
  graph.scope = 'front_end/';
  const frames = numberOfFrames(logMel);
  const value = graph.op('Reshape', [image, graph.ints([-1, frames, audio.nMels])]);
  const spectrogram = { value, frames, decibels: 1 };
  const patches = await spectrogramPatches(building, spectrogram, `${AUDIO_MODEL}.batch_norm`, audio);
  const latent = await htsat(building, patches, keysOf(building.tensors), audio);
  const sizes = { inputs: latentChannels(audio), outputs: projection, activation };
  return projectionHead(building, latent, AUDIO_PROJECTION, sizes);
}

function keysOf(tensors: CheckpointTensors): HtsatKeys {
  return {
    patch: `${AUDIO_MODEL}.patch_embed.proj`,
    patchNorm: `${AUDIO_MODEL}.patch_embed.norm`,
    block(stage, block) {
      const key = `${AUDIO_MODEL}.layers.${stage}.blocks.${block}`;
      return {
        attentionNorm: `${key}.layernorm_before`,
        attention: (width) => readAttention(tensors, `${key}.attention`, width),
        positionBias: `${key}.attention.self.relative_position_bias_table`,
        perceptronNorm: `${key}.layernorm_after`,
        perceptron: { first: `${key}.intermediate.dense`, second: `${key}.output.dense` },
      };
    },
    merging(stage) {
      const key = `${AUDIO_MODEL}.layers.${stage}.downsample`;
      return { norm: `${key}.norm`, reduction: `${key}.reduction` };
    },
    norm: `${AUDIO_MODEL}.norm`,
  };
}
