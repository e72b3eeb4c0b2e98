/** WAV copies of sounds that browsers do not play, kept in the data folder up to a limit; the longest unused goes first. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { notAudio } from '../decode/file-errors.ts';
import type { NotAudio, RenderedWav, RenderRequest } from '../decode/report.ts';
import { declaredWavBytes, WAV_HEADER_BYTES } from '../decode/wav-header.ts';
import { GrowingCopy, type WavCopy } from './growing-copy.ts';

/** A change of what a copy looks like makes the old ones unused. */
const LAYOUT_VERSION = 1;
const COPY_NAME = /^[0-9a-f]{32}\.wav$/;
const PART_NAME = /\.part$/;
/** A part that nobody has written to for this long is left over from a program that was killed. */
const ABANDONED_MS = 60 * 60 * 1000;

export interface CopySource {
  /** Absolute. */
  path: string;
  size: number;
  mtimeMs: number;
  /** Per channel, where the catalogue knows it for the file as it is now; then a copy can be read while it is made. */
  numberOfSamples: number | null;
}

export interface WavCopiesOptions {
  /** Absolute; made when first needed. */
  folder: string;
  /** The newest copy stays whatever its size. */
  limitBytes: number;
  render: (request: RenderRequest, signal: AbortSignal) => Promise<RenderedWav | NotAudio>;
}

export class WavCopies {
  readonly #options: WavCopiesOptions;
  readonly #growing = new Map<string, GrowingCopy>();
  readonly #readers = new Map<string, number>();
  #tidied: Promise<void> | null = null;

  constructor(options: WavCopiesOptions) {
    this.#options = options;
  }

  /**
   * @param signal gives up waiting; the copy is made to its end only if somebody else wants it
   * @throws signal.reason; what {@link WavCopiesOptions.render} throws; UserError not-audio
   */
  async open(source: CopySource, signal: AbortSignal): Promise<WavCopy> {
    this.#tidied ??= this.#tidy();
    await this.#tidied;
    signal.throwIfAborted();
    const key = keyOf(source);
    const finished = this.#underWay(key) ? null : await this.#finished(key);
    if (finished) return finished;
    // Looked at again: another request may have begun it while the disk was asked.
    const copy = this.#underWay(key) ?? this.#begin(key, source);
    return copy.opened(signal);
  }

  /** Stops making copies and waits for that. */
  async close(): Promise<void> {
    await Promise.all([...this.#growing.values()].map((copy) => copy.stop()));
  }

  #underWay(key: string): GrowingCopy | null {
    const copy = this.#growing.get(key);
    return copy && !copy.abandoned ? copy : null;
  }

  #begin(key: string, source: CopySource): GrowingCopy {
    const { folder, render } = this.#options;
    const copy = new GrowingCopy({
      key,
      finalPath: join(folder, `${key}.wav`),
      partPath: join(folder, `${key}-${randomBytes(4).toString('hex')}.part`),
      render: async (wavPath, signal) => {
        await mkdir(folder, { recursive: true });
        const { path, numberOfSamples } = source;
        const rendered = await render({ path, wavPath, numberOfSamples }, signal);
        if (rendered.notAudio) throw notAudio(path, null);
        return rendered;
      },
      retain: () => this.#retain(key),
    });
    this.#growing.set(key, copy);
    void copy.ended.then(async () => {
      if (this.#growing.get(key) === copy) this.#growing.delete(key);
      await this.#prune(key);
    });
    return copy;
  }

  async #finished(key: string): Promise<WavCopy | null> {
    const path = join(this.#options.folder, `${key}.wav`);
    const bytes = await wholeWavBytes(path);
    if (bytes === null) return null;
    const now = new Date();
    await utimes(path, now, now).catch(() => {}); // only the order of leaving depends on it
    return { key, bytes, place: () => Promise.resolve({ path, expected: null }), retain: () => this.#retain(key) };
  }

  #retain(key: string): () => void {
    this.#readers.set(key, (this.#readers.get(key) ?? 0) + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const left = this.#readers.get(key)! - 1;
      if (left > 0) this.#readers.set(key, left);
      else this.#readers.delete(key);
    };
  }

  /** Takes away what is over the limit. Best effort: a copy that cannot be removed now goes next time. */
  async #prune(newest: string): Promise<void> {
    const { folder, limitBytes } = this.#options;
    const copies = (await this.#list(COPY_NAME)).sort((a, b) => a.mtimeMs - b.mtimeMs);
    let total = copies.reduce((sum, { size }) => sum + size, 0);
    for (const { name, size } of copies) {
      if (total <= limitBytes) return;
      const key = name.slice(0, -'.wav'.length);
      if (key === newest || this.#readers.has(key)) continue;
      await rm(join(folder, name), { force: true }).catch(() => {});
      total -= size;
    }
  }

  async #tidy(): Promise<void> {
    for (const { name, mtimeMs } of await this.#list(PART_NAME)) {
      if (Date.now() - mtimeMs < ABANDONED_MS) continue;
      await rm(join(this.#options.folder, name), { force: true }).catch(() => {}); // goes next time
    }
  }

  async #list(pattern: RegExp): Promise<{ name: string; size: number; mtimeMs: number }[]> {
    const { folder } = this.#options;
    const names = await readdir(folder).catch(() => []); // there is none before the first copy
    const found = names
      .filter((name) => pattern.test(name))
      .map(async (name) => {
        const facts = await stat(join(folder, name)).catch(() => null); // removed by another program meanwhile
        return facts ? [{ name, size: facts.size, mtimeMs: facts.mtimeMs }] : [];
      });
    return (await Promise.all(found)).flat();
  }
}

/** Not the file's id: ids begin again in a new catalogue, copies stay. */
function keyOf({ path, size, mtimeMs }: CopySource): string {
  const facts = JSON.stringify([LAYOUT_VERSION, path, size, mtimeMs]);
  return createHash('sha256').update(facts).digest('hex').slice(0, 32);
}

/** @returns the size of a WAV whose header agrees with it; null for anything else, so that it is made anew */
async function wholeWavBytes(path: string): Promise<number | null> {
  const handle = await open(path, 'r').catch(() => null);
  if (!handle) return null;
  try {
    const { buffer } = await handle.read(Buffer.alloc(WAV_HEADER_BYTES), 0, WAV_HEADER_BYTES, 0);
    const { size } = await handle.stat();
    return declaredWavBytes(buffer) === size ? size : null;
  } finally {
    await handle.close();
  }
}
