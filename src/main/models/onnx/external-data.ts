/**
 * The file beside an .onnx that holds its weights, written front to back while they are read from somewhere else: no
 * more than one tensor is in memory. onnxruntime maps it, so that weights it uses as they are need no memory of their own.
 */
import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';

/** Large tensors begin where every platform can map a file (Windows: multiples of 64 KiB), small ones where SIMD likes it. */
const MAP_ALIGNMENT = 65_536;
const SMALL_ALIGNMENT = 64;
const LARGE_BYTES = 1 << 20;

/** Where a tensor lies in the file. */
export interface StoredTensor {
  offset: number;
  length: number;
}

export class ExternalData {
  /** As the graph names it: a file in the graph's own folder. */
  readonly fileName: string;
  readonly #file: FileHandle;
  readonly #hash: Hash = createHash('sha256');
  #size = 0;

  private constructor(fileName: string, file: FileHandle) {
    this.fileName = fileName;
    this.#file = file;
  }

  /** Replaces what is there. */
  static async create(path: string): Promise<ExternalData> {
    return new ExternalData(basename(path), await open(path, 'w'));
  }

  /** @param data as stored in the file: little-endian, C order */
  async append(data: ArrayBufferView): Promise<StoredTensor> {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const alignment = bytes.length >= LARGE_BYTES ? MAP_ALIGNMENT : SMALL_ALIGNMENT;
    const gap = -this.#size & (alignment - 1);
    if (gap > 0) await this.#write(new Uint8Array(gap));
    const offset = this.#size;
    await this.#write(bytes);
    return { offset, length: bytes.length };
  }

  /** @returns SHA-256 (hex) and size of the file, whose bytes are on the disk now */
  async close(): Promise<{ sha256: string; bytes: number }> {
    await this.#file.sync();
    await this.#file.close();
    return { sha256: this.#hash.digest('hex'), bytes: this.#size };
  }

  /** After a failure: gives the file back, whatever state it is in. */
  async abandon(): Promise<void> {
    await this.#file.close();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, this.#size + at);
      at += bytesWritten;
    }
    this.#size += bytes.length;
  }
}
