/** A file or folder on the disk that may be a model, as the families look at it: listed once, looked into once. */
import { readdir, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '../../../shared/errors.ts';
import type { CheckpointOutline } from '../checkpoint/tensors.ts';
import { Safetensors } from '../checkpoint/safetensors.ts';
import { TorchCheckpoint } from '../checkpoint/torch-checkpoint.ts';

const TORCH = /\.(pth?|ckpt|bin)$/i;
/** A file of tensors, or the list of several. */
const SAFETENSORS = /\.safetensors(\.index\.json)?$/i;

export class Place {
  /** Absolute. */
  readonly path: string;
  /** Last part of the path. */
  readonly name: string;
  /** Names in the folder; null for a file. */
  readonly entries: readonly string[] | null;
  /** Of a file. */
  readonly bytes: number;
  #checkpoint: Promise<CheckpointOutline> | null = null;

  private constructor(path: string, entries: readonly string[] | null, bytes: number) {
    this.path = path;
    this.name = basename(path);
    this.entries = entries;
    this.bytes = bytes;
  }

  /** @param path absolute @throws UserError not-found; model-unusable for a pipe, socket or device */
  static async at(path: string): Promise<Place> {
    const facts = await stat(path).catch((error: unknown) => {
      throw new UserError('not-found', `“${path}” was not found. Check the spelling, or connect its drive.`, error);
    });
    if (facts.isFile()) return new Place(path, null, facts.size);
    if (!facts.isDirectory()) {
      throw new UserError('model-unusable', `“${basename(path)}” is not a regular file.`);
    }
    const names = await readdir(path).catch((error: unknown) => {
      throw new UserError('not-found', `The folder “${path}” cannot be read. Check its permissions.`, error);
    });
    return new Place(path, names, 0);
  }

  /**
   * What a checkpoint (PyTorch's, or safetensors) holds: names and shapes of its tensors.
   * @returns null for folders, and for files that are not called like one
   * @throws UserError model-damaged, model-unusable when it is called like one and cannot be read
   */
  async checkpoint(): Promise<CheckpointOutline | null> {
    if (this.entries !== null) return null;
    if (SAFETENSORS.test(this.name)) this.#checkpoint ??= Safetensors.outline(this.path);
    if (TORCH.test(this.name)) this.#checkpoint ??= TorchCheckpoint.outline(this.path);
    return this.#checkpoint;
  }
}
