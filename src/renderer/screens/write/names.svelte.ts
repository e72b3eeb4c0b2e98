/** UCS names for files: proposed, looked at, given, taken back. */
import type { NameParts, RenameProposal } from '../../../shared/calls/write.ts';
import { waitForJob } from '../../../shared/jobs.ts';
import type { App } from '../../stores/app.svelte.ts';
import { perApp } from '../../stores/per-app.ts';
import { counted } from '../../words/units.ts';
import { historyOf } from './history.svelte.ts';
import { fileIdsOf, type Source } from './some-files.ts';
import { runEnding } from './write-words.ts';

export const namesOf = perApp((app) => new Names(app));

export class Names {
  readonly #app: App;
  #proposals = $state.raw<readonly RenameProposal[] | null>(null);
  #leftOut = $state.raw<ReadonlySet<number>>(new Set());
  #parts: NameParts = {};
  #busy = $state(false);
  #outdated = $state(false);

  constructor(app: App) {
    this.#app = app;
    app.client.on('write.changed', () => (this.#outdated = true));
    app.client.on('tag.changed', ({ decided }) => {
      if (decided) this.#outdated = true;
    });
    app.client.on('catalogue.changed', ({ fileIds }) => {
      const changed = new Set(fileIds);
      if (this.#proposals?.some(({ fileId }) => changed.has(fileId)) === true) this.#outdated = true;
    });
  }

  /** Those with another name first; null until asked for. */
  get proposals(): readonly RenameProposal[] | null {
    return this.#proposals;
  }
  get leftOut(): ReadonlySet<number> {
    return this.#leftOut;
  }
  get busy(): boolean {
    return this.#busy;
  }
  /** Files were renamed or written, or tags decided, by whomever, since the names were proposed. */
  get outdated(): boolean {
    return this.#outdated;
  }
  /** What would be renamed now: none by proposals that are outdated. */
  get wanted(): readonly RenameProposal[] {
    if (this.#outdated) return [];
    return (this.#proposals ?? []).filter((one) => isNew(one) && !this.#leftOut.has(one.fileId));
  }

  async propose(source: Source, parts: NameParts): Promise<void> {
    this.#busy = true;
    this.#outdated = false;
    // What was proposed before is no answer to other parts, even where these are refused.
    this.#proposals = null;
    const { client, notices } = this.#app;
    const proposals = await notices.attempt(async () => {
      const fileIds = await fileIdsOf(this.#app, source);
      return fileIds.length === 0 ? [] : client.call('rename.propose', { fileIds, ...parts });
    });
    this.#busy = false;
    if (proposals === null) return;
    this.#parts = parts;
    this.#leftOut = new Set();
    this.#proposals = proposals.toSorted((a, b) => Number(isNew(b)) - Number(isNew(a)));
  }

  toggle(fileId: number): void {
    const next = new Set(this.#leftOut);
    if (!next.delete(fileId)) next.add(fileId);
    this.#leftOut = next;
  }

  async rename(): Promise<void> {
    const { client, notices, undo } = this.#app;
    const input = { fileIds: this.wanted.map(({ fileId }) => fileId), ...this.#parts };
    this.#busy = true;
    const run = await notices.attempt(async () =>
      waitForJob(client, await client.call('rename.start', input), 'rename'),
    );
    this.#busy = false;
    const history = historyOf(this.#app);
    void history.refresh();
    if (run === null) return;
    this.#proposals = null;
    notices.say(runEnding(run));
    if (run.written > 0)
      undo.did({ name: `rename ${counted(run.written, 'file')}`, undo: () => history.undoRun(run.runId) });
  }
}

/** There is another name for it, and it can be given. */
export function isNew({ path, proposed, reason }: RenameProposal): boolean {
  return path !== proposed && reason === '';
}
