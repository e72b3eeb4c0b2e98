/** New files on a map that is there: each goes where those are that sound most like it. */
import type { VectorIndex } from '../index/vector-index.ts';
import { separate } from './fit-square.ts';
import type { EmbeddedFiles } from './embedded-files.ts';
import type { Arranged } from './protocol.ts';

/** Neighbours that a place is taken from. */
const NEIGHBOURS = 8;
/** Windows asked for at first: several may be of one file, or of files that are not on the map. */
const WINDOWS = 64;
/** Neighbours further from the nearest one than this, on the map, belong to something else: they would pull it out of its family. */
const FAMILY = 0.15;
/** A neighbour this much less alike (cosine) counts a third. */
const FADING = 0.03;

/** What it takes to find a place. */
export interface PlacingDeps {
  embedded: EmbeddedFiles;
  index: VectorIndex;
  dim: number;
}

/** A map that grows. */
export class GrowingMap {
  readonly #fileIds: number[];
  readonly #doneMs: number[];
  readonly #places: number[];
  readonly #rowOf: Map<number, number>;
  readonly #before: number;

  /** @param map its files stay where they are */
  constructor({ fileIds, doneMs, places }: Arranged) {
    this.#fileIds = Array.from(fileIds);
    this.#doneMs = Array.from(doneMs);
    this.#places = Array.from(places);
    this.#rowOf = new Map(this.#fileIds.map((id, row) => [id, row]));
    this.#before = fileIds.length;
  }

  /** Files placed by {@link place}. */
  get added(): number {
    return this.#fileIds.length - this.#before;
  }

  /** @returns false when the file has no sound to place it by */
  async place(fileId: number, doneMs: number, deps: PlacingDeps): Promise<boolean> {
    const mean = new Float32Array(deps.dim);
    if (!deps.embedded.readMean(fileId, mean, 0)) return false;
    const [x, y] = placeBy(await this.#nearest(fileId, mean, deps.index));
    this.#rowOf.set(fileId, this.#fileIds.length);
    this.#fileIds.push(fileId);
    this.#doneMs.push(doneMs);
    this.#places.push(x, y);
    return true;
  }

  /** The map as it is now. Only new points are moved a little where they would hide each other. */
  finished(): Arranged {
    const places = Float32Array.from(this.#places);
    separate(places, this.#before);
    return { fileIds: Int32Array.from(this.#fileIds), doneMs: Float64Array.from(this.#doneMs), places };
  }

  /** The files on the map that sound most like it, best first. None only when the map is empty. */
  async #nearest(fileId: number, mean: Float32Array, index: VectorIndex): Promise<NearPlace[]> {
    for (let k = WINDOWS; ; k *= 8) {
      const { fileIds, cosines } = await index.search(mean, k);
      const best = new Map<number, NearPlace>();
      for (const [i, id] of fileIds.entries()) {
        const row = this.#rowOf.get(id);
        if (row === undefined || id === fileId || best.has(id) || best.size === NEIGHBOURS) continue;
        best.set(id, { x: this.#places[2 * row]!, y: this.#places[2 * row + 1]!, cosine: cosines[i]! });
      }
      if (best.size > 0 || fileIds.length < k) return [...best.values()];
    }
  }
}

/** A neighbour on the map. */
export interface NearPlace {
  x: number;
  y: number;
  /** −1..1 */
  cosine: number;
}

/**
 * The mean place of those neighbours that stand near the first, weighted by how alike they are.
 * @param neighbours best first; the middle of the map when there are none
 */
export function placeBy(neighbours: readonly NearPlace[]): [x: number, y: number] {
  const [first] = neighbours;
  if (!first) return [0, 0];
  let [x, y, weights] = [0, 0, 0];
  for (const near of neighbours) {
    if (Math.hypot(near.x - first.x, near.y - first.y) > FAMILY) continue;
    const weight = Math.exp((near.cosine - first.cosine) / FADING);
    x += weight * near.x;
    y += weight * near.y;
    weights += weight;
  }
  return [x / weights, y / weights];
}
