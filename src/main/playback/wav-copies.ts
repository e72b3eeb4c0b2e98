/** WAV copies of files that browsers do not play, kept in the data folder up to a limit; the longest unused goes first. */
import { randomBytes } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { notAudio } from '../decode/file-errors.ts';
import type { NotAudio, RenderedWav, RenderRequest } from '../decode/report.ts';
import { declaredWavBytes, WAV_HEADER_BYTES } from '../decode/wav-header.ts';
import { GrowingCopy, type WavCopy } from './growing-copy.ts';
import { KeptFiles, keyOf, type KeptSource } from './kept-files.ts';

/** A change of what a copy looks like makes the old ones unused. */
const LAYOUT_VERSION = 1;

export interface CopySource extends KeptSource {
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
  readonly #kept: KeptFiles;
  readonly #growing = new Map<string, GrowingCopy>();
  readonly #readers = new Map<string, number>();

  constructor(options: WavCopiesOptions) {
    this.#options = options;
    this.#kept = new KeptFiles({ ...options, ending: '.wav' });
  }

  /**
   * @param signal gives up waiting; the copy is made to its end only if somebody else wants it
   * @throws signal.reason; what {@link WavCopiesOptions.render} throws; UserError not-audio
   */
  async open(source: CopySource, signal: AbortSignal): Promise<WavCopy> {
    await this.#kept.tidy();
    signal.throwIfAborted();
    const key = keyOf(source, LAYOUT_VERSION);
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
      finalPath: this.#kept.pathOf(key),
      partPath: this.#kept.partPathOf(key, randomBytes(4).toString('hex')),
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
      await this.#kept.prune(key, (other) => this.#readers.has(other));
    });
    return copy;
  }

  async #finished(key: string): Promise<WavCopy | null> {
    const path = this.#kept.pathOf(key);
    const bytes = await wholeWavBytes(path);
    if (bytes === null) return null;
    await this.#kept.touch(key);
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
