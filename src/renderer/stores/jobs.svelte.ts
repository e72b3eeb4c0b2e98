/** The jobs that run, if any do, and the state of the library around it. */
import type { Client } from '../../shared/contract.ts';
import { isLibraryJob, isUnended, type JobProgress } from '../../shared/jobs.ts';
import type { LibraryJobProgress, Status } from '../../shared/types.ts';
import { jobEnding } from '../words/job-sentence.ts';
import type { Notices } from './notices.svelte.ts';

export class Jobs {
  readonly #client: Client;
  readonly #notices: Notices;
  readonly #onProgress: (ended: boolean) => void;
  #latest = $state.raw<LibraryJobProgress | null>(null);
  #map = $state.raw<LibraryJobProgress | null>(null);
  #working = $state.raw<LibraryJobProgress | null>(null);
  #comparing = $state.raw<LibraryJobProgress | null>(null);
  #status = $state.raw<Status | null>(null);

  /** @param onProgress called when a job has processed more files, and when it has ended */
  constructor(client: Client, notices: Notices, onProgress: (ended: boolean) => void) {
    this.#client = client;
    this.#notices = notices;
    this.#onProgress = onProgress;
    client.on('job.progress', (progress) => this.#take(progress));
    client.on('engine.notice', ({ message }) => notices.say(message));
  }

  /** The index job; null when none runs or waits. */
  get active(): LibraryJobProgress | null {
    return unended(this.#latest);
  }

  /** The map job, which analysis does not wait for; null when none runs. */
  get drawing(): LibraryJobProgress | null {
    return unended(this.#map);
  }

  /** The job that looks for near-duplicates, which nothing waits for; null when none runs. */
  get comparing(): LibraryJobProgress | null {
    return unended(this.#comparing);
  }

  /** What tags, plans, writes, undoes or renames now; whoever started it says how it ended. null when nothing does. */
  get working(): LibraryJobProgress | null {
    return unended(this.#working);
  }

  /** null before the first answer. */
  get status(): Status | null {
    return this.#status;
  }

  /** Nothing to search yet, and no folder that could bring something. */
  get isLibraryEmpty(): boolean {
    return this.#status !== null && this.#status.roots.length === 0 && this.#status.files === 0;
  }

  /** Jobs that started before this window was opened. */
  async load(): Promise<void> {
    const running = await this.#notices.attempt(() => this.#client.call('job.list', null));
    for (const progress of running ?? []) this.#take(progress);
  }

  async refresh(): Promise<void> {
    const status = await this.#notices.attempt(() => this.#client.call('status.get', null));
    if (status !== null) this.#status = status;
  }

  /**
   * @param folders absolute paths; empty: all known roots
   * @param again also looks into files that seem unchanged
   */
  async startIndex(folders: string[], again = false): Promise<void> {
    const request = again ? { folders, again } : { folders };
    const started = await this.#notices.attempt(() => this.#client.call('index.start', request));
    if (started !== null) await this.refresh();
  }

  /** Compares what was not compared yet. */
  async startComparing(): Promise<void> {
    await this.#notices.attempt(() => this.#client.call('duplicate.compare', { folders: [] }));
  }

  async cancelComparing(): Promise<void> {
    const job = this.comparing;
    if (job !== null) await this.#notices.attempt(() => this.#client.call('job.cancel', job.id));
  }

  async pauseOrResume(): Promise<void> {
    const job = this.active;
    if (job === null) return;
    await this.#notices.attempt(() => this.#client.call(job.state === 'paused' ? 'job.resume' : 'job.pause', job.id));
  }

  async cancel(): Promise<void> {
    const job = this.active;
    if (job !== null) await this.#notices.attempt(() => this.#client.call('job.cancel', job.id));
  }

  #take(progress: JobProgress): void {
    if (!isLibraryJob(progress)) return; // the stores of models and evaluations subscribe as well
    if (progress.kind === 'map') {
      this.#takeMap(progress);
      return;
    }
    if (progress.kind === 'duplicates') {
      this.#takeComparing(progress);
      return;
    }
    if (progress.kind !== 'index') {
      this.#working = progress;
      return;
    }
    const before = this.active?.id === progress.id ? this.active : null;
    this.#latest = progress;
    const ended = this.active === null;
    if (ended || before?.done !== progress.done || before.stage !== progress.stage) this.#onProgress(ended);
    if (!ended || before === null) return;
    const ending = jobEnding(progress);
    if (ending !== null) this.#notices.say(ending);
    void this.refresh();
  }

  #takeComparing(progress: LibraryJobProgress): void {
    const wasComparing = this.comparing?.id === progress.id;
    this.#comparing = progress;
    const ending = this.comparing === null && wasComparing ? jobEnding(progress) : null;
    if (ending !== null) this.#notices.say(ending);
  }

  #takeMap(progress: LibraryJobProgress): void {
    const wasDrawing = this.drawing?.id === progress.id;
    this.#map = progress;
    const ending = this.drawing === null && wasDrawing ? jobEnding(progress) : null;
    if (ending !== null) this.#notices.say(ending);
  }
}

function unended(job: LibraryJobProgress | null): LibraryJobProgress | null {
  return job !== null && isUnended(job) ? job : null;
}
