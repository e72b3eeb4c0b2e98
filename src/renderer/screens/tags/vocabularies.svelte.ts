/** The vocabularies there are, suggesting by them, and those of the user as they are made and changed. */
import type { OutputToken } from '../../../shared/calls/outputs.ts';
import type { ScoreSummary } from '../../../shared/calls/tags.ts';
import type { VocabularyContent, VocabularyInfo } from '../../../shared/calls/vocabularies.ts';
import type { LibraryJobProgress } from '../../../shared/types.ts';
import { waitForJob } from '../../../shared/jobs.ts';
import type { App } from '../../stores/app.svelte.ts';
import { sentenceOf } from '../../stores/notices.svelte.ts';
import { perApp } from '../../stores/per-app.ts';
import { tagsOf } from '../../stores/tags.svelte.ts';
import type { Undoable } from '../../stores/undo.svelte.ts';
import { scoreEnding } from './tag-words.ts';

/** Where nobody has chosen anything yet. */
const FIRST_CHOICE = 'sfx';
const CHOSEN_KEY = 'earmark.tags.vocabularies';

export const vocabulariesOf = perApp((app) => new Vocabularies(app));

export class Vocabularies {
  readonly #app: App;
  #list = $state.raw<readonly VocabularyInfo[] | null>(null);
  #broken = $state.raw<readonly { path: string; sentences: string[] }[]>([]);
  #problem = $state<string | null>(null);
  /** null: as they have been used so far. */
  #chosen = $state.raw<readonly string[] | null>(storedChoice());
  #jobId = $state<number | null>(null);
  /** Asked for; which job it is has not been said yet. */
  #starting = $state(false);
  #editing = $state.raw<VocabularyContent | null>(null);

  constructor(app: App) {
    this.#app = app;
  }

  /** null before the first answer. */
  get list(): readonly VocabularyInfo[] | null {
    return this.#list;
  }
  get broken(): readonly { path: string; sentences: string[] }[] {
    return this.#broken;
  }
  get problem(): string | null {
    return this.#problem;
  }
  /** Being changed now; its id is new when it is a copy or a new one. */
  get editing(): VocabularyContent | null {
    return this.#editing;
  }
  /** Ids of those that suggest: the ones chosen here, or those that were used before. */
  get chosen(): readonly string[] {
    const all = this.#list ?? [];
    if (this.#chosen !== null) return this.#chosen.filter((id) => all.some((one) => one.id === id));
    const used = all.filter(({ scoredFiles }) => scoredFiles > 0).map(({ id }) => id);
    return used.length > 0 ? used : all.some(({ id }) => id === FIRST_CHOICE) ? [FIRST_CHOICE] : [];
  }
  /** The suggesting that runs now, by whomever it was started; null when none does. */
  get job(): LibraryJobProgress | null {
    const { working } = this.#app.jobs;
    return working?.kind === 'tag' ? working : null;
  }
  get busy(): boolean {
    return this.job !== null || this.#jobId !== null || this.#starting;
  }
  /** Analysed files that have not been scored with the current version of a chosen vocabulary. */
  get behind(): number {
    return (this.#list ?? [])
      .filter(({ id }) => this.chosen.includes(id))
      .reduce((most, { readyFiles, scoredFiles }) => Math.max(most, readyFiles - scoredFiles), 0);
  }
  /** Nothing was ever suggested: everything else is empty until it is. */
  get unused(): boolean {
    return this.#list !== null && this.#list.every(({ scoredFiles }) => scoredFiles === 0);
  }

  async refresh(): Promise<void> {
    try {
      const { vocabularies, broken } = await this.#app.client.call('vocabulary.list', null);
      this.#list = vocabularies;
      this.#broken = broken;
      this.#problem = null;
    } catch (error) {
      this.#problem = sentenceOf(error);
    }
  }

  choose(id: string, used: boolean): void {
    const others = this.chosen.filter((one) => one !== id);
    this.#chosen = used ? [...others, id] : others;
    localStorage.setItem(CHOSEN_KEY, JSON.stringify(this.#chosen));
  }

  nameOf(id: string): string {
    return this.#list?.find((one) => one.id === id)?.name ?? id;
  }

  /** Suggests tags for the whole library by the chosen vocabularies. @param again also where nothing has changed */
  async suggest(again = false): Promise<void> {
    if (this.busy) return;
    const { client, notices } = this.#app;
    const input = { vocabularyIds: [...this.chosen], folders: [], again };
    const retry = () => void this.suggest(again);
    this.#starting = true;
    const jobId = await notices.attempt(() => client.call('tag.score', input), retry);
    this.#starting = false;
    if (jobId === null) return;
    this.#jobId = jobId;
    const summary = await notices.attempt<ScoreSummary>(() => waitForJob(client, jobId, 'tag'), retry);
    this.#jobId = null;
    if (summary !== null) notices.say(scoreEnding(summary));
    await Promise.all([this.refresh(), tagsOf(this.#app).refresh()]);
  }

  async stop(): Promise<void> {
    const id = this.job?.id ?? this.#jobId;
    if (id !== null) await this.#app.notices.attempt(() => this.#app.client.call('job.cancel', id));
  }

  /** Opens one of the user's, or a copy of a shipped one, for changing. */
  async edit(info: VocabularyInfo): Promise<void> {
    const content = await this.#app.notices.attempt(() => this.#app.client.call('vocabulary.get', info.id));
    if (content === null) return;
    this.#editing = info.shipped ? this.#copyOf(content) : content;
  }
  editNew(): void {
    this.#editing = {
      id: this.#freeId('my-tags'),
      name: 'My tags',
      version: 1,
      language: 'en',
      licence: '',
      description: '',
      profile: 'sfx',
      groups: [{ id: 'all', name: 'All', kind: 'multi' }],
      labels: [],
    };
  }
  stopEditing(): void {
    this.#editing = null;
  }

  /** @returns why not, a sentence; null when it is saved */
  async save(content: VocabularyContent): Promise<string | null> {
    try {
      const { name, labels } = await this.#app.client.call('vocabulary.save', content);
      this.#editing = null;
      this.#app.notices.say(`“${name}” saved with ${labels} tags. Update suggestions to use it.`);
    } catch (error) {
      return sentenceOf(error);
    }
    await this.refresh();
    return null;
  }

  async remove(vocabulary: VocabularyInfo): Promise<void> {
    const step = this.#remove(vocabulary);
    this.#app.undo.did(step);
    if ((await step) !== null) await this.refresh();
  }

  async #remove({ id, name }: VocabularyInfo): Promise<Undoable | null> {
    const { client, notices } = this.#app;
    const content = await notices.attempt(() => client.call('vocabulary.get', id));
    if (content === null) return null;
    if ((await notices.attempt(async () => (await client.call('vocabulary.remove', id), true))) === null) return null;
    let back = false;
    const undo = async () => {
      if (back) return;
      await client.call('vocabulary.save', content);
      back = true;
      await this.refresh();
    };
    notices.say(`“${name}” removed. Decisions made with it are kept.`, {
      name: 'Undo',
      run: () => void notices.attempt(undo),
    });
    return { name: `remove ${name}`, undo };
  }

  /** @param path absolute @returns why not, a sentence; null when it is in the list */
  async take(path: string): Promise<string | null> {
    try {
      const { name, labels } = await this.#app.client.call('vocabulary.import', { path });
      this.#app.notices.say(`“${name}” imported with ${labels} tags.`);
    } catch (error) {
      return sentenceOf(error);
    }
    await this.refresh();
    return null;
  }

  /** @param path to be shown @returns why not, a sentence; null when it is written */
  async give(id: string, output: OutputToken, path: string): Promise<string | null> {
    try {
      await this.#app.client.call('vocabulary.export', { id, output });
    } catch (error) {
      return sentenceOf(error);
    }
    this.#app.notices.say(`Exported to ${path}.`);
    return null;
  }

  #copyOf(content: VocabularyContent): VocabularyContent {
    return {
      ...structuredClone(content),
      id: this.#freeId(`my-${content.id}`),
      name: `${content.name} (copy)`,
      version: 1,
    };
  }

  #freeId(wanted: string): string {
    const taken = new Set(this.#list?.map(({ id }) => id));
    for (let number = 1; ; number++) {
      const id = number === 1 ? wanted : `${wanted}-${number}`;
      if (!taken.has(id)) return id;
    }
  }
}

function storedChoice(): readonly string[] | null {
  const stored = localStorage.getItem(CHOSEN_KEY);
  if (stored === null) return null;
  const ids: unknown = JSON.parse(stored);
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : null;
}
