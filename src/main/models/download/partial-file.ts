/** A file that is being fetched: its bytes so far, and a note beside it that says what they are the beginning of. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

const NOTE = z.object({
  /** As the server gave it; null when it gave none that vouches for every byte (RFC 9110, 8.8.1). */
  etag: z.string().nullable(),
  /** Bytes of the whole file; null when the server did not say. */
  total: z.number().int().nonnegative().nullable(),
  /** Of the whole file, hex, as sent by the publisher's server; null when it was not. */
  sha256: z.string().nullable(),
});
export type Note = z.output<typeof NOTE>;

export class PartialFile {
  /** Where the file lies once it is whole and checked. */
  readonly path: string;

  /** @param path absolute; its folder is made when it is needed */
  constructor(path: string) {
    this.path = path;
  }

  /** Where the bytes are so far. */
  get partPath(): string {
    return `${this.path}.part`;
  }

  /** @returns whether it is whole and checked */
  async finished(): Promise<boolean> {
    return (await sizeOf(this.path)) !== null;
  }

  /** Of the finished or the unfinished one; 0 when there is none. */
  async bytes(): Promise<number> {
    return (await sizeOf(this.path)) ?? (await sizeOf(this.partPath)) ?? 0;
  }

  /** @returns what is there of it; null when nothing is that could be gone on with */
  async begun(): Promise<(Note & { bytes: number }) | null> {
    const bytes = await sizeOf(this.partPath);
    if (bytes === null) return null;
    try {
      const note = NOTE.parse(JSON.parse(await readFile(this.#notePath, 'utf8')));
      return { ...note, bytes };
    } catch {
      return null; // without a note nobody knows what these bytes are: they are fetched again
    }
  }

  /** @returns the empty file, to be written to. The note is there first: bytes without one are worth nothing. */
  async begin(note: Note): Promise<FileHandle> {
    await mkdir(dirname(this.path), { recursive: true });
    await rm(this.partPath, { force: true });
    await this.write(note);
    return open(this.partPath, 'w');
  }

  /** @returns the file, to be written to behind what is there */
  goOn(): Promise<FileHandle> {
    return open(this.partPath, 'a');
  }

  /** Whole or not at all. */
  async write(note: Note): Promise<void> {
    const unfinished = `${this.#notePath}-${randomUUID()}`;
    await writeFile(unfinished, JSON.stringify(note), { flush: true });
    await rename(unfinished, this.#notePath);
  }

  /** The whole one goes where it belongs; one that is there already stays. */
  async finish(): Promise<void> {
    if (await this.finished()) return;
    await rename(this.partPath, this.path);
    await rm(this.#notePath, { force: true });
  }

  async remove(): Promise<void> {
    for (const path of [this.path, this.partPath, this.#notePath]) await rm(path, { force: true });
  }

  get #notePath(): string {
    return `${this.partPath}.json`;
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
