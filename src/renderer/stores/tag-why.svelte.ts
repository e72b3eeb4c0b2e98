/** The evidence for the tag of a file that is looked at now. Walking quickly asks only where the walk rests. */
import type { TagWhy } from '../../shared/calls/tags.ts';
import type { Client } from '../../shared/contract.ts';
import type { Notices } from './notices.svelte.ts';

const REST_MS = 120;

export class TagEvidence {
  readonly #client: Client;
  readonly #notices: Notices;
  #why = $state.raw<readonly TagWhy[]>([]);
  #of = '';
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
  }

  /** Of what was looked at last; empty until it has come. */
  get why(): readonly TagWhy[] {
    return this.#why;
  }

  /** @param tagId null: nothing is looked at */
  look(fileId: number | null, tagId: number | null): void {
    const of = fileId === null || tagId === null ? '' : `${fileId}:${tagId}`;
    if (of === this.#of) return;
    this.#of = of;
    this.#why = [];
    clearTimeout(this.#pause);
    if (fileId !== null && tagId !== null) this.#pause = setTimeout(() => void this.#bring(fileId, tagId, of), REST_MS);
  }

  async #bring(fileId: number, tagId: number, of: string): Promise<void> {
    const why = await this.#notices.attempt(() => this.#client.call('tag.why', { fileId, tagId }));
    if (why !== null && of === this.#of) this.#why = why;
  }
}
