/** The jobs that run, if any do, and the state of the library around it. */
import type { Client } from '../../shared/contract.ts';
import type { JobProgress, Status } from '../../shared/types.ts';
import { jobEnding } from '../words/job-sentence.ts';
import type { Notices } from './notices.svelte.ts';

export class Jobs {
  readonly #client: Client;
  readonly #notices: Notices;
  readonly #onProgress: (ended: boolean) => void;
  #latest = $state.raw<JobProgress | null>(null);
  #map = $state.raw<JobProgress | null>(null);
  #working = $state.raw<JobProgress | null>(null);
  #status = $state.raw<Status | null>(null);

  /** @param onProgress told when a job has dealt with more files, and when it has ended */
  constructor(client: Client, notices: Notices, onProgress: (ended: boolean) => void) {
    this.#client = client;
    this.#notices = notices;
    this.#onProgress = onProgress;
    client.on('job.progress', (progress) => this.#take(progress));
    client.on('engine.notice', ({ message }) => notices.say(message));
  }

  /** The job that listens; null when none runs or waits. */
  get active(): JobProgress | null {
    return unended(this.#latest);
  }

  /** The map that is being drawn, which listening does not wait for; null when none is. */
  get drawing(): JobProgress | null {
    return unended(this.#map);
  }

  /** What tags, plans, writes, undoes or renames now; whoever started it says how it ended. null when nothing does. */
  get working(): JobProgress | null {
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

  /** What was going on before this window was opened. */
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
  async listenTo(folders: string[], again = false): Promise<void> {
    const request = again ? { folders, again } : { folders };
    const started = await this.#notices.attempt(() => this.#client.call('index.start', request));
    if (started !== null) await this.refresh();
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
    if (progress.kind === 'map') {
      this.#takeMap(progress);
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

  #takeMap(progress: JobProgress): void {
    const wasDrawing = this.drawing?.id === progress.id;
    this.#map = progress;
    const ending = this.drawing === null && wasDrawing ? jobEnding(progress) : null;
    if (ending !== null) this.#notices.say(ending);
  }
}

function unended(job: JobProgress | null): JobProgress | null {
  return job !== null && (job.state === 'running' || job.state === 'paused') ? job : null;
}
