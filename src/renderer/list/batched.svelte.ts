/** What is known of each of many files, for those that are looked at: asked for together, and kept while there is room. */
import type { Notices } from '../stores/notices.svelte.ts';
import { BoundedCache } from './bounded-cache.ts';

/** A screen shows about 40; this is some way of scrolling back. A waveform has at most 400 bytes. */
const KEPT = 6_000;
/** Fewer than the calls allow, so that a fast scroll does not wait long for rows it has left behind. */
const AT_ONCE = 100;
/** Fits between two frames of a scroll, and gathers the rows of one screen. */
const GATHER_MS = 12;

export interface BatchedOptions {
  kept?: number;
  atOnce?: number;
  /** From the first wish to the call. */
  gatherMs?: number;
}

export class Batched<T> {
  readonly #fetch: (ids: number[]) => Promise<(readonly [number, T])[]>;
  readonly #notices: Notices;
  readonly #kept: BoundedCache<number, T>;
  readonly #atOnce: number;
  readonly #gatherMs: number;
  /** Asked for by what is on the screen now; in the order of asking, the newest last. */
  readonly #wanted = new Set<number>();
  /** Kept, and asked for again when somebody looks. */
  readonly #stale = new Set<number>();
  /** On its way, as it was when it was asked for. */
  #coming: ReadonlySet<number> = new Set();
  #underWay = false;
  #version = $state(0);

  constructor(
    notices: Notices,
    fetch: (ids: number[]) => Promise<(readonly [number, T])[]>,
    { kept = KEPT, atOnce = AT_ONCE, gatherMs = GATHER_MS }: BatchedOptions = {},
  ) {
    this.#kept = new BoundedCache(kept);
    this.#atOnce = atOnce;
    this.#gatherMs = gatherMs;
    this.#notices = notices;
    this.#fetch = fetch;
  }

  /** null until it has come; reading it in a component asks for it and redraws when it is there. */
  get(id: number): T | null {
    // Whoever reads an entry is drawn again when entries come: so the version is read, whatever it is.
    const entry = this.#version >= 0 ? this.#kept.get(id) : undefined;
    if (entry !== undefined && !this.#stale.has(id)) return entry;
    this.#wanted.delete(id);
    this.#wanted.add(id);
    if (!this.#underWay) {
      this.#underWay = true;
      setTimeout(() => void this.#bring(), this.#gatherMs);
    }
    return entry ?? null;
  }

  update(id: number, change: (entry: T) => T): void {
    const entry = this.#kept.get(id);
    if (entry === undefined) return;
    this.#kept.set(id, change(entry));
    this.#version++;
  }

  forget(ids: readonly number[]): void {
    for (const id of ids) {
      this.#kept.delete(id);
      if (this.#coming.has(id)) this.#stale.add(id);
      else this.#stale.delete(id);
    }
    this.#version++;
  }

  renew(ids: readonly number[] | null): void {
    for (const id of ids ?? this.#kept.keys()) this.#stale.add(id);
    this.#version++;
  }

  /** The newest wishes first; what has been scrolled past in the meantime is dropped rather than fetched. */
  async #bring(): Promise<void> {
    const ids = [...this.#wanted].slice(-this.#atOnce);
    this.#wanted.clear();
    for (const id of ids) this.#stale.delete(id);
    this.#coming = new Set(ids);
    const entries = await this.#notices.attempt(() => this.#fetch(ids));
    this.#coming = new Set();
    for (const [id, entry] of entries ?? []) this.#kept.set(id, entry);
    this.#underWay = false;
    if (entries === null || entries.length === 0) return; // nothing came: drawing again would only ask again
    this.#version++;
  }
}
