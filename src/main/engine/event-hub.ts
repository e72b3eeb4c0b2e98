/** Passes the events of the engine to their subscribers. */
import type { Events } from '../../shared/contract.ts';

type Listener = (payload: never) => void;

/**
 * Events are sent from the middle of jobs, timers and answers of child processes. What a listener throws is therefore
 * not thrown on to them: the others are called all the same, and the error is reported as a notice.
 */
export class EventHub {
  readonly #listeners = new Map<keyof Events, Set<Listener>>();

  /** @returns a function that unsubscribes */
  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): () => void {
    const set = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, set);
    const mine: Listener = (payload) => listener(payload); // the same function may subscribe twice
    set.add(mine);
    return () => void set.delete(mine);
  }

  /** Never throws. */
  send<E extends keyof Events>(event: E, payload: Events[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        listener(payload as never);
      } catch (error) {
        this.#report(event, error);
      }
    }
  }

  #report(event: keyof Events, error: unknown): void {
    if (event === 'engine.notice') {
      // The listener for notices itself failed: what is left is the process's own way to report an error.
      process.emitWarning(error instanceof Error ? error : String(error));
      return;
    }
    const message = `A window could not be updated (${event}: ${String(error)}). Jobs are not affected. Reopen the window if it looks out of date.`;
    this.send('engine.notice', { message });
  }
}
