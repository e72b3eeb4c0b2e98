/** Small files that somebody else made, read whole: never a pipe or a device, and never more than was agreed to. */
import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { byteReader } from './byte-reader.ts';

/** What is at the path is not what may be read; `message` is the middle of a sentence: "it …". */
export class UnfitFileError extends Error {
  override readonly name = 'UnfitFileError';
  readonly kind: 'not-regular' | 'too-large';

  constructor(kind: 'not-regular' | 'too-large', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Opening a pipe waits for somebody to write into it. Windows has neither the flag nor such files. */
const DO_NOT_WAIT = process.platform === 'win32' ? 0 : constants.O_NONBLOCK;

/**
 * Links are followed; what they lead to counts.
 * @throws UnfitFileError for a pipe, a device, a folder, or more than `maxBytes`; errors of the disk
 */
export async function readRegularFile(path: string, maxBytes: number): Promise<Buffer> {
  await requireRegularFile(path); // opening a device may already do something
  const file = await open(path, constants.O_RDONLY | DO_NOT_WAIT);
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw notRegular();
    if (facts.size > maxBytes)
      throw new UnfitFileError('too-large', `it is larger than ${Math.round(maxBytes / 2 ** 20)} MiB`);
    return await byteReader(file, facts.size).read(0, facts.size);
  } finally {
    await file.close();
  }
}

/** @throws UnfitFileError; errors of the disk */
export async function requireRegularFile(path: string): Promise<void> {
  if (!(await stat(path)).isFile()) throw notRegular();
}

function notRegular(): UnfitFileError {
  return new UnfitFileError('not-regular', 'it is not a regular file');
}
