/** Part of a file, chunk by chunk, without holding the file open in between. */
import { open } from 'node:fs/promises';
import { changedWhileReading, fromFileSystem } from '../decode/file-errors.ts';

/** Large enough that opening a file for each does not count, small enough that a player that stops wastes little. */
const CHUNK_BYTES = 256 * 1024;

/** Where to read now. */
export interface ReadPlace {
  path: string;
  /** As it must be found; null for a file that is still growing. */
  expected: { size: number; mtimeMs: number } | null;
}

/**
 * A player that is paused keeps its request open for hours; an open file could not be replaced on Windows meanwhile.
 * So the file is opened for each chunk anew, and checked to be the same one still.
 * @param place asked before each chunk; resolves when the file reaches to `end` (inclusive)
 * @param start first byte; `end` last byte, inclusive
 * @throws UserError vanished, no-permission, unreadable-file, changed-while-reading; what `place` throws
 */
export async function* readPart(
  place: (end: number) => Promise<ReadPlace>,
  start: number,
  end: number,
): AsyncGenerator<Buffer, void, undefined> {
  for (let at = start; at <= end;) {
    const chunkEnd = Math.min(end, at + CHUNK_BYTES - 1);
    const chunk = await readAt(place, at, chunkEnd);
    at += chunk.length;
    yield chunk;
  }
}

async function readAt(place: (end: number) => Promise<ReadPlace>, at: number, end: number): Promise<Buffer> {
  const first = await place(end);
  try {
    return await readChunk(first, at, end - at + 1);
  } catch (error) {
    // A growing file gets its final name at its end, and that may be now.
    const second = await place(end);
    if (second.path === first.path) throw error;
    return readChunk(second, at, end - at + 1);
  }
}

async function readChunk({ path, expected }: ReadPlace, position: number, length: number): Promise<Buffer> {
  try {
    const handle = await open(path, 'r');
    try {
      if (expected) {
        const found = await handle.stat();
        if (found.size !== expected.size || found.mtimeMs !== expected.mtimeMs) throw changedWhileReading(path);
      }
      const buffer = Buffer.allocUnsafe(length);
      const { bytesRead } = await handle.read(buffer, 0, length, position);
      if (bytesRead === 0) throw changedWhileReading(path);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fromFileSystem(path, error);
  }
}
