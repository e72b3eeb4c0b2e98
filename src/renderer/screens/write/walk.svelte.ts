/** Which row of a list the keys act on. */

export class Walk {
  #length = $state(0);
  #current = $state(-1);
  readonly #onMove: () => void;

  /** @param onMove called when another row becomes the current one */
  constructor(onMove: () => void = () => undefined) {
    this.#onMove = onMove;
  }

  get length(): number {
    return this.#length;
  }
  /** −1 when the list is empty. */
  get current(): number {
    return this.#current;
  }

  /** Another list: its first row. */
  begin(length: number): void {
    this.#length = length;
    this.#current = length === 0 ? -1 : 0;
    this.#onMove();
  }
  to(position: number): void {
    if (this.#length === 0) return;
    const next = Math.max(0, Math.min(this.#length - 1, position));
    if (next === this.#current) return;
    this.#current = next;
    this.#onMove();
  }
  move(step: number): void {
    this.to(this.#current + step);
  }
}
