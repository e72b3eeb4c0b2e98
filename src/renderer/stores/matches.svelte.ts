/** Where within its window the match of a selected result is: asked for when a selection rests. */
import { SvelteMap } from 'svelte/reactivity';
import type { Client } from '../../shared/contract.ts';
import type { RefinedMatch, SearchQuery } from '../../shared/types.ts';
import type { Span } from './player.svelte.ts';

/** Walking through results by key asks for none of them. */
const REST_MS = 120;

/** A window of a file, or several side by side. */
export interface Place extends Span {
  fileId: number;
}

export class Matches {
  readonly #client: Client;
  readonly #onRefined: (place: Place, match: RefinedMatch) => void;
  /** By place, of the answer on the screen. */
  readonly #known = new SvelteMap<string, RefinedMatch>();
  /** Asked about, whether they have a match of their own or not. */
  readonly #asked = new Set<string>();
  /** Asked about last and not answered: the engine gives it up, without a match, when another is asked about. */
  #pending: string | null = null;
  #query: SearchQuery = {};
  #soon: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, onRefined: (place: Place, match: RefinedMatch) => void) {
    this.#client = client;
    this.#onRefined = onRefined;
  }

  /** null while it is not known, and where no moment stands out. */
  of(place: Place): RefinedMatch | null {
    return this.#known.get(keyOf(place)) ?? null;
  }

  /** Another answer is on the screen. */
  begin(query: SearchQuery): void {
    clearTimeout(this.#soon);
    this.#query = query;
    this.#known.clear();
    this.#asked.clear();
    this.#pending = null;
  }

  /** @param place of a hit, or another match, of the answer on the screen */
  ask(place: Place): void {
    clearTimeout(this.#soon);
    const key = keyOf(place);
    if (this.#asked.has(key) || this.#known.has(key)) return;
    const query = this.#query;
    const { fileId, startSeconds, endSeconds } = place;
    this.#soon = setTimeout(() => {
      if (this.#pending !== null) this.#asked.delete(this.#pending);
      this.#asked.add(key);
      this.#pending = key;
      void this.#client.call('search.match', { fileId, query, startSeconds, endSeconds }).then(
        (match) => {
          if (query !== this.#query) return;
          if (this.#pending === key) this.#pending = null;
          if (match === null) return;
          this.#known.set(key, match);
          this.#onRefined(place, match);
        },
        // The window stays the match; the player reports an unreadable file, the frame a lost engine.
        () => void this.#asked.delete(key),
      );
    }, REST_MS);
  }
}

function keyOf({ fileId, startSeconds, endSeconds }: Place): string {
  return `${fileId} ${startSeconds} ${endSeconds}`;
}
