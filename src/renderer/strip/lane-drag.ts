/** Selecting in the lanes by the pointer: a drag makes a range or moves one of its edges, which settle when it ends. */
import type { App } from '../stores/app.svelte.ts';
import type { LanesFile } from '../stores/lanes.svelte.ts';
import { settledEdge } from './edges.ts';
import { rangeBetween, type Edge } from './time-range.ts';
import { pixelOf, sampleAt, type View } from './view.ts';

/** Less is a click, CSS px. */
const LEAST_DRAG_PX = 3;
/** So near an edge it is taken. */
const EDGE_PX = 5;
/** So far an edge may settle from where it was put. */
const SNAP_PX = 8;

interface Drag {
  /** Where the pointer went down, px. */
  from: number;
  /** The edge that stays, samples. */
  fixed: number;
  /** Whether it stays as it is, being an edge already. */
  isSettled: boolean;
  to: number;
  moved: boolean;
}

export class LaneDrag {
  readonly #app: App;
  #drag: Drag | null = null;

  constructor(app: App) {
    this.#app = app;
  }

  /** The edge of the selection under a pixel of the lanes. */
  edgeAt(pixel: number): Edge | null {
    const { range } = this.#app.timeSelection;
    const { view, width } = this.#app.lanes;
    if (range === null || view === null) return null;
    const away = (sample: number) => Math.abs(pixelOf(view, sample, width) - pixel);
    const [start, end] = [away(range.startSample), away(range.endSample)];
    if (Math.min(start, end) > EDGE_PX) return null;
    return start < end ? 'start' : 'end';
  }

  /** @param extends_ the nearer edge of the selection moves here */
  begin(pixel: number, extends_: boolean): void {
    const found = this.#lanes();
    if (found === null) return;
    const { range } = this.#app.timeSelection;
    const at = sampleAt(found.view, pixel, found.width);
    const edge = this.edgeAt(pixel) ?? (extends_ && range !== null ? nearerEdge(range, at) : null);
    this.#drag =
      edge === null || range === null
        ? { from: pixel, fixed: at, isSettled: false, to: at, moved: false }
        : { from: pixel, fixed: edge === 'start' ? range.endSample : range.startSample, isSettled: true, to: at, moved: extends_ }; // prettier-ignore
    if (this.#drag.moved) this.#show(found.file);
  }

  move(pixel: number): void {
    const found = this.#lanes();
    if (found === null || this.#drag === null) return;
    if (Math.abs(pixel - this.#drag.from) >= LEAST_DRAG_PX) this.#drag.moved = true;
    if (!this.#drag.moved) return;
    this.#drag.to = sampleAt(found.view, pixel, found.width);
    this.#show(found.file);
  }

  /** A click plays from there. @param exact edges stay where they were put */
  end(exact: boolean): void {
    const found = this.#lanes();
    const drag = this.#drag;
    this.#drag = null;
    if (drag === null || found === null) return;
    if (!drag.moved) {
      if (!drag.isSettled) void this.#app.player.play(drag.fixed / found.file.sampleRate);
      return;
    }
    if (!exact && this.#app.lanes.look.snap) void this.#settle(drag, found);
  }

  cancel(): void {
    this.#drag = null;
  }

  #show(file: LanesFile): void {
    if (this.#drag !== null) this.#app.timeSelection.set(rangeBetween(file, this.#drag.fixed, this.#drag.to));
  }

  async #settle(drag: Drag, { file, view, width }: { file: LanesFile; view: View; width: number }): Promise<void> {
    const { lanes, player, timeSelection } = this.#app;
    const before = timeSelection.range;
    const tolerance = (SNAP_PX * view.samples) / width;
    const { hit } = player;
    const match = hit === null ? [] : [hit.startSeconds * file.sampleRate, hit.endSeconds * file.sampleRate];
    const settle = (sample: number) => settledEdge(lanes.peaks, file, sample, tolerance, match);
    const [fixed, to] = await Promise.all([drag.isSettled ? drag.fixed : settle(drag.fixed), settle(drag.to)]).catch(
      () => [drag.fixed, drag.to] as const,
    ); // offline or damaged, which the player reports
    const settled = rangeBetween(file, fixed, to);
    // Not where something else was selected meanwhile.
    if (settled !== null && timeSelection.range === before) timeSelection.set(settled);
  }

  #lanes(): { file: LanesFile; view: View; width: number } | null {
    const { file, view, width } = this.#app.lanes;
    return file === null || view === null || width === 0 ? null : { file, view, width };
  }
}

function nearerEdge({ startSample, endSample }: { startSample: number; endSample: number }, at: number): Edge {
  return Math.abs(at - startSample) < Math.abs(at - endSample) ? 'start' : 'end';
}
