/** What part of the map is seen. A view is never changed, only replaced. */

export interface View {
  /** The place in the middle, −1..1. */
  x: number;
  y: number;
  /** 1: the whole map fits. */
  zoom: number;
}

export interface Size {
  /** CSS pixels. */
  width: number;
  height: number;
}

export const WHOLE: View = { x: 0, y: 0, zoom: 1 };
const MOST_ZOOM = 400;
/** Room around the whole map. */
const MARGIN_PX = 28;
/** How much of the view a point keeps from its edge when it is walked to. */
const EDGE_SHARE = 0.12;

/** CSS pixels for one unit of the map. */
export function scaleOf({ zoom }: View, { width, height }: Size): number {
  return zoom * Math.max(1, Math.min(width, height) / 2 - MARGIN_PX);
}

export function toScreen(view: View, size: Size, x: number, y: number): [left: number, top: number] {
  const scale = scaleOf(view, size);
  return [size.width / 2 + (x - view.x) * scale, size.height / 2 - (y - view.y) * scale];
}

export function toMap(view: View, size: Size, left: number, top: number): [x: number, y: number] {
  const scale = scaleOf(view, size);
  return [view.x + (left - size.width / 2) / scale, view.y - (top - size.height / 2) / scale];
}

/** The place under (left, top) stays there. @param factor above 1: closer */
export function zoomedAt(view: View, size: Size, left: number, top: number, factor: number): View {
  const zoom = Math.max(1, Math.min(MOST_ZOOM, view.zoom * factor));
  const [x, y] = toMap(view, size, left, top);
  const change = view.zoom / zoom;
  return within({ x: x + (view.x - x) * change, y: y + (view.y - y) * change, zoom });
}

/** @param left, top by how many pixels the map is pulled */
export function panned(view: View, size: Size, left: number, top: number): View {
  const scale = scaleOf(view, size);
  return within({ ...view, x: view.x - left / scale, y: view.y + top / scale });
}

/** The same view if the place is well inside it, else one around the place. */
export function showing(view: View, size: Size, x: number, y: number): View {
  const [left, top] = toScreen(view, size, x, y);
  const inside = (at: number, whole: number) => at > EDGE_SHARE * whole && at < (1 - EDGE_SHARE) * whole;
  return inside(left, size.width) && inside(top, size.height) ? view : within({ ...view, x, y });
}

/** The map cannot be lost out of sight; seen whole, it is in the middle. */
function within({ x, y, zoom }: View): View {
  const free = 1 - 1 / zoom;
  const held = (value: number) => Math.max(-free, Math.min(free, value)) + 0; // never −0
  return { x: held(x), y: held(y), zoom };
}
