/** The model that is searched with beside the one in use. */
import type { SearchCost } from '../../../shared/calls/models.ts';
import type { ModelStatus } from '../../../shared/types.ts';
import type { App } from '../../stores/app.svelte.ts';
import { perApp } from '../../stores/per-app.ts';
import { modelsOf } from './models.svelte.ts';

export const secondModelOf = perApp((app) => new SecondModel(app));

export class SecondModel {
  readonly #app: App;
  #measuring = $state<string | null>(null);

  constructor(app: App) {
    this.#app = app;
  }

  /** Pack id; null: searches have one model. */
  get id(): string | null {
    return this.#app.settings.now.alsoModel;
  }
  /** Id of the pack whose cost is being measured; null when none is. */
  get measuring(): string | null {
    return this.#measuring;
  }

  /** What it costs on this machine. @returns null when it cannot be measured, which has been said then */
  async measure({ id }: ModelStatus): Promise<SearchCost | null> {
    const { client, notices } = this.#app;
    this.#measuring = id;
    const cost = await notices.attempt(() => client.call('model.searchCost', { id }));
    this.#measuring = null;
    return cost;
  }

  /** From the next search on; what is on the screen is asked again. @param id null: one model */
  async use(id: string | null): Promise<void> {
    const { client, notices, search } = this.#app;
    const settings = await notices.attempt(() => client.call('setting.set', { alsoModel: id }));
    if (settings === null) return;
    const names = modelsOf(this.#app);
    const used = names.nameOf(settings.model);
    notices.say(id === null ? `Searches use ${used} alone.` : `Searches use ${used} and ${names.nameOf(id)}.`);
    if (search.isAsking) await search.ask();
  }
}
