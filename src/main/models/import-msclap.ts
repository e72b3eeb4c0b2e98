/** MS CLAP 2023 (Elizalde et al. 2023) as a pack, from the checkpoint that its makers published. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { TorchCheckpoint } from './checkpoint/torch-checkpoint.ts';
import type { CheckpointTensor, CheckpointTensors } from './checkpoint/tensors.ts';
import { buildAudioGraph } from './msclap/audio-graph.ts';
import { AUDIO_2023, TEXT_2023 } from './msclap/sizes.ts';
import { buildTextGraph } from './msclap/text-graph.ts';
import type { ImportReport } from './import-protocol.ts';
import { buildVariants } from './import-variants.ts';
import { LOGIT_SCALE, msclapShapes } from './msclap-shapes.ts';

export const MSCLAP_ID = 'msclap-2023';
const SAMPLE_RATE = 44_100;
/** Beyond e^±10 no scale of a trained model lies; it starts at e^2.66. */
const LARGEST_LOGARITHM = 10;

/** What model.json says apart from the hashes and the scale. */
const DESCRIPTION = {
  id: MSCLAP_ID,
  name: 'MS CLAP 2023',
  version: 1,
  license: 'as published with the checkpoint; see there',
  citation:
    'B. Elizalde, S. Deshmukh, H. Wang: Natural Language Supervision for General-Purpose Audio Representations, 2023, arXiv:2309.05767',
  dim: AUDIO_2023.projection,
  audio: {
    file: 'audio.onnx',
    sampleRate: SAMPLE_RATE,
    windowSeconds: AUDIO_2023.samples / SAMPLE_RATE,
    hopSeconds: AUDIO_2023.samples / SAMPLE_RATE,
    shortClip: 'repeat',
  },
  text: {
    file: 'text.onnx',
    tokenizer: { type: 'gpt2-bpe', maxLength: TEXT_2023.positions, padId: 0 },
  },
  promptTemplate: 'this is the sound of {label}',
} as const;

/**
 * @param path of the checkpoint
 * @param folder existing and empty; the pack is made in it
 * @returns what the user should know: sentences
 * @throws UserError model-damaged, model-unusable (each key that is missing or misshapen is named), not-found; what
 *   the disk throws; signal.reason
 */
export async function importMsclap(
  path: string,
  folder: string,
  report: ImportReport,
  signal: AbortSignal,
): Promise<string[]> {
  const checkpoint = await TorchCheckpoint.open(path, 'model');
  try {
    const shapes = msclapShapes();
    checkpoint.expect(shapes);
    await checkpoint.verify((bytes) => report('reading', bytes / checkpoint.bytes), signal);
    const values = [...shapes.values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
    const tensors = counting(checkpoint, signal, (done) => report('building', Math.min(1, done / values) / 2));
    const scale = await readScale(checkpoint);
    const audio = await buildAudioGraph(tensors, folder, { fileName: DESCRIPTION.audio.file });
    const text = await buildTextGraph(tensors, folder, { fileName: DESCRIPTION.text.file });
    const variants = await buildVariants(checkpoint, folder, (share) => report('building', (1 + share) / 2), signal);
    const description = {
      ...DESCRIPTION,
      audio: { ...DESCRIPTION.audio, variants: variants.audio },
      text: { ...DESCRIPTION.text, variants: variants.text },
      logitScale: scale,
      sha256: { ...audio.sha256, ...text.sha256, ...variants.sha256 },
    };
    await writeFile(join(folder, 'model.json'), `${JSON.stringify(description, null, 2)}\n`, { flush: true });
    return variants.notices;
  } finally {
    await checkpoint.close();
  }
}

/** The factor before the cosine; stored as its logarithm. */
async function readScale(checkpoint: TorchCheckpoint): Promise<number> {
  const [logarithm] = await checkpoint.get(LOGIT_SCALE).read();
  if (Math.abs(logarithm!) <= LARGEST_LOGARITHM) return Math.exp(logarithm!);
  throw new UserError('model-damaged', `“${LOGIT_SCALE}” in the checkpoint is ${logarithm!}. Download the file again.`);
}

/** The same tensors; tells how many values have been read, and stops between two of them. */
function counting(
  tensors: CheckpointTensors,
  signal: AbortSignal,
  onValues: (done: number) => void,
): CheckpointTensors {
  let done = 0;
  return {
    get(key): CheckpointTensor {
      const tensor = tensors.get(key);
      return {
        ...tensor,
        read: async () => {
          signal.throwIfAborted();
          const values = await tensor.read();
          onValues((done += values.length));
          return values;
        },
      };
    },
  };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
