/**
 * The range that is selected in the file in the player: what loops, is exported and dragged. There is one at most.
 *
 * `range` is exact: indexes of samples at the file's own rate, the end exclusive. `span` is the same in seconds,
 * `startSample / sampleRate` and `endSample / sampleRate`. Both are null when nothing is selected; another file in the
 * player has nothing selected. Which rows of a list are selected is in selection.svelte.ts.
 */
import { secondsOf, withEdge, type Edge, type FileLength, type TimeRange } from '../strip/time-range.ts';
import type { Span } from './player.svelte.ts';

export class TimeSelection {
  #range = $state.raw<TimeRange | null>(null);
  readonly #span = $derived(this.#range && secondsOf(this.#range));

  get range(): TimeRange | null {
    return this.#range;
  }

  /** s, in the same file */
  get span(): Span | null {
    return this.#span;
  }

  /** @param range as `rangeBetween` gives it; null selects nothing */
  set(range: TimeRange | null): void {
    this.#range = range;
  }

  /** @param sample where it goes; not beyond the other edge, nor out of the file */
  moveEdge(edge: Edge, sample: number, file: FileLength): void {
    if (this.#range?.fileId === file.fileId) this.#range = withEdge(this.#range, edge, sample, file);
  }

  /** Another file is in the player: what was selected in an older one is no longer. */
  fileLoaded(fileId: number): void {
    if (this.#range?.fileId !== fileId) this.#range = null;
  }
}
