/** What can be taken back, newest last. */

export interface Undoable {
  /** What was done, as it stands after "Undo": `favourite`, `5 stars`. */
  name: string;
  undo: () => Promise<unknown>;
}

const REMEMBERED = 100;

export class Undo {
  #done = $state.raw<readonly Promise<Undoable | null>[]>([]);
  /** Ends when the undoing that was asked for last does. */
  #undoing: Promise<void> = Promise.resolve();

  get empty(): boolean {
    return this.#done.length === 0;
  }

  /**
   * @param step has its place among the others from now on, also while the engine has not confirmed it: who takes back
   * in haste means this one and none before it. It resolves to null when nothing was done.
   */
  did(step: Undoable | Promise<Undoable | null>): void {
    this.#done = [...this.#done, Promise.resolve(step)].slice(-REMEMBERED);
  }

  /**
   * Takes the newest step off; it is not put back when undoing it fails. One is undone after the other.
   * @param run given the step when it is its turn; not called where nothing was done
   */
  async last(run: (step: Undoable) => Promise<void>): Promise<void> {
    const newest = this.#done.at(-1);
    if (newest === undefined) return;
    this.#done = this.#done.slice(0, -1);
    const before = this.#undoing;
    const mine = Promise.withResolvers<undefined>();
    this.#undoing = mine.promise;
    try {
      await before;
      const step = await newest;
      if (step !== null) await run(step);
    } finally {
      mine.resolve(undefined);
    }
  }
}
