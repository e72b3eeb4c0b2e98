/** What was written and renamed so far, run by run, and taking it back. */
import type { WriteOutcome, WriteRun, WrittenFile } from '../../../shared/calls/write.ts';
import { waitForJob } from '../../../shared/jobs.ts';
import { PagedList } from '../../list/paged-list.svelte.ts';
import type { App } from '../../stores/app.svelte.ts';
import { sentenceOf } from '../../stores/notices.svelte.ts';
import { perApp } from '../../stores/per-app.ts';
import { Walk } from './walk.svelte.ts';
import { countOf, runEnding } from './write-words.ts';

export const historyOf = perApp((app) => new History(app));

export class History {
  readonly walk = new Walk();
  readonly #app: App;
  #runs = $state.raw<readonly WriteRun[] | null>(null);
  #problem = $state<string | null>(null);
  #openId = $state<number | null>(null);
  #outcome = $state<WriteOutcome | null>(null);
  #files = $state.raw<PagedList<WrittenFile> | null>(null);
  #busy = $state(false);

  constructor(app: App) {
    this.#app = app;
    app.client.on('write.changed', () => {
      if (this.#runs !== null) void this.refresh();
    });
  }

  /** Newest first; null before the first answer. */
  get runs(): readonly WriteRun[] | null {
    return this.#runs;
  }
  get problem(): string | null {
    return this.#problem;
  }
  /** The run whose files are listed. */
  get open(): WriteRun | null {
    return this.#runs?.find(({ runId }) => runId === this.#openId) ?? null;
  }
  /** Which of its files; null: all. */
  get outcome(): WriteOutcome | null {
    return this.#outcome;
  }
  get files(): PagedList<WrittenFile> | null {
    return this.#files;
  }
  get current(): WrittenFile | null {
    return this.#files?.at(this.walk.current) ?? null;
  }
  get busy(): boolean {
    return this.#busy;
  }

  async refresh(): Promise<void> {
    try {
      this.#runs = await this.#app.client.call('write.runs', null);
      this.#problem = null;
    } catch (error) {
      this.#problem = sentenceOf(error);
      return;
    }
    const { open } = this;
    const newest = this.#runs[0];
    if (open !== null) this.#list(open, this.#outcome);
    else if (newest !== undefined) this.show(newest);
  }

  show(run: WriteRun, outcome: WriteOutcome | null = null): void {
    this.#openId = run.runId;
    this.#list(run, outcome);
  }

  /** Puts all files of a run back as they were. */
  async undoRun(runId: number): Promise<void> {
    await this.#undo({ runId, fileIds: [] });
  }

  /** Puts one file back as it was before the run that wrote it last. */
  async undoFile(fileId: number): Promise<void> {
    await this.#undo({ runId: null, fileIds: [fileId] });
  }

  #list(run: WriteRun, outcome: WriteOutcome | null): void {
    const { client, notices } = this.#app;
    const { runId } = run;
    const length = countOf(run, outcome);
    const at = this.walk.current;
    const same = this.#outcome === outcome && this.walk.length === length;
    this.#outcome = outcome;
    this.#files = new PagedList(length, notices, (offset, limit) =>
      client.call('write.runFiles', { runId, outcome, offset, limit }),
    );
    this.walk.begin(length);
    if (same) this.walk.to(at);
  }

  async #undo(input: { runId: number | null; fileIds: number[] }): Promise<void> {
    const { client, notices } = this.#app;
    this.#busy = true;
    const run = await notices.attempt(async () => waitForJob(client, await client.call('write.undo', input), 'undo'));
    this.#busy = false;
    if (run !== null) notices.say(runEnding(run));
    await this.refresh();
  }
}
