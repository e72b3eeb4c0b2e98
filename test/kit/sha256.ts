import { createHash, hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

/** @returns lowercase hexadecimal */
export function sha256(content: Uint8Array | string): string {
  return hash('sha256', content);
}

/** Of a file of any size: never more than 4 MiB of it are in memory. @returns lowercase hexadecimal */
export function sha256OfFile(path: string): string {
  const whole = createHash('sha256');
  const piece = Buffer.alloc(1 << 22);
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece))
      whole.update(piece.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return whole.digest('hex');
}
