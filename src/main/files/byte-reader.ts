/** Reading pieces of a file by position. */
import type { FileHandle } from 'node:fs/promises';

export interface ByteReader {
  /** Bytes. */
  readonly size: number;
  /** @returns up to `length` bytes from `position` on; fewer at the end of the file, none beyond it */
  read(position: number, length: number): Promise<Buffer>;
}

/** @param handle stays the caller's to close */
export function byteReader(handle: FileHandle, size: number): ByteReader {
  return {
    size,
    async read(position, length) {
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - position)));
      if (buffer.length === 0) return buffer;
      // One read may return less than asked (network drives).
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
  };
}

/** The bytes of a file from one position to another, as a file of their own. */
export function partOf(file: ByteReader, from: number, to: number): ByteReader {
  return {
    size: to - from,
    read: (position, length) => file.read(from + position, Math.max(0, Math.min(length, to - from - position))),
  };
}
