/** Crashes of a helper process: when starting it again at once has no use, and when it is worth another attempt. */

export interface CrashCountOptions {
  /** Crashes in a row after which it is left alone for a while. */
  limit: number;
  /** A crash this long ago has nothing to do with the next one, ms. @default one hour */
  forgetAfterMs?: number;
  /** How long it is left alone at first; twice as long after each further crash, ms. @default one second */
  firstRestMs?: number;
  /** @default one minute */
  longestRestMs?: number;
  /** ms, never going back. @default performance.now */
  now?: () => number;
}

/**
 * What made a process crash is often over after a while: memory was short, the disk was full, somebody ended it. So a
 * process is never given up for good: beyond the limit it rests, and each attempt that fails makes the rest longer.
 */
export class CrashCount {
  readonly #options: Required<CrashCountOptions>;
  /** When, oldest first. */
  #crashes: number[] = [];

  constructor(options: CrashCountOptions) {
    this.#options = {
      forgetAfterMs: 60 * 60_000,
      firstRestMs: 1_000,
      longestRestMs: 60_000,
      now: () => performance.now(),
      ...options,
    };
  }

  /** In a row, as far as they are remembered. */
  get count(): number {
    const since = this.#options.now() - this.#options.forgetAfterMs;
    this.#crashes = this.#crashes.filter((then) => then > since);
    return this.#crashes.length;
  }

  /** It crashed so often that nothing says it would run now. */
  get isBeyond(): boolean {
    return this.count >= this.#options.limit;
  }

  /** How long it rests from now on, ms; 0 when it may be started. */
  get restMs(): number {
    const { limit, firstRestMs, longestRestMs, now } = this.#options;
    const beyond = this.count - limit;
    if (beyond < 0) return 0;
    const rest = Math.min(longestRestMs, firstRestMs * 2 ** beyond);
    return Math.max(0, this.#crashes.at(-1)! + rest - now());
  }

  note(): void {
    this.#crashes.push(this.#options.now());
  }

  /** It has done what it is there for. */
  clear(): void {
    this.#crashes = [];
  }
}
