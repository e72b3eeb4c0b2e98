/** A real catalogue in a folder of its own, and the smallest things to put into it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudioFacts } from '../../src/main/catalogue/listening.ts';
import { openCatalogue, type Catalogue } from '../../src/main/catalogue/open.ts';

export const DIM = 8;

export interface TemporaryCatalogue {
  folder: string;
  catalogue: Catalogue;
  spaceId: number;
  remove(): void;
}

export function temporaryCatalogue(): TemporaryCatalogue {
  const folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
  const catalogue = openCatalogue(folder);
  const spaceId = catalogue.windows.ensureSpace({ modelId: 'tiny', weightHash: 'a', preprocessing: 1, dim: DIM });
  return {
    folder,
    catalogue,
    spaceId,
    remove: () => {
      catalogue.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @returns Float32Array[dim], L2 norm 1, pointing along one axis */
export function axis(which: number, dim = DIM): Float32Array {
  const embedding = new Float32Array(dim);
  embedding[which % dim] = 1;
  return embedding;
}

export function facts(contentId: string): AudioFacts {
  return {
    contentId,
    format: 'wav',
    codec: 'pcm_s16le',
    durationSeconds: 7.5,
    sampleRate: 48_000,
    channels: 2,
    bitDepth: 16,
    peakDb: -3.5,
    loudnessLufs: -20.25,
    waveform: Uint8Array.of(0, 128, 255),
    warnings: [],
  };
}

/** A file that has been listened to: two windows along `which` and `which + 1`. @returns its id */
export function addListened(temporary: TemporaryCatalogue, rootId: number, relativePath: string, which = 0): number {
  const { files } = temporary.catalogue;
  const fileId = files.insertPending({ rootId, relativePath, size: 1000 + which, mtimeMs: 5 });
  files.storeListened({
    fileId,
    spaceId: temporary.spaceId,
    facts: facts(`content of ${relativePath}`),
    tags: [{ nativeId: 'LIST/INFO:IKEY', field: 'keywords', value: 'creaky; haunted house' }],
    windows: [
      { startSeconds: 0, seconds: 5, embedding: axis(which) },
      { startSeconds: 5, seconds: 2.5, embedding: axis(which + 1) },
    ],
  });
  return fileId;
}

/** Ids of the files whose words match an FTS5 query. */
export function matching(catalogue: Catalogue, query: string): number[] {
  return catalogue.db
    .prepare<[string], number>('SELECT rowid FROM file_words WHERE file_words MATCH ? ORDER BY rowid')
    .pluck()
    .all(query);
}
