/** The lanes of the player: what they are of, which part of it they show, and how. */
import type { Client } from '../../shared/contract.ts';
import { TILE_PARTS } from '../strip/columns.ts';
import { TILE_COLUMNS } from '../strip/spectrogram.ts';
import { FileTiles } from './file-tiles.svelte.ts';
import type { FileCache } from './file-cache.svelte.ts';
import type { Player, Span } from './player.svelte.ts';
import type { TimeSelection } from './time-selection.svelte.ts';
import { rangeBetween, type Edge, type FileLength, type TimeRange } from '../strip/time-range.ts';
import { trimmed } from '../strip/trim.ts';
import * as views from '../strip/view.ts';
import type { View } from '../strip/view.ts';

export interface LanesFile extends FileLength {
  channels: number;
}

const KEY = 'earmark.lanes';
/** A lower window has no room for them beside a list, unless somebody wants them, px. */
const OPEN_FROM_HEIGHT = 700;
const ZOOM_STEP = 2;
/** A tile of stereo takes 16 KiB. */
const KEPT_PEAKS = 1_000;
/** A tile takes 10 KiB. */
const KEPT_SPECTRA = 1_000;

interface Look {
  open: boolean;
  decibels: boolean;
  /** Frequencies over time instead of the wave. */
  spectrogram: boolean;
  /** A quiet file fills its lanes. */
  filled: boolean;
  /** Edges of a selection settle where a sound begins and on zero crossings. */
  snap: boolean;
}

export class Lanes {
  /** Float32Array[parts · channels · 2] a tile, as the call `file.peaks` has them. */
  readonly peaks: FileTiles<Float32Array>;
  /** Uint8Array[columns · SPECTRUM_BANDS] a tile. */
  readonly spectra: FileTiles<Uint8Array>;
  readonly #player: Player;
  readonly #selection: TimeSelection;
  #look = $state.raw<Look>(keptLook());
  #own = $state.raw<{ fileId: number; view: View } | null>(null);
  /** CSS px; the lanes say it as long as they are there. */
  #width = $state(0);
  readonly #file: LanesFile | null;

  constructor(client: Client, files: FileCache, player: Player, selection: TimeSelection) {
    this.peaks = new FileTiles(async ({ fileId, samplesEach, index }) => {
      const place = { fileId, samplesEach, startSample: index * TILE_PARTS * samplesEach };
      const found = await client.call('file.peaks', { ...place, parts: TILE_PARTS });
      return found === null ? null : new Float32Array(bytesOf(found.data).buffer);
    }, KEPT_PEAKS);
    this.spectra = new FileTiles(async ({ fileId, samplesEach, index }) => {
      const place = { fileId, samplesEach, startSample: index * TILE_COLUMNS * samplesEach };
      return bytesOf((await client.call('file.spectrum', { ...place, columns: TILE_COLUMNS })).data);
    }, KEPT_SPECTRA);
    this.#player = player;
    this.#selection = selection;
    this.#file = $derived.by(() => {
      const row = player.fileId === null ? null : files.row(player.fileId);
      if (row === null) return null;
      const { fileId, sampleRate, channels, durationSeconds } = row;
      return { fileId, sampleRate, channels, numberOfSamples: Math.max(1, Math.round(durationSeconds * sampleRate)) };
    });
  }

  /** null while nothing is in the player, or not known yet */
  get file(): LanesFile | null {
    return this.#file;
  }
  get look(): Look {
    return this.#look;
  }
  get width(): number {
    return this.#width;
  }
  set width(pixels: number) {
    this.#width = pixels;
  }

  /** null without a file */
  get view(): View | null {
    if (this.#file === null) return null;
    return this.#own?.fileId === this.#file.fileId ? this.#own.view : views.wholeFile(this.#file.numberOfSamples);
  }
  get isWhole(): boolean {
    const { view, file } = this;
    return view === null || file === null || views.isWhole(view, file.numberOfSamples);
  }

  /** s; null while it is the whole file */
  get shown(): Span | null {
    const { view, file } = this;
    if (view === null || file === null || this.isWhole) return null;
    return {
      startSeconds: view.startSample / file.sampleRate,
      endSeconds: (view.startSample + view.samples) / file.sampleRate,
    };
  }

  /** Files that changed on the disk. */
  forget(): void {
    this.peaks.forget();
    this.spectra.forget();
  }

  setLook(changes: Partial<Look>): void {
    this.#look = { ...this.#look, ...changes };
    localStorage.setItem(KEY, JSON.stringify(this.#look));
  }

  /** @param factor more than 1 shows less @param anchor share of the view that stays; the playhead or the middle if left out */
  zoom(factor: number, anchor?: number): void {
    const { view, file } = this;
    if (view === null || file === null) return;
    const head = (this.#player.position * file.sampleRate - view.startSample) / view.samples;
    const fixed = anchor ?? (head >= 0 && head <= 1 ? head : 0.5);
    this.#show(views.zoomed(view, factor, fixed, file.numberOfSamples));
  }
  zoomIn(): void {
    this.zoom(ZOOM_STEP);
  }
  zoomOut(): void {
    this.zoom(1 / ZOOM_STEP);
  }

  /** @param share of what is shown */
  scroll(share: number): void {
    const { view, file } = this;
    if (view !== null && file !== null) this.#show(views.scrolled(view, share, file.numberOfSamples));
  }

  zoomTo({ startSeconds, endSeconds }: Span): void {
    const { file } = this;
    if (file === null) return;
    const span = { startSample: startSeconds * file.sampleRate, endSample: endSeconds * file.sampleRate };
    this.#show(views.zoomedTo(span, file.numberOfSamples));
  }

  /** The match becomes what is selected, and is shown: playback may have turned the page meanwhile. */
  selectMatch(): void {
    const range = this.#matchRange;
    if (range === null) return;
    this.#selection.set(range);
    this.#reveal(range);
  }

  get #matchRange(): TimeRange | null {
    const { file } = this;
    const { hit } = this.#player;
    if (file === null || hit === null) return null;
    return rangeBetween(file, hit.startSeconds * file.sampleRate, hit.endSeconds * file.sampleRate);
  }

  /**
   * Shortens the selection, or the match, to the sound that stands out in it.
   * @returns false where none does @throws when the file cannot be read
   */
  async trim(): Promise<boolean> {
    const { file } = this;
    const range = this.#selection.range ?? this.#matchRange;
    if (file === null || range === null) return false;
    const before = this.#selection.range;
    const found = await trimmed(this.peaks, file, range);
    // Not where something else was selected meanwhile, or another file is in the player.
    if (found === null || this.#selection.range !== before || this.#file?.fileId !== file.fileId) return found !== null;
    this.#selection.set(found);
    this.#reveal(found);
    return true;
  }

  /** Brought into the middle where it is not in view as a whole; zoomed to where it is longer than the view. */
  #reveal({ startSample, endSample, sampleRate }: TimeRange): void {
    const { view, file } = this;
    if (view === null || file === null) return;
    if (views.isInView(view, startSample) && views.isInView(view, endSample)) return;
    if (endSample - startSample > view.samples)
      this.zoomTo({ startSeconds: startSample / sampleRate, endSeconds: endSample / sampleRate }); // prettier-ignore
    else this.#show(views.centredOn(view, (startSample + endSample) / 2, file.numberOfSamples));
  }

  /** The playhead becomes an edge; without a selection, the other one is the end of the file on that side. */
  setEdgeHere(edge: Edge): void {
    const { file } = this;
    if (file === null) return;
    const here = this.#player.position * file.sampleRate;
    const { range } = this.#selection;
    const other = edge === 'start' ? (range?.endSample ?? file.numberOfSamples) : (range?.startSample ?? 0);
    const isBeyond = edge === 'start' ? here >= other : here <= other;
    const end = edge === 'start' ? file.numberOfSamples : 0;
    this.#selection.set(rangeBetween(file, here, isBeyond ? end : other));
  }

  /** By a pixel of the lanes, a sample at least. @param direction −1 or 1 */
  nudge(edge: Edge, direction: number): void {
    const { file, view } = this;
    const { range } = this.#selection;
    if (file === null || view === null || range === null) return;
    const step = Math.max(1, Math.round(view.samples / Math.max(1, this.#width)));
    this.#selection.moveEdge(edge, range[`${edge}Sample`] + direction * step, file);
  }

  /** To the selection, or to the match; back to the whole file when it shows that already. */
  zoomToWhatMatters(): void {
    const span = this.#selection.span ?? this.#player.hit;
    const before = this.view;
    if (span !== null) this.zoomTo(span);
    const after = this.view;
    const same = before !== null && after !== null && before.startSample === after.startSample && before.samples === after.samples; // prettier-ignore
    if (span === null || same) this.showWhole();
  }

  showWhole(): void {
    this.#own = null;
  }

  /** What is under the pointer in the overview comes into the middle. */
  centre(seconds: number): void {
    const { view, file } = this;
    if (view === null || file === null || this.isWhole) return;
    if (!views.isInView(view, seconds * file.sampleRate))
      this.#show(views.centredOn(view, seconds * file.sampleRate, file.numberOfSamples));
  }

  /** The playhead moved, s. */
  follow(before: number, now: number): void {
    const { view, file } = this;
    if (view === null || file === null || this.isWhole) return;
    const next = views.followed(view, before * file.sampleRate, now * file.sampleRate, file.numberOfSamples);
    if (next !== view) this.#show(next);
  }

  #show(view: View): void {
    if (this.#file === null) return;
    this.peaks.forgetWishes();
    this.spectra.forgetWishes();
    this.#own = views.isWhole(view, this.#file.numberOfSamples) ? null : { fileId: this.#file.fileId, view };
  }
}

function keptLook(): Look {
  const before: Look = {
    open: window.innerHeight >= OPEN_FROM_HEIGHT,
    decibels: false,
    spectrogram: false,
    filled: false,
    snap: true,
  };
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Record<keyof Look, unknown>>;
    for (const name of Object.keys(before) as (keyof Look)[]) {
      if (typeof kept[name] === 'boolean') before[name] = kept[name];
    }
  } catch {
    // Not of our making: as if nothing had been kept.
  }
  return before;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
}
