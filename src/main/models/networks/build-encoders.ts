/** The graphs of a pack from a checkpoint: both encoders as published, and in the precisions that are offered besides. */
import { UserError } from '../../../shared/errors.ts';
import type { Checkpoint, CheckpointTensor, CheckpointTensors } from '../checkpoint/tensors.ts';
import type { ImportReport } from '../import-protocol.ts';
import { buildVariants, type EncoderKind, type OfferedVariants } from './variants.ts';

/** Beyond e^±10 no scale of a trained model lies; it starts at e^2.66. */
const LARGEST_LOGARITHM = 10;

export const AUDIO_FILE = 'audio.onnx';
export const TEXT_FILE = 'text.onnx';

/**
 * @param shapes of every tensor that the encoders use, by key, as the checkpoint has them
 * @param folder exists; gets {@link AUDIO_FILE}, {@link TEXT_FILE}, their weights, and the variants
 * @returns hashes of all files that were written, by name
 * @throws UserError model-damaged; errors of the disk; signal.reason
 */
export async function buildEncoders(
  encoders: EncoderKind,
  checkpoint: Checkpoint,
  shapes: ReadonlyMap<string, readonly number[]>,
  folder: string,
  report: ImportReport,
  signal: AbortSignal,
): Promise<OfferedVariants> {
  await checkpoint.verify((bytes) => report('reading', bytes / checkpoint.bytes), signal);
  const values = [...shapes.values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
  const tensors = counting(checkpoint, signal, (done) => report('building', Math.min(1, done / values) / 2));
  const audio = await encoders.buildAudio(tensors, folder, { fileName: AUDIO_FILE, precision: 'float32' });
  const text = await encoders.buildText(tensors, folder, { fileName: TEXT_FILE, precision: 'float32' });
  const reportVariants = (share: number) => report('building', (1 + share) / 2);
  const variants = await buildVariants(encoders, checkpoint, folder, reportVariants, signal);
  return { ...variants, sha256: { ...audio.sha256, ...text.sha256, ...variants.sha256 } };
}

/** The factor before the cosine. @param key of its logarithm @throws UserError model-damaged */
export async function readLogitScale(checkpoint: CheckpointTensors, key: string): Promise<number> {
  const [logarithm] = await checkpoint.get(key).read();
  if (Math.abs(logarithm!) <= LARGEST_LOGARITHM) return Math.exp(logarithm!);
  throw new UserError('model-damaged', `“${key}” in the checkpoint is ${logarithm!}. Download the file again.`);
}

/** The same tensors; reports how many values have been read, and stops between two of them. */
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
