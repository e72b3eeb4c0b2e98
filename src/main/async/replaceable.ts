/** A part that can be replaced while others use it: they keep the old one until they are done, then it is closed. */

interface Slot<T> {
  part: T;
  users: number;
}

export interface Held<T> {
  part: T;
  /** The user is done with it; more than once does no harm. */
  release: () => void;
}

export class Replaceable<T extends { close(): Promise<void> }> {
  readonly #make: () => T;
  readonly #closing = new Set<Promise<void>>();
  #current: Slot<T> | null = null;
  readonly #old = new Set<Slot<T>>();

  /** @param make called when the part is first needed, and again after it was replaced */
  constructor(make: () => T) {
    this.#make = make;
  }

  /** For what is asked at once. Who comes back to it later must hold it. */
  get(): T {
    return this.#slot().part;
  }

  /** Whether there is one now; nothing is made. */
  get made(): boolean {
    return this.#current !== null;
  }

  hold(): Held<T> {
    const slot = this.#slot();
    slot.users++;
    let held = true;
    return {
      part: slot.part,
      release: () => {
        if (!held) return;
        held = false;
        slot.users--;
        if (slot.users === 0 && this.#old.delete(slot)) this.#end(slot);
      },
    };
  }

  /** Holds it while the work runs. */
  async use<R>(work: (part: T) => Promise<R>): Promise<R> {
    const { part, release } = this.hold();
    try {
      return await work(part);
    } finally {
      release();
    }
  }

  /** The next caller gets a new one. */
  replace(): void {
    const slot = this.#current;
    this.#current = null;
    if (!slot) return;
    if (slot.users === 0) this.#end(slot);
    else this.#old.add(slot);
  }

  /** Closes it and all older ones, used or not, and waits for that. */
  async close(): Promise<void> {
    this.replace();
    for (const slot of this.#old) this.#end(slot);
    this.#old.clear();
    await Promise.all(this.#closing);
  }

  #slot(): Slot<T> {
    this.#current ??= { part: this.#make(), users: 0 };
    return this.#current;
  }

  #end({ part }: Slot<T>): void {
    // A part that does not close well is gone all the same, and nobody waits for what it would have said.
    const closing = part.close().catch(() => {});
    this.#closing.add(closing);
    void closing.then(() => this.#closing.delete(closing));
  }
}
