/** How much of the library a search can find, counted now and then. */
import type { Coverage, TotalStore } from '../catalogue/stores/totals.ts';

/** Beyond this many windows nothing depends on their number (relevance.ts `standingZ`). */
const COUNT_WINDOWS_TO = 25_000;
/** While somebody types, the share of the library that has been analysed need not be counted at every key. */
const KEPT_MS = 1000;

export class CoverageCount {
  readonly #totals: Pick<TotalStore, 'coverage'>;
  readonly #spaceId: number;
  #counted: { at: number; coverage: Coverage } | null = null;

  constructor(totals: Pick<TotalStore, 'coverage'>, spaceId: number) {
    this.#totals = totals;
    this.#spaceId = spaceId;
  }

  /**
   * At most a second old; "nothing yet" is never remembered.
   * @param anew counted again, whatever is remembered
   */
  now(anew = false): Coverage {
    const now = performance.now();
    if (anew || !this.#counted?.coverage.windows || now - this.#counted.at > KEPT_MS) {
      this.#counted = { at: now, coverage: this.#totals.coverage(this.#spaceId, COUNT_WINDOWS_TO) };
    }
    return this.#counted.coverage;
  }
}
