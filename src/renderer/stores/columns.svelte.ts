/** Results as a table: whether, which columns, in which order and how wide; kept in this window. */
import { CHOSEN_AT_FIRST, chosenColumns, moved, stepped, toggled, WIDTHS, type Column } from '../list/columns.ts';
import { perApp } from './per-app.ts';
import { isStrings, store, stored } from './stored.ts';

const TABLE_KEY = 'earmark.table';
const CHOSEN_KEY = 'earmark.columns';
const WIDTH_KEY = 'earmark.column-widths';

export const columnsOf = perApp(() => new Columns());

export class Columns {
  #table = $state(stored(TABLE_KEY, isBoolean, false));
  #ids = $state.raw<readonly string[]>(stored(CHOSEN_KEY, isStrings, [...CHOSEN_AT_FIRST]));
  #widths = $state.raw<Readonly<Record<string, number>>>(stored(WIDTH_KEY, isWidths, {}));
  readonly #chosen: readonly Column[];
  #menuAt = $state.raw<{ x: number; y: number } | null>(null);

  constructor() {
    this.#chosen = $derived(chosenColumns(this.#ids));
  }

  /** Results are a table, each a line tall. */
  get table(): boolean {
    return this.#table;
  }
  /** In the order shown. */
  get chosen(): readonly Column[] {
    return this.#chosen;
  }
  /** px */
  widthOf({ id, width }: Column): number {
    return this.#widths[id] ?? width;
  }
  /** For `grid-template-columns`. */
  get template(): string {
    return this.#chosen.map((column) => `${this.widthOf(column)}px`).join(' ');
  }
  /** px, with what is between and around the columns. */
  get wide(): number {
    return this.#chosen.reduce((sum, column) => sum + this.widthOf(column) + GAP, SIDES + STATE + GAP);
  }

  /** Where the menu of columns was asked for, px; null: nowhere, or by its button. */
  get menuAt(): { x: number; y: number } | null {
    return this.#menuAt;
  }
  openMenu(at: { x: number; y: number } | null): void {
    this.#menuAt = at;
  }

  setTable(table: boolean): void {
    this.#table = table;
    store(TABLE_KEY, table);
  }
  toggle(id: string): void {
    this.#choose(toggled(this.#ids, id));
  }
  /** @param before null: behind all of them */
  move(id: string, before: string | null): void {
    this.#choose(moved(this.#ids, id, before));
  }
  step(id: string, step: -1 | 1): void {
    this.#choose(stepped(this.#shownIds, id, step));
  }
  /** @param width px; null: as it is by itself */
  setWidth(id: string, width: number | null): void {
    const { [id]: _, ...others } = this.#widths;
    const kept = width === null ? null : Math.round(Math.max(WIDTHS.least, Math.min(WIDTHS.most, width)));
    this.#widths = kept === null ? others : { ...others, [id]: kept };
    store(WIDTH_KEY, this.#widths);
  }
  /** As they were at first. */
  reset(): void {
    this.#choose(CHOSEN_AT_FIRST);
    this.#widths = {};
    store(WIDTH_KEY, {});
  }

  get #shownIds(): string[] {
    return this.#chosen.map(({ id }) => id);
  }
  #choose(ids: readonly string[]): void {
    this.#ids = ids;
    store(CHOSEN_KEY, ids);
  }
}

/** px, as in TableRow.svelte */
const GAP = 14;
const SIDES = 34;
const STATE = 16;

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}
function isWidths(value: unknown): value is Record<string, number> {
  return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'number');
}
