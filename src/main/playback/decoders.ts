/** Decoder processes that are started when needed and ended when there has been nothing to do for a while. */
import { DecoderPool } from '../decode/decoder-pool.ts';

/** Decoder processes without work are ended after this long and give their memory back. */
const IDLE_MS = 60_000;

export class Decoders {
  readonly #size: number;
  #pool: DecoderPool | null = null;
  #working = 0;
  #idle: NodeJS.Timeout | null = null;

  /** @param size processes at most */
  constructor(size: number) {
    this.#size = size;
  }

  async use<T>(work: (pool: DecoderPool) => Promise<T>): Promise<T> {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    this.#working++;
    this.#pool ??= new DecoderPool({ size: this.#size });
    try {
      return await work(this.#pool);
    } finally {
      if (--this.#working === 0) this.#endSoon();
    }
  }

  /** Stops decoding and waits for the processes. */
  async close(): Promise<void> {
    if (this.#idle) clearTimeout(this.#idle);
    await this.#pool?.close();
  }

  #endSoon(): void {
    this.#idle = setTimeout(() => {
      this.#pool?.close().catch(() => {}); // its processes have ended, one way or another
      this.#pool = null;
    }, IDLE_MS);
    this.#idle.unref();
  }
}
