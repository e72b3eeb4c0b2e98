/** One WAV copy while it is being made: read from its beginning on, given up when nobody wants it. */
import { open, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RenderedWav } from '../decode/report.ts';
import { declaredWavBytes, wavBytes, WAV_HEADER_BYTES } from '../decode/wav-header.ts';
import type { ReadPlace } from './read-part.ts';

/** How often the growing file is looked at while somebody waits for it. */
const LOOK_MS = 25;
/** Players often ask once, leave, and ask again for another part: making the copy survives so long without a reader. */
const PATIENCE_MS = 3000;

/** A copy that is there or on its way. */
export interface WavCopy {
  /** The same for the same bytes: 32 hex digits. */
  key: string;
  bytes: number;
  /** Resolves when bytes up to `end` (inclusive) can be read. */
  place(end: number): Promise<ReadPlace>;
  /** Says that it is being read; the function given back says that it is not any more. */
  retain(): () => void;
}

export interface GrowingCopyOptions {
  key: string;
  partPath: string;
  finalPath: string;
  render: (wavPath: string, signal: AbortSignal) => Promise<RenderedWav>;
  retain: () => () => void;
}

export class GrowingCopy {
  /** Resolves when it is whole or given up, never rejects. */
  readonly ended: Promise<void>;
  readonly #options: GrowingCopyOptions;
  readonly #stop = new AbortController();
  #outcome: { bytes: number } | { error: unknown } | null = null;
  #users = 0;
  #patience: NodeJS.Timeout | null = null;

  constructor(options: GrowingCopyOptions) {
    this.#options = options;
    this.ended = this.#make();
  }

  /** Given up: who wants it now begins anew. */
  get abandoned(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Resolves when the length is known and there is something to read. @throws why there is not; signal.reason */
  async opened(signal: AbortSignal): Promise<WavCopy> {
    const release = this.#use();
    try {
      for (;;) {
        const bytes = await this.#knownBytes();
        if (bytes !== null) return this.#copy(bytes);
        await this.#wait(signal);
      }
    } finally {
      release();
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort(new DOMException('the server is closing', 'AbortError'));
    await this.ended;
  }

  #copy(bytes: number): WavCopy {
    const { key } = this.#options;
    return {
      key,
      bytes,
      place: async (end) => {
        for (;;) {
          if (this.#outcome) return { path: this.#finalPath(), expected: null };
          if ((await this.#partSize()) > end) return { path: this.#options.partPath, expected: null };
          await this.#wait(null);
        }
      },
      retain: () => {
        const releases = [this.#use(), this.#options.retain()];
        return () => {
          for (const release of releases) release();
        };
      },
    };
  }

  async #make(): Promise<void> {
    const { partPath, finalPath, render } = this.#options;
    try {
      const rendered = await render(partPath, this.#stop.signal);
      await rename(partPath, finalPath);
      this.#outcome = { bytes: wavBytes(rendered, rendered.numberOfSamples) };
    } catch (error) {
      this.#outcome = { error };
      await rm(partPath, { force: true }).catch(() => {}); // tidied up later
    }
    if (this.#patience) clearTimeout(this.#patience);
  }

  /** @throws what went wrong */
  #finalPath(): string {
    if (this.#outcome && 'error' in this.#outcome) throw this.#outcome.error;
    return this.#options.finalPath;
  }

  async #knownBytes(): Promise<number | null> {
    if (this.#outcome) {
      this.#finalPath();
      return 'bytes' in this.#outcome ? this.#outcome.bytes : null;
    }
    const handle = await open(this.#options.partPath, 'r').catch(() => null); // not begun yet, or just renamed
    if (!handle) return null;
    try {
      const { buffer } = await handle.read(Buffer.alloc(WAV_HEADER_BYTES), 0, WAV_HEADER_BYTES, 0);
      // With a first block behind the header it is certain that the file decodes.
      return (await handle.stat()).size > WAV_HEADER_BYTES ? declaredWavBytes(buffer) : null;
    } finally {
      await handle.close();
    }
  }

  async #partSize(): Promise<number> {
    const facts = await stat(this.#options.partPath).catch(() => null); // just renamed or removed
    return facts?.size ?? 0;
  }

  async #wait(signal: AbortSignal | null): Promise<void> {
    signal?.throwIfAborted();
    await Promise.race([this.ended, sleep(LOOK_MS)]);
    signal?.throwIfAborted();
  }

  #use(): () => void {
    this.#users++;
    if (this.#patience) clearTimeout(this.#patience);
    this.#patience = null;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      if (--this.#users > 0 || this.#outcome) return;
      this.#patience = setTimeout(() => {
        this.#stop.abort(new DOMException('nobody reads it any more', 'AbortError'));
      }, PATIENCE_MS);
    };
  }
}
