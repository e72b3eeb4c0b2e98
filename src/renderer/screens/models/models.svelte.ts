/** The model packs there are, and what was found when one was checked on this machine. */
import type { ImportProgress, ModelCheck } from '../../../shared/calls/models.ts';
import type { Client } from '../../../shared/contract.ts';
import type { ModelStatus } from '../../../shared/types.ts';
import type { Jobs } from '../../stores/jobs.svelte.ts';
import { sentenceOf, type Notices } from '../../stores/notices.svelte.ts';
import { perApp } from '../../stores/per-app.ts';

/** `checking`: some seconds of work for the machine. */
export type CheckState = 'checking' | ModelCheck;

interface ModelParts {
  client: Client;
  notices: Notices;
  jobs: Jobs;
}

export const modelsOf = perApp((app) => new Models(app));

export class Models {
  readonly #client: Client;
  readonly #notices: Notices;
  readonly #jobs: Jobs;
  #packs = $state.raw<readonly ModelStatus[] | null>(null);
  /** By the pack's folder: two packs can have one id. */
  #checks = $state.raw<ReadonlyMap<string, CheckState>>(new Map());
  #problem = $state<string | null>(null);
  #switching = $state<string | null>(null);
  #importing = $state.raw<ImportProgress | null>(null);

  constructor({ client, notices, jobs }: ModelParts) {
    this.#client = client;
    this.#notices = notices;
    this.#jobs = jobs;
    client.on('model.progress', (progress) => (this.#importing = this.#importing === null ? null : progress));
    client.on('setting.changed', ({ model }) => {
      if (this.#packs !== null && this.#packs.find(({ inUse }) => inUse)?.id !== model) void this.refresh();
    });
  }

  /** null before the first answer; the one in use first. */
  get packs(): readonly ModelStatus[] | null {
    return this.#packs;
  }
  get problem(): string | null {
    return this.#problem;
  }
  /** Id of the pack that is being taken into use; null when none is. */
  get switching(): string | null {
    return this.#switching;
  }

  /** How far the import is that this window asked for; null when none runs. */
  get importing(): ImportProgress | null {
    return this.#importing;
  }

  /** null when it was not checked since the window was opened. */
  checkOf({ folder }: ModelStatus): CheckState | null {
    return this.#checks.get(folder) ?? null;
  }

  async refresh(): Promise<void> {
    try {
      const packs = await this.#client.call('model.list', null);
      this.#packs = packs.toSorted((a, b) => Number(b.inUse) - Number(a.inUse));
      this.#problem = null;
    } catch (error) {
      this.#problem = sentenceOf(error);
    }
  }

  /** The pack in use is checked once without being asked, unless the machine is at work: that would slow both down. */
  async checkInUse(): Promise<void> {
    const used = this.#packs?.find(({ inUse, problem }) => inUse && problem === null);
    if (used !== undefined && this.checkOf(used) === null && this.#jobs.active === null) await this.check(used);
  }

  async check(pack: ModelStatus): Promise<void> {
    if (this.checkOf(pack) === 'checking') return;
    const before = this.checkOf(pack);
    this.#note(pack, 'checking');
    const check = await this.#notices.attempt(
      () => this.#client.call('model.check', { id: pack.id }),
      () => void this.check(pack),
    );
    this.#note(pack, check ?? before);
  }

  async use(pack: ModelStatus): Promise<void> {
    this.#switching = pack.id;
    const now = await this.#notices.attempt(() => this.#client.call('setting.set', { model: pack.id }));
    this.#switching = null;
    if (now === null) return;
    this.#notices.say(`${pack.name} listens from now on. What was heard before stays.`);
    await Promise.all([this.refresh(), this.#jobs.refresh()]);
  }

  /**
   * @param path absolute: of a pack's folder, or of a model that others published
   * @returns done: it is installed; else the sentence that says why not, null when it was cancelled
   */
  async import(path: string): Promise<{ done: boolean; sentence: string | null }> {
    this.#importing = { path, stage: 'reading', share: 0 };
    try {
      const model = await this.#client.call('model.import', { path });
      if (model === null) return { done: false, sentence: null };
      await this.refresh();
      this.#notices.say(`${model.name} is installed. Check it, then take it into use.`);
      return { done: true, sentence: null };
    } catch (error) {
      return { done: false, sentence: sentenceOf(error) };
    } finally {
      this.#importing = null;
    }
  }

  async cancelImport(): Promise<void> {
    await this.#notices.attempt(() => this.#client.call('model.cancelImport', null));
  }

  #note({ folder }: ModelStatus, state: CheckState | null): void {
    const checks = new Map(this.#checks);
    if (state === null) checks.delete(folder);
    else checks.set(folder, state);
    this.#checks = checks;
  }
}
