/** Looking around on the engine's machine to choose a path: where one is, what is there, what is picked. */
import type { FolderListing, Place } from '../../shared/calls/folders.ts';
import type { Client } from '../../shared/contract.ts';
import { inFolder } from '../words/paths.ts';
import { sentenceOf } from './notices.svelte.ts';

/** What may be chosen. */
export interface Wanted {
  folders: boolean;
  /** Of files, lowercase with the dot; empty: no files. */
  extensions: readonly string[];
}

export interface Entry {
  kind: 'folder' | 'file';
  name: string;
}

export class FolderBrowsing {
  readonly #client: Client;
  readonly #wanted: () => Wanted;
  #places = $state.raw<readonly Place[]>([]);
  #listing = $state.raw<FolderListing | null>(null);
  #problem = $state<string | null>(null);
  #hidden = $state(false);
  #current = $state(-1);
  #asked = 0;

  readonly entries: readonly Entry[] = $derived([
    ...(this.#listing?.folders ?? []).map((name): Entry => ({ kind: 'folder', name })),
    ...(this.#listing?.files ?? []).map((name): Entry => ({ kind: 'file', name })),
  ]);

  constructor(client: Client, wanted: () => Wanted) {
    this.#client = client;
    this.#wanted = wanted;
  }

  get places(): readonly Place[] {
    return this.#places;
  }
  /** null before the first answer. */
  get listing(): FolderListing | null {
    return this.#listing;
  }
  /** Why what was asked for last is not shown, a sentence. */
  get problem(): string | null {
    return this.#problem;
  }
  /** Whether hidden folders are shown. */
  get hidden(): boolean {
    return this.#hidden;
  }
  /** Position among the entries; −1: none. */
  get current(): number {
    return this.#current;
  }

  /** Absolute path that would be chosen now: the picked entry, else the open folder; null where neither may be. */
  get choice(): { path: string; kind: Entry['kind'] } | null {
    if (this.#listing === null) return null;
    const entry = this.entries[this.#current];
    const { path } = this.#listing;
    if (entry?.kind === 'file') return { path: inFolder(path, entry.name), kind: 'file' };
    if (!this.#wanted().folders) return null;
    return { path: entry === undefined ? path : inFolder(path, entry.name), kind: 'folder' };
  }

  /** @param from where to begin, absolute, as it was typed; home when that cannot be shown */
  async start(from: string): Promise<void> {
    const places = this.#client.call('place.list', null).then(
      (list) => (this.#places = list),
      (error: unknown) => (this.#problem = sentenceOf(error)),
    );
    if (from === '' || !(await this.open(from))) await this.open(null);
    await places;
  }

  /**
   * The folder that was open stays when another cannot be shown.
   * @param path absolute; null: home
   * @param picked name of the entry to be picked in it
   * @returns whether it is shown
   */
  async open(path: string | null, picked: string | null = null): Promise<boolean> {
    const own = ++this.#asked;
    const before = this.#current;
    const { extensions } = this.#wanted();
    try {
      const listing = await this.#client.call('folder.list', {
        path,
        extensions: [...extensions],
        hidden: this.#hidden,
      });
      if (own !== this.#asked) return false; // somewhere else was asked for meanwhile
      // What was picked in the same folder since it was asked for again stays picked.
      const isSame = this.#listing?.path === listing.path && this.#current !== before;
      const meanwhile = isSame ? (this.entries[this.#current]?.name ?? null) : null;
      this.#listing = listing;
      this.#problem = null;
      const name = listing.file ?? picked ?? meanwhile;
      this.#current = name === null ? -1 : this.entries.findIndex((entry) => entry.name === name);
      return true;
    } catch (error) {
      if (own === this.#asked) this.#problem = sentenceOf(error);
      return false;
    }
  }

  /** Into the picked folder. */
  async enter(): Promise<void> {
    const entry = this.entries[this.#current];
    if (this.#listing === null || entry?.kind !== 'folder') return;
    await this.open(inFolder(this.#listing.path, entry.name));
  }

  /** To the folder around, with the one that was left picked. */
  async leave(): Promise<void> {
    if (this.#listing === null || this.#listing.parent === null) return;
    const { path, parent } = this.#listing;
    await this.open(parent, path.slice(parent.length).replace(/^[\\/]/, ''));
  }

  async showHidden(hidden: boolean): Promise<void> {
    this.#hidden = hidden;
    if (this.#listing === null) return;
    await this.open(this.#listing.path, this.entries[this.#current]?.name ?? null);
  }

  pick(position: number): void {
    this.#current = Math.max(-1, Math.min(this.entries.length - 1, position));
  }

  /** The next entry whose name begins so, from the current one on and around. */
  pickByName(start: string): void {
    const wanted = start.toLowerCase();
    const from = start.length === 1 ? this.#current + 1 : Math.max(0, this.#current);
    for (let step = 0; step < this.entries.length; step++) {
      const position = (from + step) % this.entries.length;
      if (this.entries[position]!.name.toLowerCase().startsWith(wanted)) {
        this.#current = position;
        return;
      }
    }
  }
}
