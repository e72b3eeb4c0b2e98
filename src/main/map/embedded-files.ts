/** Which files a model has analysed, and one mean embedding for each file. */
import type { StoredEmbeddings } from '../catalogue/open-embeddings.ts';
import type { SpaceFile } from '../catalogue/stores/spaces.ts';
import { decodeInto, float16Bits } from '../vectors/float16-dot.ts';

/** Rows read at a time: a few ms. */
const PAGE = 5000;

export type EmbeddedFiles = ReturnType<typeof embeddedFiles>;

/** @param spaceId of the model; @param dim of its embeddings */
export function embeddedFiles(
  { spaces, windows }: Pick<StoredEmbeddings, 'spaces' | 'windows'>,
  spaceId: number,
  dim: number,
) {
  const one = new Float32Array(dim);

  return {
    /** By id, some thousands at a time; between two pages others may use the database. */
    *pages(): Generator<SpaceFile[], void, undefined> {
      for (let after = 0; ;) {
        const page = spaces.filesAfter(spaceId, after, PAGE);
        yield page;
        if (page.length < PAGE) return;
        after = page.at(-1)!.fileId;
      }
    },
    /** Silent files have been analysed and have no embedding to place them by. */
    hasSound: (fileId: number): boolean => windows.hasAny(fileId, spaceId),
    /** Whether there is anything to draw. */
    any: (): boolean => windows.anyIn(spaceId),
    /**
     * The mean of a file's windows, L2 norm 1.
     * @param into Float32Array; `dim` values beginning at `at` are written
     * @returns false when there is none, or it has no direction
     */
    readMean(fileId: number, into: Float32Array, at: number): boolean {
      into.fill(0, at, at + dim);
      for (const blob of windows.embeddings(fileId, spaceId)) {
        if (blob.byteLength !== 2 * dim) continue;
        decodeInto(float16Bits(blob), 0, one, 0, dim);
        for (let i = 0; i < dim; i++) into[at + i]! += one[i]!;
      }
      let squares = 0;
      for (let i = at; i < at + dim; i++) squares += into[i]! ** 2;
      const norm = Math.sqrt(squares);
      if (!(norm > 1e-6 && Number.isFinite(norm))) return false; // NaN fails the comparison, too
      for (let i = at; i < at + dim; i++) into[i]! /= norm;
      return true;
    },
  };
}
