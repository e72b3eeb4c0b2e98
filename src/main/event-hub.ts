/** What the engine pushes, to whoever listens. */
import type { Events } from '../shared/contract.ts';

type Listener = (payload: never) => void;

/**
 * Events are sent from the middle of jobs, timers and answers of child processes. What a listener throws is therefore
 * not thrown on to them: the others are told all the same, and the fault is told as a notice.
 */
export class EventHub {
  readonly #listeners = new Map<keyof Events, Set<Listener>>();

  /** @returns a function that stops listening */
  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): () => void {
    const set = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, set);
    const mine: Listener = (payload) => listener(payload); // the same function may listen twice
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
      // Whoever says notices is what failed: what is left is the process's own way to say something.
      process.emitWarning(error instanceof Error ? error : String(error));
      return;
    }
    const message = `A window could not be told of a change (${event}: ${String(error)}). Work goes on; open the window again if it looks out of date.`;
    this.send('engine.notice', { message });
  }
}
