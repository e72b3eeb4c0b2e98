/**
 * The library on its way to another model. It is followed for as long as the window lives, whatever screen is shown:
 * that it has ended is said wherever the user is.
 */
import type { ModelMove } from '../../../shared/calls/models.ts';
import type { Settings } from '../../../shared/calls/settings.ts';
import type { LibraryJobProgress, ModelStatus } from '../../../shared/types.ts';
import type { App } from '../../stores/app.svelte.ts';
import { perApp } from '../../stores/per-app.ts';
import { modelsOf, type Models } from './models.svelte.ts';

/** Progress comes ten times a second; counting what is left takes the catalogue longer than that. */
const ASK_AGAIN_MS = 1_000;

export const moveOf = perApp((app) => new Move(app));

export class Move {
  readonly #app: App;
  readonly #models: Models;
  #now = $state.raw<ModelMove | null>(null);
  #choosing = $state<string | null>(null);
  #seen: Pick<Settings, 'model' | 'nextModel'> | null = null;
  #soon: ReturnType<typeof setTimeout> | null = null;
  #latest = 0;

  constructor(app: App) {
    this.#app = app;
    this.#models = modelsOf(app);
    app.client.on('job.progress', ({ kind }) => {
      if (kind === 'index' && (this.#now !== null || app.settings.now.nextModel !== null)) this.#askSoon();
    });
  }

  /** null when the library does not move. */
  get now(): ModelMove | null {
    return this.#now;
  }
  /** Id of the pack that has just been chosen and that the engine has not answered for; null when there is none. */
  get choosing(): string | null {
    return this.#choosing;
  }

  /** The job that analyses with the next model; null when none runs. */
  get job(): LibraryJobProgress | null {
    const { active } = this.#app.jobs;
    return active?.nextModel === undefined ? null : active;
  }

  /** Name of the model that a job analyses with; null when it is the one in use. */
  listenerOf(job: LibraryJobProgress): string | null {
    return job.nextModel === undefined ? null : this.#models.nameOf(job.nextModel);
  }

  /** Name of the model that answers. */
  get answering(): string {
    return this.#models.nameOf(this.#now?.from ?? this.#app.settings.now.model);
  }

  /** Told of the settings whenever they change. */
  follow({ model, nextModel }: Settings): void {
    const before = this.#seen;
    this.#seen = { model, nextModel };
    if (before?.model === model && before.nextModel === nextModel) return;
    if (nextModel !== null || this.#now !== null) void this.refresh();
    const changed = before !== null && before.model !== '' && before.model !== model;
    // Names are needed for what is said; a list that nobody looks at is not asked for otherwise.
    if (nextModel !== null || (changed && this.#models.packs !== null)) void this.#models.refresh();
    if (changed) void this.#app.jobs.refresh(); // it counts what the model in use has analysed
  }

  async refresh(): Promise<void> {
    const mine = ++this.#latest;
    const now = await this.#app.notices.attempt(() => this.#app.client.call('model.move', null));
    if (mine === this.#latest) this.#now = now;
  }

  /** Moves the library to this model, immediately if it has nothing left to analyse. */
  async to({ id }: Pick<ModelStatus, 'id'>): Promise<void> {
    this.#choosing = id;
    await this.#set({ nextModel: id });
    this.#choosing = null;
  }

  /** The next model answers, whatever it has analysed. */
  async useNow(): Promise<void> {
    if (this.#now !== null) await this.#set({ model: this.#now.to });
  }

  /** After its job was stopped. */
  async goOn(): Promise<void> {
    const { client, notices } = this.#app;
    await notices.attempt(() => client.call('model.continueMove', null));
    await this.refresh();
  }

  async stop(): Promise<void> {
    const to = this.#now?.to ?? this.#app.settings.now.nextModel; // the pack may be gone, and the wish still there
    if (to === null) return;
    const [old, next] = [this.answering, this.#models.nameOf(to)];
    const done = await this.#set({ nextModel: null });
    if (done) this.#app.notices.say(`${old} stays in use. Results of ${next} are kept.`);
  }

  /** The engine sends an event when a move has ended; what is set here takes effect at once. */
  async #set(changes: Partial<Settings>): Promise<boolean> {
    const { client, notices, settings } = this.#app;
    const before = settings.now.model;
    const now = await notices.attempt(() => client.call('setting.set', changes));
    if (now === null) return false;
    await Promise.all([this.refresh(), this.#models.refresh()]);
    if (now.model !== before) {
      const [old, used] = [this.#models.nameOf(before), this.#models.nameOf(now.model)];
      notices.say(`${used} is now in use. Results of ${old} are kept until you remove them.`);
    }
    return true;
  }

  #askSoon(): void {
    // While progress keeps coming the first timer still fires: an answer is late, never starved.
    if (this.#soon !== null) return;
    this.#soon = setTimeout(() => {
      this.#soon = null;
      if (this.#app.screen === 'models' && !document.hidden) void this.refresh();
    }, ASK_AGAIN_MS);
  }
}
