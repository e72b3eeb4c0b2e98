/** Waiting for something to do, and no longer than a while. */
export class WakeUp {
  #woken = false;
  #resolve: () => void = () => {};

  /** Whoever waits goes on; who does not wait yet goes on at once when it does. */
  wake(): void {
    this.#woken = true;
    this.#resolve();
  }

  /**
   * @returns whether it was woken, as opposed to having waited long enough
   * @throws signal.reason when aborted
   */
  async next(patienceMs: number, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    if (!this.#woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs);
        this.#resolve = () => {
          clearTimeout(timer);
          resolve();
        };
        signal.addEventListener('abort', this.#resolve, { once: true });
      });
      signal.removeEventListener('abort', this.#resolve);
    }
    signal.throwIfAborted();
    const woken = this.#woken;
    this.#woken = false;
    return woken;
  }
}
