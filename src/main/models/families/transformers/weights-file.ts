/** The files in which transformers save weights. */
import { Safetensors } from '../../checkpoint/safetensors.ts';
import type { Checkpoint } from '../../checkpoint/tensors.ts';
import { TorchCheckpoint } from '../../checkpoint/torch-checkpoint.ts';

/** A list of several files, and one file: of the newer kind, and as it was saved before. */
const USUAL = ['model.safetensors.index.json', 'model.safetensors', 'pytorch_model.bin'];

/** @returns the name of what holds the weights; null when nothing does, or it is not clear which */
export function weightsIn(entries: readonly string[]): string | null {
  const usual = USUAL.find((name) => entries.includes(name));
  if (usual !== undefined) return usual;
  const others = entries.filter((name) => name.endsWith('.safetensors'));
  return others.length === 1 ? others[0]! : null;
}

/** @throws UserError model-damaged, model-unusable, not-found */
export function openWeights(path: string): Promise<Checkpoint> {
  return /\.(safetensors|json)$/i.test(path) ? Safetensors.open(path) : TorchCheckpoint.open(path, '');
}
