/** The map as it was drawn last, its classes, and what is chosen on it. */
import type { MapColouring, MapLegend } from '../../../shared/calls/map.ts';
import type { App } from '../../stores/app.svelte.ts';
import { sentenceOf } from '../../stores/notices.svelte.ts';
import { perApp } from '../../stores/per-app.ts';
import { bytesOf, float32Of, int32Of } from './base64.ts';
import { WHOLE, type View } from './view.ts';

export interface DrawnMap {
  fileIds: readonly number[];
  /** x, y pairs, −1..1. */
  places: Float32Array;
  /** Analysed, but not on the map. */
  missing: number;
  madeMs: number;
}

/** Of points that are in none of the classes. */
export const NO_CLASS = 255;

export interface Classes {
  names: MapLegend['classes'];
  /** Of each point; {@link NO_CLASS} for none. */
  ofPoint: Uint8Array;
}

export const COLOURINGS = [
  ['folder', 'Folder'],
  ['format', 'Format'],
  ['tag', 'Tag'],
  ['kind', 'Kind'],
  ['tempo', 'Tempo'],
  ['key', 'Key'],
] as const satisfies readonly (readonly [MapColouring, string])[];

const COLOURING_KEY = 'earmark.map-colouring';
/** While files are analysed, changes come in bursts. */
const REFRESH_MS = 8_000;

export class MapStore {
  readonly #app: App;
  /** undefined until the first answer; null when none has been drawn. */
  #map = $state.raw<DrawnMap | null | undefined>(undefined);
  #classes = $state.raw<Classes | null>(null);
  #problem = $state<string | null>(null);
  #colouring = $state<MapColouring>(savedColouring());
  #lightClass = $state<number | null>(null);
  #lightHits = $state(true);
  #selected = $state(-1);
  #lassoed = $state.raw<readonly number[]>([]);
  #asked = 0;
  #open = false;
  #refreshing: ReturnType<typeof setTimeout> | undefined;
  /** Kept while another screen is shown. */
  view = $state.raw<View>(WHOLE);

  constructor(app: App) {
    this.#app = app;
    const { client } = app;
    client.on('job.progress', ({ kind, state }) => {
      if (kind === 'map' && state === 'done') this.#refreshSoon(0);
    });
    client.on('catalogue.changed', () => this.#refreshSoon(REFRESH_MS));
    client.on('root.changed', () => this.#refreshSoon(REFRESH_MS));
    client.on('setting.changed', () => this.#refreshSoon(REFRESH_MS)); // another model has another map
  }

  get map(): DrawnMap | null | undefined {
    return this.#map;
  }
  /** null until they have come. */
  get classes(): Classes | null {
    return this.#classes;
  }
  /** Why there is no map to show, a sentence. */
  get problem(): string | null {
    return this.#problem;
  }
  get colouring(): MapColouring {
    return this.#colouring;
  }
  /** The highlighted class; null for all of them. */
  get lightClass(): number | null {
    return this.#lightClass;
  }
  /** What the current search found stands out. */
  get lightHits(): boolean {
    return this.#lightHits;
  }
  /** A point; −1 for none. While the window's selection is of the map, that: the player's buttons move it, too. */
  get selected(): number {
    const { selection } = this.#app;
    return selection.ids === this.#map?.fileIds ? selection.current : this.#selected;
  }
  /** Points inside the lasso, in their order. */
  get lassoed(): readonly number[] {
    return this.#lassoed;
  }

  /** The screen is shown from now on. @returns to be called when it is not any more */
  open(): () => void {
    this.#open = true;
    void this.load();
    return () => {
      this.#open = false;
      // The list of the Search screen is what is selected from there; the file stays so where it is in it.
      this.#app.selection.show(this.#app.search.answer?.ids ?? []);
    };
  }

  async load(): Promise<void> {
    clearTimeout(this.#refreshing);
    this.#refreshing = undefined;
    const mine = ++this.#asked;
    try {
      const map = await this.#app.client.call('map.get', null);
      if (mine !== this.#asked) return;
      this.#problem = null;
      this.#show(
        map && {
          fileIds: [...int32Of(map.fileIds)],
          places: float32Of(map.places),
          missing: map.missing,
          madeMs: map.madeMs,
        },
      );
      if (map !== null) await this.#loadClasses(mine);
    } catch (error) {
      if (mine === this.#asked) this.#problem = sentenceOf(error);
    }
  }

  /** @param anew all of it, instead of adding what is missing */
  async make(anew: boolean): Promise<void> {
    await this.#app.notices.attempt(() => this.#app.client.call('map.make', { anew }));
  }

  async pauseOrResume(): Promise<void> {
    const job = this.#app.jobs.drawing;
    if (job === null) return;
    const call = job.state === 'paused' ? 'job.resume' : 'job.pause';
    await this.#app.notices.attempt(() => this.#app.client.call(call, job.id));
  }

  async cancel(): Promise<void> {
    const job = this.#app.jobs.drawing;
    if (job !== null) await this.#app.notices.attempt(() => this.#app.client.call('job.cancel', job.id));
  }

  light(number: number | null): void {
    this.#lightClass = number;
  }

  setLightHits(light: boolean): void {
    this.#lightHits = light;
  }

  colourBy(colouring: MapColouring): void {
    this.#colouring = colouring;
    this.#lightClass = null;
    localStorage.setItem(COLOURING_KEY, colouring);
    void this.#app.notices.attempt(() => this.#loadClasses(this.#asked));
  }

  /** Into the panel, and into the player. @param play also when moving the selection is silent */
  select(point: number, play = false): void {
    const fileId = this.#map?.fileIds[point];
    if (this.#map === null || this.#map === undefined || fileId === undefined) {
      this.#selected = -1;
      return;
    }
    this.#selected = point;
    this.#app.selection.show(this.#map.fileIds);
    this.#app.selection.only(point);
    this.#app.detail.show(fileId);
    if (play || this.#app.settings.now.playOnSelect) this.#app.playFile(fileId);
  }

  /** Plays a point that is only pointed at. */
  audition(point: number): void {
    const fileId = this.#map?.fileIds[point];
    if (fileId !== undefined && this.#app.settings.now.playOnSelect) this.#app.playFile(fileId);
  }

  /** @param points in their order; @param add to those that are chosen already */
  lasso(points: readonly number[], add: boolean): void {
    this.#lassoed = add ? [...new Set([...this.#lassoed, ...points])].sort((a, b) => a - b) : points;
  }

  /** The chosen sounds as a list of the Search screen. */
  showInSearch(): void {
    const ids = this.#lassoed.map((point) => this.#map!.fileIds[point]!);
    this.#app.search.give({ fileIds: ids, from: 'the map' });
    this.#app.goTo('search');
  }

  /** Points keep their choice by their files: their positions may be others now. */
  #show(map: DrawnMap | null): void {
    const before = this.#map;
    const fileOf = (point: number) => before?.fileIds[point];
    const pointOf = new Map((map?.fileIds ?? []).map((id, point) => [id, point]));
    const moved = (point: number) => pointOf.get(fileOf(point) ?? -1) ?? -1;
    // What was selected in a list before is found on the map.
    const fileId = fileOf(this.selected) ?? this.#app.selection.fileId ?? -1;
    const selected = pointOf.get(fileId) ?? -1;
    const lassoed = this.#lassoed.map(moved).filter((point) => point >= 0);
    if (map?.fileIds.length !== before?.fileIds.length || map?.madeMs !== before?.madeMs) this.#classes = null;
    this.#map = map;
    this.#selected = selected;
    this.#lassoed = lassoed;
  }

  async #loadClasses(mine: number): Promise<void> {
    const colouring = this.#colouring;
    const legend = await this.#app.client.call('map.legend', colouring);
    if (mine !== this.#asked || colouring !== this.#colouring || !this.#map) return;
    const ofPoint = bytesOf(legend.classOfPoint);
    // The catalogue changed between the two answers: both are asked for again.
    if (ofPoint.length === this.#map.fileIds.length) this.#classes = { names: legend.classes, ofPoint };
    else this.#refreshSoon(REFRESH_MS);
  }

  /** What comes while the screen is not shown is loaded when it is. */
  #refreshSoon(afterMs: number): void {
    if (!this.#open) return;
    if (afterMs === 0) clearTimeout(this.#refreshing);
    else if (this.#refreshing !== undefined) return;
    this.#refreshing = setTimeout(() => void this.load(), afterMs);
  }
}

export const mapStoreOf = perApp((app) => new MapStore(app));

function savedColouring(): MapColouring {
  const saved = localStorage.getItem(COLOURING_KEY);
  return COLOURINGS.find(([colouring]) => colouring === saved)?.[0] ?? 'folder';
}
