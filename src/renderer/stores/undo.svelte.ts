/** What can be taken back, newest last. */

export interface Undoable {
  /** What was done, as it stands after "Undo": `favourite`, `5 stars`. */
  name: string;
  undo: () => Promise<unknown>;
}

const REMEMBERED = 100;

export class Undo {
  #done = $state.raw<readonly Undoable[]>([]);

  get next(): Undoable | null {
    return this.#done.at(-1) ?? null;
  }

  did(step: Undoable): void {
    this.#done = [...this.#done, step].slice(-REMEMBERED);
  }

  /** Takes the newest step off, for the caller to undo; it is not put back when that fails. */
  take(): Undoable | null {
    const step = this.next;
    if (step !== null) this.#done = this.#done.slice(0, -1);
    return step;
  }
}
