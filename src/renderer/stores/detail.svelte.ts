/** All that is known about the selected file. Walking quickly through a list asks only where the walk rests. */
import type { Client } from '../../shared/contract.ts';
import type { FileDetail } from '../../shared/calls/files.ts';
import type { Notices } from './notices.svelte.ts';

const REST_MS = 90;

export class Detail {
  readonly #client: Client;
  readonly #notices: Notices;
  #file = $state.raw<FileDetail | null>(null);
  /** The one to show; what is shown may still be the one before it. */
  #wanted: number | null = null;
  #asked = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
  }

  /** The one shown last stays until the next is there; null when nothing is selected. */
  get file(): FileDetail | null {
    return this.#file;
  }

  show(fileId: number | null): void {
    clearTimeout(this.#pause);
    this.#wanted = fileId;
    const mine = ++this.#asked;
    if (fileId === null) {
      this.#file = null;
      return;
    }
    this.#pause = setTimeout(() => {
      void this.#bring(fileId, mine);
    }, REST_MS);
  }

  refresh(): void {
    if (this.#wanted !== null) void this.#bring(this.#wanted, ++this.#asked);
  }

  async #bring(fileId: number, mine: number): Promise<void> {
    const file = await this.#notices.attempt(() => this.#client.call('file.get', fileId));
    if (mine === this.#asked && file !== null) this.#file = file;
  }
}
