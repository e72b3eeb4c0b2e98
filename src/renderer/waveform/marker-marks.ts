/** Which markers of a file are drawn in a view, and how much room the label of each has. Pure. */
import type { Marker } from '../../shared/calls/markers.ts';

/** Closer together they are one mark, CSS px. */
const LEAST_DISTANCE = 2;
const LABEL_GAP = 10;

export interface MarkerMark {
  marker: Marker;
  /** CSS px. */
  at: number;
  /** Of a region, as far as it is in the view; 0 of a point. */
  length: number;
  /** Up to the next mark, or the edge. */
  room: number;
}

/** @param markers in order of time @param x px of a moment; beyond 0..width outside of the view */
export function apartMarks(markers: readonly Marker[], x: (seconds: number) => number, width: number): MarkerMark[] {
  const marks: MarkerMark[] = [];
  if (width <= 0) return marks;
  for (const marker of markers) {
    const start = x(marker.startSeconds);
    const end = marker.endSeconds === null ? start : x(marker.endSeconds);
    if (end < 0 || start > width) continue;
    // A region that began before the view has its label at the edge.
    const at = Math.max(0, start);
    const last = marks.at(-1);
    if (last && at - last.at < LEAST_DISTANCE) continue;
    if (last) last.room = Math.max(0, at - last.at - LABEL_GAP);
    marks.push({
      marker,
      at,
      length: Math.max(0, Math.min(width, end) - at),
      room: Math.max(0, width - at - LABEL_GAP),
    });
  }
  return marks;
}
