/** Rows and waveforms of what is visible: asked for together, kept while there is room, forgotten when they change. */
import type { Client } from '../../shared/contract.ts';
import type { FileRow } from '../../shared/calls/files.ts';
import { Batched } from '../list/batched.svelte.ts';
import { decodePeaks } from '../waveform/peaks.ts';
import type { Notices } from './notices.svelte.ts';

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
