/** Rows and waveforms of what is visible: asked for together, kept while there is room, forgotten when they change. */
import type { Client } from '../../shared/contract.ts';
import type { FileRow } from '../../shared/calls/files.ts';
import { BoundedCache } from '../list/bounded-cache.ts';
import { decodePeaks } from '../waveform/peaks.ts';
import type { Notices } from './notices.svelte.ts';

/** A screen shows about 40; this is some way of scrolling back. A waveform has at most 400 bytes. */
const KEPT = 6_000;
/** Fewer than the calls allow, so that a fast scroll does not wait long for rows it has left behind. */
const AT_ONCE = 100;
/** Fits between two frames of a scroll, and gathers the rows of one screen. */
const GATHER_MS = 12;

export class FileCache {
  readonly #rows: Batched<FileRow>;
  readonly #waveforms: Batched<Uint8Array>;

  constructor(client: Client, notices: Notices) {
    this.#rows = new Batched(notices, async (ids) => {
      const rows = await client.call('file.rows', ids);
      return rows.map((row) => [row.fileId, row]);
    });
    this.#waveforms = new Batched(notices, async (ids) => {
      const waveforms = await client.call('file.waveforms', ids);
      return waveforms.map(({ fileId, peaks }) => [fileId, decodePeaks(peaks)]);
    });
  }

  /** null until it has come; reading it in a component asks for it and redraws when it is there. */
  row(fileId: number): FileRow | null {
    return this.#rows.get(fileId);
  }

  /** Peaks 0..255 over equal parts of the file; empty when there are none, null until they have come. */
  waveform(fileId: number): Uint8Array | null {
    return this.#waveforms.get(fileId);
  }

  /** Shows a change before the engine has confirmed it. */
  patch(fileIds: readonly number[], change: Partial<FileRow>): void {
    for (const id of fileIds) this.#rows.update(id, (row) => ({ ...row, ...change }));
  }

  forget(fileIds: readonly number[]): void {
    this.#rows.forget(fileIds);
    this.#waveforms.forget(fileIds);
  }

  /** Rows that are no longer up to date: they stay on the screen until they have come anew. null: all of them. */
  renew(fileIds: readonly number[] | null): void {
    this.#rows.renew(fileIds);
  }
}

class Batched<T> {
  readonly #fetch: (ids: number[]) => Promise<(readonly [number, T])[]>;
  readonly #notices: Notices;
  readonly #kept = new BoundedCache<number, T>(KEPT);
  /** Asked for by what is on the screen now; in the order of asking, the newest last. */
  readonly #wanted = new Set<number>();
  /** Kept, and asked for again when somebody looks. */
  readonly #stale = new Set<number>();
  /** On its way, as it was when it was asked for. */
  #coming: ReadonlySet<number> = new Set();
  #underWay = false;
  #version = $state(0);

  constructor(notices: Notices, fetch: (ids: number[]) => Promise<(readonly [number, T])[]>) {
    this.#notices = notices;
    this.#fetch = fetch;
  }

  get(id: number): T | null {
    // Whoever reads an entry is drawn again when entries come: so the version is read, whatever it is.
    const entry = this.#version >= 0 ? this.#kept.get(id) : undefined;
    if (entry !== undefined && !this.#stale.has(id)) return entry;
    this.#wanted.delete(id);
    this.#wanted.add(id);
    if (!this.#underWay) {
      this.#underWay = true;
      setTimeout(() => void this.#bring(), GATHER_MS);
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
    const ids = [...this.#wanted].slice(-AT_ONCE);
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
