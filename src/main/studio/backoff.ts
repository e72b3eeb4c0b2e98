/** Between two tries of a server that is away: longer each time, and never the same for all who wait for it. */
const FIRST_MS = 500;
const LONGEST_MS = 60_000;

export class Backoff {
  #ms = FIRST_MS;

  /** How long to wait before the next try, ms. */
  nextMs(): number {
    const ms = this.#ms;
    this.#ms = Math.min(LONGEST_MS, this.#ms * 2);
    return ms * (0.5 + Math.random() / 2);
  }

  /** It has answered. */
  reset(): void {
    this.#ms = FIRST_MS;
  }
}
