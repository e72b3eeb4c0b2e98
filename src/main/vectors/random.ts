/** Chance that repeats itself: a seed gives the same numbers every time. */

/** Xorshift (Marsaglia, "Xorshift RNGs", 2003), 32 bits. One multiplication cheaper than what sounds are made with. */
export class FastRandom {
  #state: number;

  /** @param seed any integer */
  constructor(seed: number) {
    this.#state = seed | 0 || 1; // a state of zero would stay there
    for (let i = 0; i < 8; i++) this.next();
  }

  /** @returns an integer, 0..2³²−1 */
  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }

  /** @returns −1..1 */
  signed(): number {
    return this.next() / 2_147_483_648 - 1;
  }
}
