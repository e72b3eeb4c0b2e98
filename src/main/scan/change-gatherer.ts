/** Changes come in bursts (a folder is copied, a program saves in steps): acted upon when they have settled. */

/** How long changes may go on before they are acted upon, ms. */
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
  readonly #waiting = new Map<number, { sinceMs: number; timer: NodeJS.Timeout }>();

  /** @param settled told once for each burst of changes in a root */
  constructor(settled: (rootId: number) => void, settling: Settling = SETTLING) {
    this.#settled = settled;
    this.#settling = settling;
  }

  /** Something changed in a root. */
  note(rootId: number): void {
    const now = performance.now();
    const before = this.#waiting.get(rootId);
    if (before) clearTimeout(before.timer);
    const sinceMs = before?.sinceMs ?? now;
    const { quietMs, longestMs } = this.#settling;
    const wait = Math.max(0, Math.min(quietMs, sinceMs + longestMs - now));
    const timer = setTimeout(() => {
      this.#waiting.delete(rootId);
      this.#settled(rootId);
    }, wait);
    timer.unref();
    this.#waiting.set(rootId, { sinceMs, timer });
  }

  /** What was noted of a root is dropped. */
  forget(rootId: number): void {
    clearTimeout(this.#waiting.get(rootId)?.timer);
    this.#waiting.delete(rootId);
  }

  close(): void {
    for (const rootId of [...this.#waiting.keys()]) this.forget(rootId);
  }
}
