/**
 * Search over the windows of one embedding space. The catalogue is the truth: the table of places mirrors it, the
 * graph holds a prefix of that table (window ids only grow), and rows behind the prefix are compared one by one
 * until they are put in. So every answer is complete at any time, also while a damaged index is built again.
 */
import type { WindowStore } from '../catalogue/stores/windows.ts';
import { BackgroundSample } from './background-sample.ts';
import { EmbeddingStore } from './embedding-store.ts';
import { dot } from '../vectors/float16-dot.ts';
import { HnswGraph } from './hnsw-graph.ts';
import { loadIndex, saveIndex, type SavedIndex } from './index-file.ts';
import { PlaceTable } from './place-table.ts';
import type { Background, FileLevels, Opened, Synced, WindowMatches } from './protocol.ts';
import { ownLevels, TAKE_FROM_WINDOWS } from './own-levels.ts';
import { TopK } from '../vectors/top-k.ts';

/** Up to here comparing every window takes no longer than a few ms, and is exact. */
const EXACT_UP_TO = 5000;
/** A library up to here is searched exactly under any filter. */
const EXACT_FILTERED_UP_TO = 20_000;
/** A filter that passes a smaller share than this is searched exactly: the graph would walk far to find enough. */
const EXACT_SHARE = 0.05;
/** Share of deleted embeddings at which the graph is built anew. */
const REBUILD_AT_DELETED = 0.3;
/** How long embeddings are put in before searches get their turn, ms. */
const SLICE_MS = 15;
/** A long build is saved in between this often, ms: a kill costs no more. */
const SAVE_EVERY_MS = 60_000;
/** Rows read from the catalogue at a time. */
const PAGE = 10_000;

/** What a search is limited to. */
interface RowFilter {
  places: PlaceTable;
  fileIds: Float64Array;
  /** Rows of {@link places}, in order. */
  rows: number[];
  /** 1 for each row of {@link places} that is among them. */
  isIn: Uint8Array;
}

export interface SyncControl {
  cancelled: boolean;
  onProgress: (done: number, total: number) => void;
}

export class SpaceIndex {
  readonly #windows: WindowStore;
  readonly #folder: string;
  readonly #spaceId: number;
  readonly #dim: number;
  readonly #embeddings: EmbeddingStore;
  readonly #sample: BackgroundSample;
  #places = new PlaceTable();
  /** The files that the last search was limited to: while somebody types, each key brings the same ones. */
  #lastFilter: RowFilter | null = null;
  #graph: HnswGraph;
  /** The first rows of the table, those that are in the graph (or broken). */
  #indexed = 0;
  /** Window ids whose embedding is not finite: never found, not in the graph. */
  #broken = new Set<number>();
  #unsaved = false;

  private constructor(windows: WindowStore, folder: string, spaceId: number, dim: number) {
    this.#windows = windows;
    this.#folder = folder;
    this.#spaceId = spaceId;
    this.#dim = dim;
    this.#embeddings = new EmbeddingStore(windows, dim);
    this.#sample = new BackgroundSample(this.#embeddings, dim);
    this.#graph = HnswGraph.empty(dim, 0);
  }

  /**
   * @param windows over a read-only connection of this process's own
   * @param folder where the index is saved
   * @param skipFile leave a saved index alone: it ended the process before
   */
  static async open(
    windows: WindowStore,
    { folder, spaceId, dim, skipFile }: { folder: string; spaceId: number; dim: number; skipFile: boolean },
  ): Promise<{ index: SpaceIndex; opened: Opened }> {
    const index = new SpaceIndex(windows, folder, spaceId, dim);
    index.#readInto(index.#places);
    const saved = skipFile ? 'was damaged' : await loadIndex(folder, spaceId, dim);
    let unusable: string | null = typeof saved === 'string' ? saved : null;
    if (saved !== null && typeof saved !== 'string' && !index.#adopt(saved))
      unusable = 'is from another state of the catalogue';
    const state = unusable ? 'rebuilding' : saved === null ? 'new' : 'loaded';
    const reason = unusable ? `The search index ${unusable} and is being rebuilt from the catalogue.` : null;
    return { index, opened: { count: index.#places.count, indexed: index.#indexed, state, reason } };
  }

  /** Windows that can be found. */
  get count(): number {
    return this.#places.count;
  }

  /** @returns when the index is in step with the catalogue as it was at the beginning, or cancelled, and saved */
  async sync(control: SyncControl): Promise<Synced> {
    const removed = this.#refresh();
    const total = this.#places.count - this.#indexed;
    const first = this.#indexed;
    let lastSaveMs = performance.now();
    let notSaved: string | null = null;
    while (this.#indexed < this.#places.count && !control.cancelled) {
      this.#putIn(performance.now() + SLICE_MS);
      control.onProgress(this.#indexed - first, total);
      await new Promise(setImmediate);
      if (performance.now() - lastSaveMs > SAVE_EVERY_MS) {
        notSaved = await this.#save();
        lastSaveMs = performance.now();
      }
    }
    if (this.#unsaved) notSaved = await this.#save();
    return {
      added: this.#indexed - first,
      removed,
      count: this.#places.count,
      cancelled: this.#indexed < this.#places.count,
      notSaved,
    };
  }

  /**
   * The k windows nearest to a query, best first.
   * @param embedding Float32Array[dim], L2 norm 1
   * @param fileIds only windows of these files; all of them when null
   * @throws RangeError when the embedding does not fit
   */
  search(embedding: Float32Array, k: number, fileIds: Float64Array | null): WindowMatches {
    this.#check(embedding);
    if (!Number.isInteger(k) || k < 0) throw new RangeError(`k is ${k}`);
    const best = new TopK(k);
    const { count } = this.#places;
    const filter = fileIds && this.#rowFilter(fileIds);
    if (this.#isExactCheaper(filter?.rows.length ?? count, filter !== null)) {
      this.#embeddings.score(embedding, this.#places, filter?.rows ?? range(0, count), (row, cosine) =>
        best.offer(row, cosine),
      );
      return this.#matches(best);
    }
    const allows = filter ? (label: number) => filter.isIn[this.#places.rowOf(label)] === 1 : undefined;
    for (const { label, cosine } of this.#graph.search(embedding, k, allows))
      best.offer(this.#places.rowOf(label), cosine);
    const behind = filter ? filter.rows.filter((row) => row >= this.#indexed) : range(this.#indexed, count);
    this.#embeddings.score(embedding, this.#places, behind, (row, cosine) => best.offer(row, cosine));
    return this.#matches(best);
  }

  /** The best window of each of these files, best first; files without windows are missing. Always exact. */
  scoreFiles(embedding: Float32Array, fileIds: Float64Array): WindowMatches {
    this.#check(embedding);
    const bestRow = new Map<number, { row: number; cosine: number }>();
    this.#embeddings.score(embedding, this.#places, this.#places.rowsOfFiles(fileIds), (row, cosine) => {
      const fileId = this.#places.fileId(row);
      const known = bestRow.get(fileId);
      if (cosine > (known?.cosine ?? -Infinity)) bestRow.set(fileId, { row, cosine });
    });
    const best = new TopK(bestRow.size);
    for (const { row, cosine } of bestRow.values()) best.offer(row, cosine);
    return this.#matches(best);
  }

  /** How high the windows of each of these files lie that has many; the others are missing. Always exact. */
  levels(embedding: Float32Array, fileIds: Float64Array): FileLevels[] {
    this.#check(embedding);
    const cosines = new Map<number, number[]>();
    this.#embeddings.score(embedding, this.#places, this.#places.rowsOfFiles(fileIds), (row, cosine) => {
      const fileId = this.#places.fileId(row);
      const known = cosines.get(fileId);
      if (known) known.push(cosine);
      else cosines.set(fileId, [cosine]);
    });
    return [...cosines]
      .filter(([, own]) => own.length >= TAKE_FROM_WINDOWS)
      .map(([fileId, own]) => ({ fileId, ...ownLevels(Float32Array.from(own)) }));
  }

  /** Mean and standard deviation of the cosines to a sample of windows that is the same each time. */
  background(embedding: Float32Array, sample: number): Background {
    this.#check(embedding);
    const { values, windows: taken } = this.#sample.take(this.#places, sample);
    let windows = 0;
    let mean = 0;
    let spread = 0;
    for (let i = 0; i < taken; i++) {
      const cosine = dot(embedding, values, i * this.#dim);
      if (Number.isNaN(cosine)) continue;
      // Welford's way: the sum of squares alone would lose the small differences between cosines.
      const before = cosine - mean;
      mean += before / ++windows;
      spread += before * (cosine - mean);
    }
    return { mean, sd: windows < 2 ? 0 : Math.sqrt(spread / (windows - 1)), windows };
  }

  /**
   * Measured at 512 values: comparing a window takes 0.7 µs from memory and 9 µs from the catalogue; the graph
   * takes 1 ms, and under a filter that passes a share s of the windows about 0.7 ms / s.
   */
  #isExactCheaper(windows: number, filtered: boolean): boolean {
    if (windows <= EXACT_UP_TO) return true;
    const { count } = this.#places;
    if (!filtered || !this.#embeddings.keeps(count)) return false;
    return count <= EXACT_FILTERED_UP_TO || windows < EXACT_SHARE * count;
  }

  #rowFilter(fileIds: Float64Array): RowFilter {
    const { count } = this.#places;
    const last = this.#lastFilter;
    // Rows are only appended to a table, or the table is another one.
    if (last?.places === this.#places && last.isIn.length === count && isEqual(last.fileIds, fileIds)) return last;
    const rows = this.#places.rowsOfFiles(fileIds);
    const isIn = new Uint8Array(count);
    for (const row of rows) isIn[row] = 1;
    this.#lastFilter = { places: this.#places, fileIds, rows, isIn };
    return this.#lastFilter;
  }

  #check(embedding: Float32Array): void {
    if (embedding.length !== this.#dim)
      throw new RangeError(`a query of ${embedding.length} values, expected ${this.#dim}`);
    if (!embedding.every(Number.isFinite)) throw new RangeError('a query with a value that is not finite');
  }

  #matches(best: TopK): WindowMatches {
    const rows = best.sorted();
    return {
      windowIds: Float64Array.from(rows, ({ row }) => this.#places.id(row)),
      fileIds: Float64Array.from(rows, ({ row }) => this.#places.fileId(row)),
      startSeconds: Float64Array.from(rows, ({ row }) => this.#places.startSeconds(row)),
      seconds: Float32Array.from(rows, ({ row }) => this.#places.seconds(row)),
      cosines: Float32Array.from(rows, ({ score }) => score),
    };
  }

  /** Windows that came into the catalogue after the last one of the table. */
  #readInto(places: PlaceTable): void {
    for (;;) {
      const page = this.#windows.placesAfter(this.#spaceId, places.lastId, PAGE);
      places.append(page);
      if (page.length < PAGE) return;
    }
  }

  /** Takes over a saved index if it describes this catalogue. @returns false when it does not; nothing is changed then */
  #adopt({ graph, rows, broken }: SavedIndex): boolean {
    const brokenIds = new Set(broken);
    const gone: number[] = [];
    let row = 0;
    for (let i = 0; i < rows.length; i += 2) {
      const id = rows[i]!;
      // A window below the last saved one that was not saved cannot be: ids only grow. This catalogue is another one.
      if (row < this.#places.count && this.#places.id(row) < id) return false;
      if (row < this.#places.count && this.#places.id(row) === id) {
        // The same id with another time: a restored copy has given the id away a second time.
        if (this.#places.doneMs(row) !== rows[i + 1]) return false;
        row++;
      } else if (!brokenIds.delete(id)) gone.push(id);
    }
    this.#graph = graph;
    this.#indexed = row;
    this.#broken = brokenIds;
    for (const id of gone) graph.markDeleted(id);
    this.#unsaved = gone.length > 0;
    this.#rebuildIfHollow();
    return true;
  }

  /** Reads what changed in the catalogue. @returns how many windows are gone */
  #refresh(): number {
    this.#readInto(this.#places);
    if (this.#windows.count(this.#spaceId) === this.#places.count) return 0;
    const before = this.#places;
    const indexedBefore = this.#indexed;
    const now = new PlaceTable();
    this.#readInto(now);
    this.#places = now;
    this.#embeddings.clear();
    let row = 0;
    for (let old = 0; old < before.count; old++) {
      const id = before.id(old);
      if (row < now.count && now.id(row) === id) row++;
      else if (old < indexedBefore) {
        this.#indexed--;
        if (!this.#broken.delete(id)) this.#graph.markDeleted(id);
        this.#unsaved = true;
      }
    }
    this.#rebuildIfHollow();
    return before.count - row;
  }

  #rebuildIfHollow(): void {
    if (this.#graph.deleted <= REBUILD_AT_DELETED * this.#graph.elements) return;
    this.#startOver();
  }

  /** Everything is searched exactly until it has been put in again. */
  #startOver(): void {
    this.#graph = HnswGraph.empty(this.#dim, this.#places.count);
    this.#indexed = 0;
    this.#broken.clear();
    this.#unsaved = true;
  }

  #putIn(untilMs: number): void {
    // An id that was in the graph before is given away again: the catalogue was restored from an older copy.
    if (this.#places.id(this.#indexed) <= this.#graph.largestLabel) this.#startOver();
    const values = new Float32Array(this.#dim);
    do {
      const id = this.#places.id(this.#indexed);
      if (!this.#embeddings.read(id, values, 0) || !this.#graph.add(id, values, 0)) this.#broken.add(id);
      this.#indexed++;
      this.#unsaved = true;
    } while (this.#indexed < this.#places.count && performance.now() < untilMs);
  }

  /** @returns a sentence when it cannot be saved: the index works all the same */
  async #save(): Promise<string | null> {
    const rows = new Float64Array(2 * this.#indexed);
    for (let row = 0; row < this.#indexed; row++) {
      rows[2 * row] = this.#places.id(row);
      rows[2 * row + 1] = this.#places.doneMs(row);
    }
    try {
      await saveIndex(this.#folder, this.#spaceId, this.#dim, { graph: this.#graph, rows, broken: [...this.#broken] });
      this.#unsaved = false;
      return null;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      const why =
        code === 'ENOSPC'
          ? 'the disk is full'
          : `its folder “${this.#folder}” cannot be written (${code || String(error)})`;
      return `The search index could not be saved: ${why}. It is rebuilt at the next start.`;
    }
  }
}

function* range(from: number, to: number): Generator<number, void, undefined> {
  for (let i = from; i < to; i++) yield i;
}

function isEqual(one: Float64Array, other: Float64Array): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}
