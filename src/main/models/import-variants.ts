/** MS CLAP in other precisions: made beside the published one, and offered only where they hear the same. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEMO_SOUNDS } from '../../demo/recipes.ts';
import { UserError } from '../../shared/errors.ts';
import { fillWindow } from '../embed/filling.ts';
import type { CheckpointTensors } from './checkpoint/tensors.ts';
import { gpt2Tokenizer } from './gpt2-tokenizer.ts';
import { buildAudioGraph } from './msclap/audio-graph.ts';
import { checkFidelity, embedClips, type Clip } from './msclap/fidelity.ts';
import { AUDIO_2023, TEXT_2023 } from './msclap/sizes.ts';
import { buildTextGraph } from './msclap/text-graph.ts';
import type { GraphPrecision, Hardware } from './variants.ts';

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

interface Candidate {
  kind: 'audio' | 'text';
  variant: OfferedVariant;
  build: (tensors: CheckpointTensors, folder: string) => Promise<{ sha256: Record<string, string> }>;
}

const CANDIDATES: Candidate[] = [
  {
    kind: 'audio',
    variant: { precision: 'int8', for: 'cpu', file: 'audio.int8.onnx' },
    build: (tensors, folder) => buildAudioGraph(tensors, folder, { fileName: 'audio.int8.onnx', precision: 'int8' }),
  },
  {
    kind: 'audio',
    variant: { precision: 'float16', for: 'gpu', file: 'audio.float16.onnx' },
    build: (tensors, folder) =>
      buildAudioGraph(tensors, folder, { fileName: 'audio.float16.onnx', precision: 'float16' }),
  },
  {
    kind: 'text',
    variant: { precision: 'int8', for: 'cpu', file: 'text.int8.onnx' },
    build: (tensors, folder) =>
      buildTextGraph(tensors, folder, { fileName: 'text.int8.onnx', precision: 'int8-blocks' }),
  },
];

/**
 * @param folder with the graphs in the published precision, `audio.onnx` and `text.onnx`; the variants come beside them
 * @param report told which share is done
 * @throws UserError 'model-damaged' when a graph in the published precision does not run; errors of the disk;
 *   signal.reason
 */
export async function buildVariants(
  tensors: CheckpointTensors,
  folder: string,
  report: (share: number) => void,
  signal: AbortSignal,
): Promise<OfferedVariants> {
  const offered: OfferedVariants = { audio: [], text: [], sha256: {}, notices: [] };
  const clips = { audio: testSounds(), text: testTexts() };
  const references: Partial<Record<Candidate['kind'], Float32Array[]>> = {};
  for (const [done, { kind, variant, build }] of CANDIDATES.entries()) {
    signal.throwIfAborted();
    report(done / CANDIDATES.length);
    const { sha256 } = await build(tensors, folder);
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
      `Its ${kind} encoder is not offered in ${variant.precision}, which would be quicker: ${problem}.`,
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
    const share = `${Math.round(100 * neighbourOverlap)} % of the nearest neighbours are the same`;
    return `it is not faithful enough (worst cosine ${worstCosine.toFixed(4)}, ${share})`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return 'it does not run on this machine';
  }
}

/** Windows of demo sounds; their own rate does not matter here, a little faster or slower is as good. */
function testSounds(): Clip[] {
  const sounds = DEMO_SOUNDS.filter(({ name }) => SOUNDS.includes(name));
  return sounds.map((sound) => {
    const waveform = new Float32Array(AUDIO_2023.samples);
    fillWindow(sound.render()[0]!, waveform, 'repeat');
    return { waveform };
  });
}

/** What one hears in the demo sounds, in words: as searches are. */
function testTexts(): Clip[] {
  const tokenize = gpt2Tokenizer(TEXT_2023.positions);
  return DEMO_SOUNDS.filter((_, i) => i % 5 === 0).map(({ description }) => ({ inputIds: tokenize(description).ids }));
}
