/** Changes come in bursts (a folder is copied, a program saves in steps): acted upon when they have settled. */

import { systemTimers, type Timers } from '../async/timers.ts';

/** How long changes may continue before they are handled, ms. */
export interface Settling {
  /** Nothing new for so long. */
  quietMs: number;
  /** However much is new, not later than this after the first change. */
  longestMs: number;
}
export const SETTLING: Settling = { quietMs: 2000, longestMs: 30_000 };

export class ChangeGatherer {
  readonly #settled: (rootId: number) => void;
  readonly #settling: Settling;
  readonly #timers: Timers;
  /** What takes the two ends of each burst back. */
  readonly #waiting = new Map<number, { notQuiet: () => void; notLongest: () => void }>();

  /** @param settled called once for each burst of changes in a root */
  constructor(settled: (rootId: number) => void, settling: Settling = SETTLING, timers: Timers = systemTimers) {
    this.#settled = settled;
    this.#settling = settling;
    this.#timers = timers;
  }

  /** Something changed in a root. */
  note(rootId: number): void {
    const { quietMs, longestMs } = this.#settling;
    const settle = () => {
      this.forget(rootId);
      this.#settled(rootId);
    };
    const before = this.#waiting.get(rootId);
    before?.notQuiet();
    this.#waiting.set(rootId, {
      notQuiet: this.#timers.after(quietMs, settle),
      notLongest: before?.notLongest ?? this.#timers.after(longestMs, settle),
    });
  }

  /** What was noted of a root is dropped. */
  forget(rootId: number): void {
    const waiting = this.#waiting.get(rootId);
    waiting?.notQuiet();
    waiting?.notLongest();
    this.#waiting.delete(rootId);
  }

  close(): void {
    for (const rootId of [...this.#waiting.keys()]) this.forget(rootId);
  }
}
