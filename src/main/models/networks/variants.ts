/** Encoders in other precisions: made beside the published one, and offered only if their embeddings agree. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEMO_SOUNDS } from '../../../demo/recipes.ts';
import { UserError } from '../../../shared/errors.ts';
import { fillWindow } from '../../embed/filling.ts';
import type { Tokenize } from '../../packs/tokenizer.ts';
import type { CheckpointTensors } from '../checkpoint/tensors.ts';
import type { WrittenGraph } from '../onnx/graph.ts';
import { checkFidelity, embedClips, type Clip } from './fidelity.ts';
import type { GraphPrecision, Hardware } from '../../packs/variants.ts';
import type { Precision } from './precision.ts';

/** As model.json has it. */
export interface OfferedVariant {
  precision: GraphPrecision;
  for: Hardware;
  file: string;
}

export interface OfferedVariants {
  audio: OfferedVariant[];
  text: OfferedVariant[];
  /** By file name. */
  sha256: Record<string, string>;
  /** For the user: which ones were left out, and why. */
  notices: string[];
}

/** Unlike each other, and rendered within two seconds altogether. */
const SOUNDS = [
  'take_018.wav',
  'zip.wav',
  'camera_shutter_x3.wav',
  'mouse click double.wav',
  'radio static.wav',
  'laser_blaster.wav',
  'boing.wav',
  'body punch.wav',
  'coin.wav',
  'powerup.wav',
  'UI_notify_soft.mp3',
  'kick 808.flac',
  'SD_tight_02.wav',
  'HH closed.wav',
  'car-horn-2x.ogg',
  'alarmclock.wav',
];

export interface GraphOptions {
  /** The weights come into a file of this name and `.data`. */
  fileName: string;
  precision: Precision;
}

/** How a family builds its encoders, and what those take. */
export interface EncoderKind {
  buildAudio(tensors: CheckpointTensors, folder: string, options: GraphOptions): Promise<WrittenGraph>;
  buildText(tensors: CheckpointTensors, folder: string, options: GraphOptions): Promise<WrittenGraph>;
  /** Samples of a window. */
  windowSamples: number;
  tokenize: Tokenize;
}

interface Candidate {
  kind: 'audio' | 'text';
  variant: OfferedVariant;
  /** Of the graph that stands for the variant. */
  precision: Precision;
}

const CANDIDATES: Candidate[] = [
  { kind: 'audio', variant: { precision: 'int8', for: 'cpu', file: 'audio.int8.onnx' }, precision: 'int8' },
  { kind: 'audio', variant: { precision: 'float16', for: 'gpu', file: 'audio.float16.onnx' }, precision: 'float16' },
  { kind: 'text', variant: { precision: 'int8', for: 'cpu', file: 'text.int8.onnx' }, precision: 'int8-blocks' },
];

/**
 * @param folder with the graphs in the published precision, `audio.onnx` and `text.onnx`; the variants come beside them
 * @param report called with the share that is done
 * @throws UserError 'model-damaged' when a graph in the published precision does not run; errors of the disk;
 *   signal.reason
 */
export async function buildVariants(
  encoders: EncoderKind,
  tensors: CheckpointTensors,
  folder: string,
  report: (share: number) => void,
  signal: AbortSignal,
): Promise<OfferedVariants> {
  const offered: OfferedVariants = { audio: [], text: [], sha256: {}, notices: [] };
  const clips = { audio: testSounds(encoders.windowSamples), text: testTexts(encoders.tokenize) };
  const references: Partial<Record<Candidate['kind'], Float32Array[]>> = {};
  for (const [done, { kind, variant, precision }] of CANDIDATES.entries()) {
    signal.throwIfAborted();
    report(done / CANDIDATES.length);
    const options = { fileName: variant.file, precision };
    const { sha256 } =
      kind === 'audio'
        ? await encoders.buildAudio(tensors, folder, options)
        : await encoders.buildText(tensors, folder, options);
    signal.throwIfAborted();
    const reference = (references[kind] ??= await embedClips(join(folder, `${kind}.onnx`), clips[kind]));
    const problem = await problemOf(join(folder, variant.file), clips[kind], reference);
    if (problem === null) {
      offered[kind].push(variant);
      Object.assign(offered.sha256, sha256);
      continue;
    }
    for (const name of Object.keys(sha256)) await rm(join(folder, name));
    offered.notices.push(
      `The faster ${variant.precision} variant of its ${kind} encoder is not available: ${problem}.`,
    );
  }
  report(1);
  return offered;
}

/** @param reference the embeddings of `clips` in float32 @returns null when the variant may stand for it */
async function problemOf(variant: string, clips: Clip[], reference: Float32Array[]): Promise<string | null> {
  try {
    const { passed, worstCosine, neighbourOverlap } = await checkFidelity(variant, clips, reference);
    if (passed) return null;
    const share = `${Math.round(100 * neighbourOverlap)} % of the nearest neighbours match`;
    return `its results differ too much (minimum cosine ${worstCosine.toFixed(4)}, ${share})`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return 'it does not run on this machine';
  }
}

/** Windows of demo sounds; their own rate does not matter here, a little faster or slower is as good. */
function testSounds(windowSamples: number): Clip[] {
  const sounds = DEMO_SOUNDS.filter(({ name }) => SOUNDS.includes(name));
  return sounds.map((sound) => {
    const waveform = new Float32Array(windowSamples);
    fillWindow(sound.render()[0]!, waveform, 'repeat');
    return { waveform };
  });
}

/** Descriptions of the demo sounds, worded like searches. */
function testTexts(tokenize: Tokenize): Clip[] {
  return DEMO_SOUNDS.filter((_, i) => i % 5 === 0).map(({ description }) => ({ inputIds: tokenize(description).ids }));
}
