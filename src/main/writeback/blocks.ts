/** Many small reads and writes made few large ones: an Ogg file may change in a hundred thousand places. */
import type { FileHandle } from 'node:fs/promises';
import type { OpenFile } from './container.ts';

export const BLOCK_BYTES = 1 << 20;

/** Reads forward through a file, a block at a time. */
export class ReadAhead {
  readonly #file: OpenFile;
  #block: Uint8Array = new Uint8Array();
  #blockFrom = 0;

  constructor(file: OpenFile) {
    this.#file = file;
  }

  /**
   * @returns the bytes, fewer only where the file ends. They share memory with their block: who keeps small pieces for
   *   long copies them
   * @throws as {@link OpenFile.read}
   */
  async read(from: number, length: number): Promise<Uint8Array> {
    const to = Math.min(from + length, this.#file.size);
    if (from < this.#blockFrom || to > this.#blockFrom + this.#block.length) {
      const bytes = Math.min(Math.max(BLOCK_BYTES, to - from), this.#file.size - from);
      this.#block = await this.#file.read(from, Math.max(0, bytes));
      this.#blockFrom = from;
    }
    return this.#block.subarray(from - this.#blockFrom, Math.max(from, to) - this.#blockFrom);
  }
}

/** Appends to a file, a block at a time. What was added is in the file after {@link end}. */
export class GatheredWrites {
  readonly #target: FileHandle;
  readonly #written: (bytes: Uint8Array) => void;
  readonly #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #gathered = 0;
  #position = 0;

  /**
   * @param target open for writing, empty
   * @param written called after each block with what is in the file now; throws to stop
   */
  constructor(target: FileHandle, written: (bytes: Uint8Array) => void) {
    this.#target = target;
    this.#written = written;
  }

  /** @param bytes the caller's own again when this resolves */
  async add(bytes: Uint8Array): Promise<void> {
    if (bytes.length > BLOCK_BYTES - this.#gathered) await this.end();
    if (bytes.length >= BLOCK_BYTES) await this.#write(bytes);
    else {
      this.#block.set(bytes, this.#gathered);
      this.#gathered += bytes.length;
    }
  }

  async end(): Promise<void> {
    if (this.#gathered === 0) return;
    await this.#write(this.#block.subarray(0, this.#gathered));
    this.#gathered = 0;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await this.#target.write(bytes, at, bytes.length - at, this.#position);
      at += bytesWritten;
      this.#position += bytesWritten;
    }
    this.#written(bytes);
  }
}
