/** The sound of a catalogued file, for a player: the file itself where browsers play it, else a WAV copy. */
import { join } from 'node:path';
import type { Stats } from 'node:fs';
import type { FileRow } from '../catalogue/stores/files.ts';
import { findSound, type OpenCatalogue } from './catalogued-sound.ts';
import { Decoders } from './decoders.ts';
import { playableType } from './playable.ts';
import { readPart, type ReadPlace } from './read-part.ts';
import { WavCopies } from './wav-copies.ts';

/** Of all WAV copies together. */
const DEFAULT_COPIES_LIMIT_BYTES = 2 * 2 ** 30;
/** Two files may be made ready at once, so that a short one does not wait for a long one. */
const DECODERS = 2;

/** What a player receives before the first byte. */
export interface AudioFacts {
  /** To be sent as Content-Type. */
  mimeType: string;
  bytes: number;
  /** A strong validator, in its quotes. */
  etag: string;
}

/** Where to read it: for a host whose own process reads. */
export interface LocatedAudio extends AudioFacts {
  /** null for a copy, which may be growing and may get another name. */
  fixed: ReadPlace | null;
  /** Resolves when bytes up to `end` (inclusive) can be read. */
  place(end: number): Promise<ReadPlace>;
  /** Says that it is being read; the function given back says that it is not any more. */
  retain(): () => void;
}

export interface AudioFile extends AudioFacts {
  /**
   * @param start first byte @param end last byte, inclusive
   * @returns chunks in order; nothing is read before it is asked for, nothing is held open in between
   */
  read(start: number, end: number): AsyncGenerator<Buffer, void, undefined>;
}

export interface AudioFilesOptions {
  /** Absolute; the copies lie in `playable/` below it. */
  dataFolder: string;
  catalogue: OpenCatalogue;
  copiesLimitBytes?: number;
}

export class AudioFiles {
  readonly #catalogue: OpenCatalogue;
  readonly #copies: WavCopies;
  readonly #decoders = new Decoders(DECODERS);

  constructor({ dataFolder, catalogue, copiesLimitBytes }: AudioFilesOptions) {
    this.#catalogue = catalogue;
    this.#copies = new WavCopies({
      folder: join(dataFolder, 'playable'),
      limitBytes: copiesLimitBytes ?? DEFAULT_COPIES_LIMIT_BYTES,
      render: (request, signal) => this.#decoders.use((pool) => pool.render(request, signal)),
    });
  }

  /**
   * @param options.asWav the copy, also of a file that browsers should play: for a player that did not
   * @param signal gives up waiting for a copy
   * @throws UserError not-found (no such id), vanished, no-permission, what decoding throws; signal.reason
   */
  async open(fileId: number, options: { asWav?: boolean }, signal: AbortSignal): Promise<AudioFile> {
    const located = await this.locate(fileId, options, signal);
    const { mimeType, bytes, etag } = located;
    return {
      ...{ mimeType, bytes, etag },
      async *read(start, end) {
        const release = located.retain();
        try {
          yield* readPart((at) => located.place(at), start, end);
        } finally {
          release();
        }
      },
    };
  }

  /** As {@link open}, without reading. */
  async locate(fileId: number, options: { asWav?: boolean }, signal: AbortSignal): Promise<LocatedAudio> {
    const { row, path, facts } = await findSound(this.#catalogue, fileId);
    const asIs = options.asWav ? null : playableType(row);
    if (asIs !== null) return fileItself(fileId, path, facts, asIs);
    const source = { path, size: facts.size, mtimeMs: facts.mtimeMs, numberOfSamples: knownLength(row, facts) };
    const copy = await this.#copies.open(source, signal);
    return {
      mimeType: 'audio/wav',
      bytes: copy.bytes,
      etag: `"${copy.key}"`,
      fixed: null,
      place: (end) => copy.place(end),
      retain: () => copy.retain(),
    };
  }

  /** Stops decoding and waits for its processes. */
  async close(): Promise<void> {
    await this.#copies.close();
    await this.#decoders.close();
  }
}

function fileItself(fileId: number, path: string, { size, mtimeMs }: Stats, mimeType: string): LocatedAudio {
  const fixed = { path, expected: { size, mtimeMs } };
  return {
    mimeType,
    bytes: size,
    etag: `"${fileId}-${size.toString(36)}-${Math.round(mtimeMs * 1000).toString(36)}"`,
    fixed,
    place: () => Promise.resolve(fixed),
    retain: () => () => undefined, // nothing of ours: nobody takes it away
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
