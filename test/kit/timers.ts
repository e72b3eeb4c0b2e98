/** A clock that stands still until it is told how much time has passed. */
import type { Timers } from '../../src/main/async/timers.ts';

export class HandTimers implements Timers {
  #nowMs = 0;
  readonly #waiting = new Map<() => void, number>();

  after(ms: number, then: () => void): () => void {
    const call = () => then();
    this.#waiting.set(call, this.#nowMs + ms);
    return () => void this.#waiting.delete(call);
  }

  /** What has neither been called nor taken back. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Calls what is due within it, in order, what is begun meanwhile too. */
  pass(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#waiting].filter(([, dueMs]) => dueMs <= endMs).sort(([, a], [, b]) => a - b);
      if (!next) break;
      const [call, dueMs] = next;
      this.#waiting.delete(call);
      this.#nowMs = dueMs;
      call();
    }
    this.#nowMs = endMs;
  }
}
