/** Works that follow one another: each sees what the one before it left. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** @throws what the work throws; the next one begins all the same */
  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => {}); // its caller gets the error
    return mine;
  }

  /** Resolves when all have ended that were asked for until now. */
  async ended(): Promise<void> {
    await this.#last;
  }
}
