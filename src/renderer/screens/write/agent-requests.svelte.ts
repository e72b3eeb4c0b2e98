/** Plans of agents that wait for a person: looking at them, confirming and rejecting them. */
import type { WriteRequest } from '../../../shared/calls/write-requests.ts';
import type { FilePlan } from '../../../shared/calls/write.ts';
import type { App } from '../../stores/app.svelte.ts';
import { perApp } from '../../stores/per-app.ts';
import { counted } from '../../words/units.ts';

/** Of one answer. */
const PAGE = 500;

export const agentRequestsOf = perApp((app) => new AgentRequests(app));

export class AgentRequests {
  readonly #app: App;
  #list = $state.raw<readonly WriteRequest[]>([]);
  #openId = $state<string | null>(null);
  #files = $state.raw<readonly FilePlan[]>([]);
  #busy = $state(false);

  constructor(app: App) {
    this.#app = app;
  }

  /** Newest first. */
  get list(): readonly WriteRequest[] {
    return this.#list;
  }
  /** Whose changes are shown; null when none are. */
  get open(): WriteRequest | null {
    return this.#list.find(({ id }) => id === this.#openId) ?? null;
  }
  get files(): readonly FilePlan[] {
    return this.#files;
  }
  get busy(): boolean {
    return this.#busy;
  }

  /** Other processes make and remove requests. Where the list cannot be read, the screen says so by its other calls. */
  async refresh(): Promise<void> {
    this.#list = await this.#app.client.call('writeRequest.list', null).catch(() => this.#list);
  }

  async review(request: WriteRequest): Promise<void> {
    const { client, notices } = this.#app;
    const files: FilePlan[] = [];
    const found = await notices.attempt(async () => {
      while (files.length < request.files) {
        const page = await client.call('writeRequest.files', { id: request.id, offset: files.length, limit: PAGE });
        if (page.length === 0) break;
        files.push(...page);
      }
      return files;
    });
    if (found === null) return this.refresh();
    this.#files = found;
    this.#openId = request.id;
  }

  close(): void {
    this.#openId = null;
    this.#files = [];
  }

  async confirm({ id }: WriteRequest): Promise<void> {
    await this.#answer(() => this.#app.client.call('writeRequest.confirm', id));
  }

  async reject({ id }: WriteRequest): Promise<void> {
    await this.#answer(() => this.#app.client.call('writeRequest.remove', id));
  }

  async #answer(answer: () => Promise<unknown>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    await this.#app.notices.attempt(answer);
    this.#busy = false;
    this.close();
    await this.refresh();
  }
}

/** What an agent wants, in a line. */
export function requestWords({ from, files, fields, confirmed }: WriteRequest): string {
  const who = from === '' ? 'An agent' : `The agent “${from}”`;
  const what = `${counted(fields, 'field')} in ${counted(files, 'file')}`;
  return confirmed ? `${who} may now write ${what}.` : `${who} asks to write ${what}.`;
}
