/** Pieces that are dragged into other programs: files of our own folder, which stay, since a program may refer to them. */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_NAME } from '../../shared/calls/cut.ts';
import { UserError } from '../../shared/errors.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import { fromFileSystem } from '../decode/file-errors.ts';
import { PieceFolder } from './piece-folder.ts';

export interface DraggedRange {
  /** Absolute. */
  path: string;
  startSeconds: number;
  endSeconds: number;
}

export class DraggedPieces {
  readonly #folder: string;
  readonly #withDecoders: <T>(work: (pool: DecoderPool) => Promise<T>) => Promise<T>;
  /** By what they are of. */
  readonly #made = new Map<string, Promise<string>>();

  /** @param dataFolder absolute */
  constructor(dataFolder: string, withDecoders: <T>(work: (pool: DecoderPool) => Promise<T>) => Promise<T>) {
    this.#folder = join(dataFolder, 'pieces');
    this.#withDecoders = withDecoders;
  }

  /** @returns absolute path @throws as the call `piece.make` */
  async make(range: DraggedRange): Promise<string> {
    const { path, startSeconds, endSeconds } = range;
    if (endSeconds <= startSeconds) throw new UserError('bad-input', 'The range is empty. Select a longer part.');
    const { size, mtimeMs } = await stat(path).catch((error: unknown) => {
      throw fromFileSystem(path, error);
    });
    const key = JSON.stringify([path, size, mtimeMs, startSeconds, endSeconds]);
    const known = await this.#made.get(key)?.catch(() => null); // it is tried again
    if (known != null && (await stat(known).catch(() => null)) !== null) return known;
    const making = this.#cut(range);
    this.#made.set(key, making);
    return making;
  }

  async #cut(range: DraggedRange): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    const folder = await PieceFolder.open({
      folder: this.#folder,
      dataFolder: null,
      format: 'wav',
      name: DEFAULT_NAME,
    });
    const { signal } = new AbortController();
    const { piece } = await this.#withDecoders((pool) => folder.cut(range, { number: 1, of: 1 }, pool, signal));
    return piece.path;
  }
}
