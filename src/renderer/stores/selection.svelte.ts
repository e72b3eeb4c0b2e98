/** Which rows are selected. Positions follow the files when the answer changes. */
import {
  followFiles,
  move,
  NOTHING_SELECTED,
  selectOnly,
  stretchTo,
  toggle,
  type RowSelection,
} from '../list/selected-range.ts';

export class Selection {
  #ids = $state.raw<readonly number[]>([]);
  #rows = $state.raw<RowSelection>(NOTHING_SELECTED);

  /** A new list. What was selected stays so where it is still there. */
  show(ids: readonly number[]): void {
    this.#rows = followFiles(this.#rows, this.#ids, ids);
    this.#ids = ids;
  }

  /** Another list: the first step leads to its first row. */
  begin(ids: readonly number[]): void {
    this.#rows = NOTHING_SELECTED;
    this.#ids = ids;
  }

  get ids(): readonly number[] {
    return this.#ids;
  }
  /** Position that keys act on; −1 when nothing is selected. */
  get current(): number {
    return this.#rows.current;
  }
  get fileId(): number | null {
    return this.#ids[this.#rows.current] ?? null;
  }
  /** In the order of the list. */
  get fileIds(): number[] {
    return [...this.#rows.chosen].sort((a, b) => a - b).map((row) => this.#ids[row]!);
  }
  get size(): number {
    return this.#rows.chosen.size;
  }
  has(row: number): boolean {
    return this.#rows.chosen.has(row);
  }

  /** The next few after the current one, to have them ready. */
  following(many: number): number[] {
    return this.#ids.slice(this.current + 1, this.current + 1 + many);
  }

  only(row: number): void {
    this.#rows = selectOnly(row);
  }
  stretch(row: number): void {
    this.#rows = stretchTo(this.#rows, row);
  }
  toggle(row: number): void {
    this.#rows = toggle(this.#rows, row);
  }
  move(step: number, stretch = false): void {
    this.#rows = move(this.#rows, step, this.#ids.length, stretch);
  }
  all(): void {
    if (this.#ids.length === 0) return;
    const current = Math.max(0, this.current);
    this.#rows = { current, anchor: 0, chosen: new Set(this.#ids.keys()) };
  }
  none(): void {
    this.#rows = NOTHING_SELECTED;
  }
}
