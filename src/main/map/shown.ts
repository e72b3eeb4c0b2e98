/** What of a saved map is shown now, and what is missing on it. */
import type { SpaceFile } from '../catalogue/stores/spaces.ts';
import type { EmbeddedFiles } from './embedded-files.ts';
import type { Arranged } from './protocol.ts';

export interface Standing {
  /** Positions in the map of the points that are shown, in its order. */
  shown: number[];
  /** Positions of those that still hold, shown or not: the folder of some may only have been removed for now. */
  valid: number[];
  /** Analysed, not silent, and not on the map. */
  missing: SpaceFile[];
}

/**
 * Compares a map with the catalogue. A point is valid for one analysis: a file that has been analysed again is
 * missing. Takes some hundred ms at 100 000 files, in small pieces between which others get their turn.
 */
export async function standing(map: Arranged, embedded: EmbeddedFiles): Promise<Standing> {
  const rowOf = new Map(Array.from(map.fileIds, (id, row) => [id, row]));
  const result: Standing = { shown: [], valid: [], missing: [] };
  for (const page of embedded.pages()) {
    for (const file of page) {
      const row = rowOf.get(file.fileId);
      if (row !== undefined && map.doneMs[row] === file.doneMs) {
        result.valid.push(row);
        if (file.listed) result.shown.push(row);
      } else if (file.listed && embedded.hasSound(file.fileId)) result.missing.push(file);
    }
    await new Promise(setImmediate);
  }
  return { ...result, shown: result.shown.sort(byNumber), valid: result.valid.sort(byNumber) };
}

/** The points at these positions. */
export function pick(map: Arranged, rows: readonly number[]): Arranged {
  const places = new Float32Array(2 * rows.length);
  for (const [at, row] of rows.entries()) places.set(map.places.subarray(2 * row, 2 * row + 2), 2 * at);
  return {
    fileIds: Int32Array.from(rows, (row) => map.fileIds[row]!),
    doneMs: Float64Array.from(rows, (row) => map.doneMs[row]!),
    places,
  };
}

function byNumber(a: number, b: number): number {
  return a - b;
}
