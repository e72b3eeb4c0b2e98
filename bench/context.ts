/** What every section of the benchmark is given. */
import type { ModelPack } from '../src/main/packs/pack.ts';
import type { Row } from './table.ts';

export interface BenchContext {
  /** Sizes that only show that the harness works; their figures are not compared with targets. */
  quick: boolean;
  /** The user's own sounds, to be indexed beside the generated ones; absolute. */
  ownFolder: string | null;
  /** Kept between runs: generated sounds and catalogues, each under a name that says what it was made from. */
  cacheFolder: string;
  /** Of this run, empty at its beginning and removed at its end. */
  workFolder: string;
  pack: ModelPack;
  /** Reports progress. */
  say: (message: string) => void;
}

export type Section = (context: BenchContext) => Promise<Row[]>;

/** Files in the generated catalogues, smallest first. */
export function librarySizes({ quick }: BenchContext): [number, ...number[]] {
  return quick ? [300] : [1000, 10_000, 100_000];
}

export function largestLibrary(context: BenchContext): number {
  return librarySizes(context).at(-1)!;
}
