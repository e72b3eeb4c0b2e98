/** Selecting several rows of a list, as everywhere: click, Ctrl-click, Shift-click, and the same with the arrows. */

export interface RowSelection {
  /** The row that keys act on and that plays; −1 when there is none. */
  current: number;
  /** Where a range that is being stretched began. */
  anchor: number;
  /** Positions, in no order; holds `current` unless it was toggled off. */
  chosen: ReadonlySet<number>;
}

export const NOTHING_SELECTED: RowSelection = { current: -1, anchor: -1, chosen: new Set() };

export function selectOnly(row: number): RowSelection {
  return { current: row, anchor: row, chosen: new Set([row]) };
}

/** From the anchor to the row, both included. */
export function stretchTo({ anchor }: RowSelection, row: number): RowSelection {
  const from = anchor < 0 ? row : anchor;
  const [low, high] = from < row ? [from, row] : [row, from];
  const chosen = new Set(Array.from({ length: high - low + 1 }, (_, step) => low + step));
  return { current: row, anchor: from, chosen };
}

export function toggle({ chosen }: RowSelection, row: number): RowSelection {
  const next = new Set(chosen);
  if (!next.delete(row)) next.add(row);
  return { current: row, anchor: row, chosen: next };
}

/** @param step rows to move, negative upwards; stops at the ends */
export function move(selection: RowSelection, step: number, rows: number, stretch: boolean): RowSelection {
  if (rows === 0) return NOTHING_SELECTED;
  const from = selection.current < 0 ? (step > 0 ? -1 : rows) : selection.current;
  const row = Math.max(0, Math.min(rows - 1, from + step));
  return stretch ? stretchTo(selection, row) : selectOnly(row);
}

/** The same files in another list, wherever they stand there; those that are not in it are deselected. */
export function followFiles(
  selection: RowSelection,
  before: readonly number[],
  after: readonly number[],
): RowSelection {
  if (selection.chosen.size === 0) return NOTHING_SELECTED;
  const rowOf = new Map(after.map((fileId, row) => [fileId, row]));
  const follow = (row: number) => rowOf.get(before[row] ?? -1) ?? -1;
  const chosen = new Set([...selection.chosen].map(follow).filter((row) => row !== -1));
  const current = follow(selection.current);
  if (chosen.size === 0 || current === -1) return NOTHING_SELECTED;
  const anchor = follow(selection.anchor);
  return { current, anchor: anchor === -1 ? current : anchor, chosen };
}
