/** Which rows of a long list exist, and where: rows of one height, any number of them. */

/** Browsers stop laying out somewhere above 16 million px; longer lists scroll by proportion. */
const MAX_SCROLL_PX = 12_000_000;

export interface VirtualWindow {
  /** First row that exists, and one past the last. */
  from: number;
  to: number;
  /** Height of the thing that scrolls, px. */
  scrollHeight: number;
  /** Where the first row stands in it, px. */
  top: number;
}

export interface ListShape {
  rows: number;
  rowHeight: number;
  /** What is seen at once, px. */
  viewportHeight: number;
}

/** @param overscan rows that exist beyond either edge, so that a scroll shows no blank before the next frame */
export function virtualWindow(shape: ListShape, scrollTop: number, overscan: number): VirtualWindow {
  const { rows, rowHeight, viewportHeight } = shape;
  const scrollHeight = Math.min(rows * rowHeight, MAX_SCROLL_PX);
  const offset = contentOffset(shape, scrollTop);
  const from = Math.max(0, Math.min(rows, Math.floor(offset / rowHeight)) - overscan);
  const to = Math.min(rows, Math.ceil((offset + viewportHeight) / rowHeight) + overscan);
  return { from, to: Math.max(from, to), scrollHeight, top: scrollTop - (offset - from * rowHeight) };
}

/** The scrollTop that shows a row in full, the nearest one to where the list stands. */
export function scrollTopFor(shape: ListShape, scrollTop: number, row: number): number {
  const { rowHeight, viewportHeight } = shape;
  const offset = contentOffset(shape, scrollTop);
  const rowTop = row * rowHeight;
  if (rowTop < offset) return toScrollTop(shape, rowTop);
  if (rowTop + rowHeight > offset + viewportHeight) return toScrollTop(shape, rowTop + rowHeight - viewportHeight);
  return scrollTop;
}

/** How far the rows are moved up, px of rows; scrollTop itself unless the list is longer than a browser can lay out. */
function contentOffset(shape: ListShape, scrollTop: number): number {
  const clamped = Math.max(0, scrollTop);
  const ratio = stretch(shape);
  return ratio === 1 ? clamped : Math.min(clamped * ratio, contentEnd(shape));
}

function toScrollTop(shape: ListShape, offset: number): number {
  return Math.max(0, Math.min(offset, contentEnd(shape)) / stretch(shape));
}

function contentEnd({ rows, rowHeight, viewportHeight }: ListShape): number {
  return Math.max(0, rows * rowHeight - viewportHeight);
}

/** Px of rows for one px of scrolling. */
function stretch(shape: ListShape): number {
  const full = shape.rows * shape.rowHeight;
  return full <= MAX_SCROLL_PX ? 1 : contentEnd(shape) / (MAX_SCROLL_PX - shape.viewportHeight);
}

/** px. In a list narrower than this a row has two lines, so that nothing of it is left out. */
export const NARROW_BELOW = 740;

/** px. A list as wide as this has columns for kind, tempo, key and loudness. */
export const WIDE_FROM = 1060;

/** @param rowHeight of one line, px @returns px of a row of two */
export function twoLines(rowHeight: number): number {
  return rowHeight + 16;
}
