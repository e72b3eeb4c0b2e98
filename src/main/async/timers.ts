/** Something that happens later: by the system's clock, or by one that a test turns by hand. */
export interface Timers {
  /**
   * Calls `then` once, after so many ms. It keeps no program running.
   * @returns takes it back; does nothing when it was called already
   */
  after(ms: number, then: () => void): () => void;
}

export const systemTimers: Timers = {
  after(ms, then) {
    const timer = setTimeout(then, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
