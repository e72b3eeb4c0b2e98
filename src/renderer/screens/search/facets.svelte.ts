/** How the files of the search as it stands are spread over tempo, key, kind, loudness and duration. */
import type { FacetKey } from '../../../shared/facets.ts';
import type { App } from '../../stores/app.svelte.ts';
import { sentenceOf } from '../../stores/notices.svelte.ts';
import { perApp } from '../../stores/per-app.ts';

export const facetsOf = perApp((app) => new Facets(app));

export class Facets {
  readonly #app: App;
  #counts = $state.raw<Record<FacetKey, number[]> | null>(null);
  #problem = $state<string | null>(null);
  /** Every window is one asker. */
  readonly #asker = String(Math.random());

  constructor(app: App) {
    this.#app = app;
  }

  /** null before the first answer. */
  get counts(): Record<FacetKey, number[]> | null {
    return this.#counts;
  }
  get problem(): string | null {
    return this.#problem;
  }

  /**
   * What words or a sound have found is counted as it is; otherwise whatever passes the filters, or the library. A question
   * that is asked before the last one is answered replaces it.
   */
  async refresh(): Promise<void> {
    const { client, search } = this.#app;
    const { answer } = search;
    const fileIds = answer?.kind === 'found' && !answer.byFilterAlone ? [...answer.hits.keys()] : null;
    const { text, filters } = search.query;
    const query = { ...(text !== undefined && { text }), ...(filters !== undefined && { filters }) };
    try {
      const counts = await client.call('facet.count', { query, fileIds, asker: this.#asker });
      if (counts === null) return;
      this.#counts = counts;
      this.#problem = null;
    } catch (error) {
      this.#problem = sentenceOf(error);
    }
  }
}
