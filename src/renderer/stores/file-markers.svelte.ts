/** Markers that files have: cue points and regions, of whatever program, for the timelines of the player. */
import type { Marker } from '../../shared/calls/markers.ts';
import type { Client } from '../../shared/contract.ts';
import type { AudioFormat } from '../../shared/types.ts';
import { Batched } from '../list/batched.svelte.ts';
import type { FileCache } from './file-cache.svelte.ts';
import type { Notices } from './notices.svelte.ts';

const FORMATS: readonly AudioFormat[] = ['wav', 'rf64'];
/** One file is in the player. */
const KEPT = { atOnce: 2, kept: 20 };
const NONE: readonly Marker[] = [];

export class FileMarkers {
  readonly #files: FileCache;
  readonly #kept: Batched<readonly Marker[]>;

  constructor(client: Client, notices: Notices, files: FileCache) {
    this.#files = files;
    this.#kept = new Batched(
      notices,
      (fileIds) =>
        Promise.all(fileIds.map(async (fileId) => [fileId, await client.call('file.markers', fileId)] as const)),
      KEPT,
    );
  }

  /** In order of time; none until they have come, and for formats without. Reading it in a component asks for them. */
  of(fileId: number | null): readonly Marker[] {
    const row = fileId === null ? null : this.#files.row(fileId);
    if (row === null || row.offline || !FORMATS.includes(row.format)) return NONE;
    return this.#kept.get(row.fileId) ?? NONE;
  }

  /** The files are others now. */
  forget(fileIds: readonly number[]): void {
    this.#kept.forget(fileIds);
  }
}
