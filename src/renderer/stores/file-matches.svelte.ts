/** Where in the files of an answer it found something: their matches, and how well each part of a file matches. */
import type { Client } from '../../shared/contract.ts';
import type { SearchQuery, WindowRelevance } from '../../shared/types.ts';
import { Batched } from '../list/batched.svelte.ts';
import type { Notices } from './notices.svelte.ts';

/** Whoever types on asks for none of them. */
const MATCHES = { gatherMs: 150, kept: 2_000 };
/** One file is in the player, and one in the panel. */
const WINDOWS = { atOnce: 2, kept: 20 };
type Parts = readonly WindowRelevance[];
const NOTHING: Parts = [];

export class FileMatches {
  readonly #client: Client;
  readonly #notices: Notices;
  /** Without words or a sound there is nothing to ask. */
  #query = $state.raw<SearchQuery | null>(null);
  #matches = $state.raw<Batched<Parts> | null>(null);
  #windows = $state.raw<Batched<Parts> | null>(null);

  constructor(client: Client, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
  }

  /** Another answer is on the screen. @param query null: no parts of files were looked for */
  begin(query: SearchQuery | null): void {
    this.#query = query;
    this.#matches = this.#windows = null;
    if (query === null) return;
    this.#matches = new Batched(
      this.#notices,
      async (fileIds) => {
        const found = await this.#client.call('search.matches', { fileIds, query });
        return found.map(({ fileId, matches }) => [fileId, matches]);
      },
      MATCHES,
    );
    this.#windows = new Batched(
      this.#notices,
      (fileIds) =>
        Promise.all(
          fileIds.map(async (fileId) => [fileId, await this.#client.call('search.windows', { fileId, query })] as const), // prettier-ignore
        ),
      WINDOWS,
    );
  }

  /** In order of time; null until they have come. Reading it in a component asks for it. */
  of(fileId: number): Parts | null {
    return this.#matches === null ? NOTHING : this.#matches.get(fileId);
  }

  /** All analysed windows of a file, in order of time; null until they have come. */
  windows(fileId: number): Parts | null {
    return this.#windows === null ? NOTHING : this.#windows.get(fileId);
  }

  /** They were analysed anew. */
  forget(fileIds: readonly number[]): void {
    this.#matches?.forget(fileIds);
    this.#windows?.forget(fileIds);
  }

  get query(): SearchQuery | null {
    return this.#query;
  }
}
