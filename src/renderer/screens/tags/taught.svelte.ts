/** What the user's decisions have taught, tag by tag, and carrying it to another machine. */
import type { OutputToken } from '../../../shared/calls/outputs.ts';
import type { TaughtTag } from '../../../shared/calls/tags.ts';
import type { App } from '../../stores/app.svelte.ts';
import { sentenceOf } from '../../stores/notices.svelte.ts';
import { perApp } from '../../stores/per-app.ts';
import { tagsOf } from '../../stores/tags.svelte.ts';
import { counted } from '../../words/units.ts';

export const taughtOf = perApp((app) => new Taught(app));

export class Taught {
  readonly #app: App;
  #tags = $state.raw<readonly TaughtTag[] | null>(null);
  #problem = $state<string | null>(null);
  #switching = $state<number | null>(null);

  constructor(app: App) {
    this.#app = app;
  }

  /** null before the first answer. */
  get tags(): readonly TaughtTag[] | null {
    return this.#tags;
  }
  get problem(): string | null {
    return this.#problem;
  }
  /** The tag that is being switched; null when none is. */
  get switching(): number | null {
    return this.#switching;
  }

  async refresh(): Promise<void> {
    try {
      this.#tags = await this.#app.client.call('tag.taught', null);
      this.#problem = null;
    } catch (error) {
      this.#problem = sentenceOf(error);
    }
  }

  async use(tag: TaughtTag, inUse: boolean): Promise<void> {
    const { client, notices } = this.#app;
    this.#switching = tag.tagId;
    const now = await notices.attempt(() => client.call('tag.useTaught', { tagId: tag.tagId, inUse }));
    this.#switching = null;
    if (now !== null) this.#tags = this.#tags?.map((one) => (one.tagId === now.tagId ? now : one)) ?? null;
  }

  /** @param path to be shown @returns why not, a sentence; null when it is written */
  async give(output: OutputToken, path: string): Promise<string | null> {
    try {
      const { tags, decisions } = await this.#app.client.call('tag.exportTaught', { output });
      this.#app.notices.say(`${counted(tags, 'tag')} and ${counted(decisions, 'decision')} exported to ${path}.`);
      return null;
    } catch (error) {
      return sentenceOf(error);
    }
  }

  /** @param path absolute @returns why not, a sentence; null when it is taken in */
  async take(path: string): Promise<string | null> {
    try {
      const { tags, decisions } = await this.#app.client.call('tag.importTaught', { path });
      this.#app.notices.say(`${counted(tags, 'tag')} and ${counted(decisions, 'decision')} imported.`);
    } catch (error) {
      return sentenceOf(error);
    }
    await Promise.all([this.refresh(), tagsOf(this.#app).refresh()]);
    return null;
  }
}
