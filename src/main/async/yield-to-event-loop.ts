/** Lets long arithmetic in the engine's process be interrupted, and the engine answer meanwhile. */
import { setImmediate } from 'node:timers/promises';

/** Nobody notices a pause of this length. */
const LONGEST_STRETCH_MS = 20;

export class EventLoopYielder {
  readonly #signal: AbortSignal;
  #sinceMs = performance.now();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Call it between small pieces of work. @throws signal.reason when cancelled */
  async yieldIfDue(): Promise<void> {
    this.#signal.throwIfAborted();
    if (performance.now() - this.#sinceMs < LONGEST_STRETCH_MS) return;
    await setImmediate();
    this.#sinceMs = performance.now();
  }
}
