/**
 * The sound of a catalogued file, for a player: the file itself where browsers play it, else a WAV copy. Files are
 * asked for by their id alone; a path never comes from outside.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stats } from 'node:fs';
import type { Catalogue } from '../catalogue/open.ts';
import { absolutePath } from '../catalogue/roots.ts';
import type { FileRow } from '../catalogue/files.ts';
import { DecoderPool } from '../decode/decoder-pool.ts';
import { fromFileSystem, quoted } from '../decode/file-errors.ts';
import { UserError } from '../../shared/errors.ts';
import { playableType } from './playable.ts';
import { readPart } from './read-part.ts';
import { WavCopies } from './wav-copies.ts';

/** Of all WAV copies together. */
const DEFAULT_COPIES_LIMIT_BYTES = 2 * 2 ** 30;
/** Two sounds may be made ready at once, so that a short one does not wait for a long one. */
const DECODERS = 2;
/** Decoder processes without work are ended after this long and give their memory back. */
const DECODERS_IDLE_MS = 60_000;

export interface AudioFile {
  /** To be sent as Content-Type. */
  mimeType: string;
  bytes: number;
  /** A strong validator, in its quotes. */
  etag: string;
  /**
   * @param start first byte @param end last byte, inclusive
   * @returns chunks in order; nothing is read before it is asked for, nothing is held open in between
   */
  read(start: number, end: number): AsyncGenerator<Buffer, void, undefined>;
}

export interface AudioFilesOptions {
  /** Absolute; the copies lie in `playable/` below it. */
  dataFolder: string;
  /** null as long as there is no catalogue. */
  catalogue: () => Pick<Catalogue, 'files' | 'roots'> | null;
  copiesLimitBytes?: number;
}

export class AudioFiles {
  readonly #catalogue: AudioFilesOptions['catalogue'];
  readonly #copies: WavCopies;
  #pool: DecoderPool | null = null;
  #working = 0;
  #idle: NodeJS.Timeout | null = null;

  constructor({ dataFolder, catalogue, copiesLimitBytes }: AudioFilesOptions) {
    this.#catalogue = catalogue;
    this.#copies = new WavCopies({
      folder: join(dataFolder, 'playable'),
      limitBytes: copiesLimitBytes ?? DEFAULT_COPIES_LIMIT_BYTES,
      render: async (request, signal) => {
        const pool = this.#beginWork();
        try {
          return await pool.render(request, signal);
        } finally {
          this.#endWork();
        }
      },
    });
  }

  /**
   * @param options.asWav the copy, also of a file that browsers should play: for a player that did not
   * @param signal gives up waiting for a copy
   * @throws UserError not-found (no such id), vanished, no-permission, what decoding throws; signal.reason
   */
  async open(fileId: number, options: { asWav?: boolean }, signal: AbortSignal): Promise<AudioFile> {
    const { row, path } = this.#find(fileId);
    const facts = await findOnDisk(path);
    const asIs = options.asWav ? null : playableType(row);
    if (asIs !== null) return fileItself(fileId, path, facts, asIs);
    const source = { path, size: facts.size, mtimeMs: facts.mtimeMs, numberOfSamples: knownLength(row, facts) };
    const copy = await this.#copies.open(source, signal);
    return {
      mimeType: 'audio/wav',
      bytes: copy.bytes,
      etag: `"${copy.key}"`,
      async *read(start, end) {
        const release = copy.retain();
        try {
          yield* readPart((at) => copy.place(at), start, end);
        } finally {
          release();
        }
      },
    };
  }

  /** Stops decoding and waits for its processes. */
  async close(): Promise<void> {
    if (this.#idle) clearTimeout(this.#idle);
    await this.#copies.close();
    await this.#pool?.close();
  }

  #find(fileId: number): { row: FileRow; path: string } {
    const catalogue = this.#catalogue();
    const row = catalogue?.files.byId(fileId);
    const root = row ? catalogue?.roots.byId(row.rootId) : null;
    if (!row || !root || row.state === 'other') {
      throw new UserError('not-found', 'There is no such sound in the catalogue. It may have been removed since.');
    }
    const path = absolutePath(root.path, row.relativePath);
    if (row.state === 'failed' && row.reasonCode !== null) {
      throw new UserError(row.reasonCode, row.reason ?? `${quoted(path)} could not be read.`);
    }
    return { row, path };
  }

  #beginWork(): DecoderPool {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    this.#working++;
    this.#pool ??= new DecoderPool({ size: DECODERS });
    return this.#pool;
  }

  #endWork(): void {
    if (--this.#working > 0) return;
    this.#idle = setTimeout(() => {
      this.#pool?.close().catch(() => {}); // its processes have ended, one way or another
      this.#pool = null;
    }, DECODERS_IDLE_MS);
    this.#idle.unref();
  }
}

async function findOnDisk(path: string): Promise<Stats> {
  try {
    const facts = await stat(path);
    // As the decoder does: opening a pipe or a device may wait for ever.
    if (facts.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    if (!facts.isFile()) throw Object.assign(new Error('is a pipe, socket or device'), { code: 'ENOTSUP' });
    return facts;
  } catch (error) {
    throw fromFileSystem(path, error);
  }
}

function fileItself(fileId: number, path: string, { size, mtimeMs }: Stats, mimeType: string): AudioFile {
  const expected = { size, mtimeMs };
  return {
    mimeType,
    bytes: size,
    etag: `"${fileId}-${size.toString(36)}-${Math.round(mtimeMs * 1000).toString(36)}"`,
    read: (start, end) => readPart(() => Promise.resolve({ path, expected }), start, end),
  };
}

/** Samples per channel, where the catalogue counted them in the file as it is now. */
function knownLength(row: FileRow, { size, mtimeMs }: Stats): number | null {
  const isSame = row.state === 'ready' && row.size === size && row.mtimeMs === mtimeMs;
  if (!isSame || row.durationSeconds === null || row.sampleRate === null) return null;
  // Of a file longer than the cap only the container's word is known.
  if (row.warnings.some(({ code }) => code === 'capped')) return null;
  return Math.round(row.durationSeconds * row.sampleRate) || null;
}
