/** What is asked before a model is fetched, removed, taken into use too early, or added to the one in use: one sheet at a time. */
import type { KnownModel, ModelMove, SearchCost } from '../../../shared/calls/models.ts';
import type { ModelStatus } from '../../../shared/types.ts';
import type { App } from '../../stores/app.svelte.ts';
import { perApp } from '../../stores/per-app.ts';
import type { Removal } from './move-words.ts';

/** As things stood when it was asked. */
export type ModelSheet =
  | { ask: 'fetch'; known: KnownModel }
  | { ask: 'remove'; pack: ModelStatus; removal: Removal }
  | { ask: 'use-now'; move: ModelMove }
  | { ask: 'combine'; pack: ModelStatus; cost: SearchCost };

export const modelSheetsOf = perApp((app) => new ModelSheets(app));

export class ModelSheets {
  readonly #app: App;
  #last = $state.raw<ModelSheet | null>(null);

  constructor(app: App) {
    this.#app = app;
  }

  /** null when none lies over the screen. */
  get open(): ModelSheet | null {
    return this.#app.overlay === 'model' ? this.#last : null;
  }
  show(sheet: ModelSheet): void {
    this.#last = sheet;
    this.#app.show('model');
  }
  close(): void {
    if (this.#app.overlay === 'model') this.#app.show(null);
  }
}
