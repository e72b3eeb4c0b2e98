/** How long a server may be silent. One that sends a byte now and then is as good as silent. */

/** Fewer bytes than this within the time are none. */
const LEAST_BYTES = 1024;

export class Patience {
  readonly #limitMs: number;
  readonly #giveUp: () => void;
  #leftMs: number;
  #bytes = 0;
  #startedMs = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param giveUp called once the server was waited for that long */
  constructor(limitMs: number, giveUp: () => void) {
    this.#limitMs = limitMs;
    this.#leftMs = limitMs;
    this.#giveUp = giveUp;
  }

  /** From now on the server is waited for. */
  wait(): void {
    this.#startedMs = performance.now();
    this.#timer = setTimeout(this.#giveUp, Math.max(1, this.#leftMs));
  }

  /** Now the disk is, or nobody. @param bytes that the server has sent meanwhile */
  rest(bytes = 0): void {
    clearTimeout(this.#timer);
    this.#leftMs -= performance.now() - this.#startedMs;
    this.#bytes += bytes;
    if (this.#bytes < LEAST_BYTES) return;
    this.#bytes = 0;
    this.#leftMs = this.#limitMs;
  }
}
