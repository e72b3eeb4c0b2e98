/** What a pointer does to a row under review, whichever way it is drawn. */
import type { Review } from './review.svelte.ts';

/** Click, Ctrl-click and Shift-click, as in every list. */
export function clickedRow(event: MouseEvent, review: Review, position: number): void {
  const { selection } = review;
  const list =
    event.currentTarget instanceof HTMLElement ? event.currentTarget.closest<HTMLElement>('[role=grid]') : null;
  if (event.shiftKey) selection.stretch(position);
  else if (event.ctrlKey || event.metaKey) selection.toggle(position);
  else {
    selection.only(position);
    review.selected();
  }
  list?.focus();
}

/** @param seconds where in the sound the waveform was clicked */
export function playFrom(review: Review, position: number, seconds: number): void {
  review.selection.only(position);
  review.play(seconds);
}
