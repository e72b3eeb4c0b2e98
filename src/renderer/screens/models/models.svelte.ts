/** The model packs there are, and what was found when one was checked on this machine. */
import type { ImportProgress, ModelCheck } from '../../../shared/calls/models.ts';
import type { Client } from '../../../shared/contract.ts';
import { waitForJob } from '../../../shared/jobs.ts';
import type { JobId, ModelStatus } from '../../../shared/types.ts';
import type { Jobs } from '../../stores/jobs.svelte.ts';
import { sentenceOf, type Notices } from '../../stores/notices.svelte.ts';
import { perApp } from '../../stores/per-app.ts';

/** `checking`: some seconds of work for the machine. */
export type CheckState = 'checking' | ModelCheck;

interface ModelDeps {
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
  /** By the pack's key. */
  #checks = $state.raw<ReadonlyMap<string, CheckState>>(new Map());
  #problem = $state<string | null>(null);
  #importing = $state.raw<ImportProgress | null>(null);
  #importId: JobId | null = null;
  #fieldOpen = $state(false);
  #latest = 0;

  constructor({ client, notices, jobs }: ModelDeps) {
    this.#client = client;
    this.#notices = notices;
    this.#jobs = jobs;
    // A crash of the process that runs a model is reported this way, and says more about it than the last check.
    client.on('engine.notice', () => {
      if (this.#packs !== null) void this.refresh();
    });
    client.on('job.progress', (progress) => {
      if (progress.kind === 'import' && progress.id === this.#importId) this.#importing = progress;
    });
  }

  /** null before the first answer; the one in use first. */
  get packs(): readonly ModelStatus[] | null {
    return this.#packs;
  }
  get problem(): string | null {
    return this.#problem;
  }

  /** How far the import is that this window asked for; null when none runs. */
  get importing(): ImportProgress | null {
    return this.#importing;
  }

  /** Whether the field is there that asks which model to import. */
  get fieldOpen(): boolean {
    return this.#fieldOpen;
  }
  showField(open: boolean): void {
    this.#fieldOpen = open;
  }

  /** What a pack is called; its id as long as that is all there is. */
  nameOf(id: string): string {
    return this.#packs?.find((pack) => pack.id === id)?.name ?? id;
  }

  /** null when it was not checked since the window was opened. */
  checkOf(pack: ModelStatus): CheckState | null {
    return this.#checks.get(packKey(pack)) ?? null;
  }

  async refresh(): Promise<void> {
    const mine = ++this.#latest;
    try {
      const packs = await this.#client.call('model.list', null);
      if (mine !== this.#latest) return;
      this.#packs = packs.toSorted((a, b) => Number(b.inUse) - Number(a.inUse));
      this.#problem = null;
    } catch (error) {
      if (mine === this.#latest) this.#problem = sentenceOf(error);
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
    void this.refresh();
  }

  /**
   * @param path absolute: of a pack's folder, or of a model that others published
   * @returns done: it is installed; else the sentence that says why not, null when it was cancelled
   */
  async import(path: string): Promise<{ done: boolean; sentence: string | null }> {
    this.#importing = { path, stage: 'reading', share: 0 };
    try {
      this.#importId = await this.#client.call('model.import', { path });
      const model = await waitForJob(this.#client, this.#importId, 'import');
      if (model === null) return { done: false, sentence: null };
      await this.refresh();
      this.#notices.say(`${model.name} installed. Check it, then use it.`);
      return { done: true, sentence: null };
    } catch (error) {
      return { done: false, sentence: sentenceOf(error) };
    } finally {
      this.#importId = null;
      this.#importing = null;
    }
  }

  async cancelImport(): Promise<void> {
    const id = this.#importId;
    if (id !== null) await this.#notices.attempt(() => this.#client.call('job.cancel', id));
  }

  /**
   * @param forget its analysis as well; of a shipped model that is all that goes
   * @returns why not, a sentence; null when it is done
   */
  async remove({ id }: ModelStatus, forget: boolean): Promise<string | null> {
    try {
      await this.#client.call('model.remove', { id, forget });
    } catch (error) {
      return sentenceOf(error);
    }
    await this.refresh();
    return null;
  }

  #note(pack: ModelStatus, state: CheckState | null): void {
    const checks = new Map(this.#checks);
    if (state === null) checks.delete(packKey(pack));
    else checks.set(packKey(pack), state);
    this.#checks = checks;
  }
}

/** Two packs can have one id, and of one that is gone there is no folder. */
export function packKey({ id, folder }: ModelStatus): string {
  return `${id}\n${folder}`;
}
