/** Updates the index now and then while files are analysed, so that searches find new files before the job ends. */
/** The first sync comes early, so that the first files can be found soon. */
const FIRST_AFTER_MS = 10_000;
/** A sync that took t is followed by a pause of at least so many t: syncing stays a small part of the work. */
const PAUSE_FACTOR = 20;

export class SyncMeanwhile {
  readonly #sync: (signal: AbortSignal) => Promise<unknown>;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #dueMs = performance.now() + FIRST_AFTER_MS;

  /** @param sync brings the index in step; stops when aborted */
  constructor(sync: (signal: AbortSignal) => Promise<unknown>) {
    this.#sync = sync;
  }

  /** Something new is in the catalogue. Starts a sync if one is due and none is running; never waits for it. */
  poke(): void {
    if (this.#running || performance.now() < this.#dueMs) return;
    this.#running = this.#syncOnce().finally(() => (this.#running = null));
  }

  /** Stops a running sync (what it put in stays) and waits until it has stopped. */
  async end(): Promise<void> {
    this.#dueMs = Infinity;
    this.#stop.abort(new Error('the job continues with its last sync'));
    await this.#running;
  }

  async #syncOnce(): Promise<void> {
    const beganMs = performance.now();
    try {
      await this.#sync(this.#stop.signal);
    } catch {
      // The job's own sync at its end has the same problem and reports it.
    }
    const tookMs = performance.now() - beganMs;
    this.#dueMs = performance.now() + Math.max(FIRST_AFTER_MS, PAUSE_FACTOR * tookMs);
  }
}
