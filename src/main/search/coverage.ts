/** How much of the library a search can find, counted when something changed, and then only now and then. */
import type { DataVersion } from '../catalogue/data-version.ts';
import type { Coverage, TotalStore } from '../catalogue/stores/totals.ts';

/** Beyond this many windows nothing depends on their number (relevance.ts `standingZ`). */
const COUNT_WINDOWS_TO = 25_000;
/** While files are being analysed, what changes at every moment need not be counted at every key. */
const KEPT_MS = 1000;

export class CoverageCount {
  readonly #totals: Pick<TotalStore, 'coverage'>;
  readonly #spaceId: number;
  readonly #version: DataVersion;
  #counted: { at: number; version: string; coverage: Coverage } | null = null;

  constructor(totals: Pick<TotalStore, 'coverage'>, version: DataVersion, spaceId: number) {
    this.#totals = totals;
    this.#version = version;
    this.#spaceId = spaceId;
  }

  /**
   * What is true now, or was within the last second; "nothing yet" is never remembered.
   * @param anew counted again, whatever is remembered
   */
  now(anew = false): Coverage {
    const version = this.#version();
    const at = performance.now();
    const known = this.#counted;
    if (!anew && known?.coverage.windows && (known.version === version || at - known.at <= KEPT_MS))
      return known.coverage;
    const coverage = this.#totals.coverage(this.#spaceId, COUNT_WINDOWS_TO);
    this.#counted = { at, version, coverage };
    return coverage;
  }
}
