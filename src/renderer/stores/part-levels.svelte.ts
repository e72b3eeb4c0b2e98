/** How loud parts of files are: a match may be far quieter, or louder, than the file that it is in. */
import { LONGEST_LEVELS_SECONDS, type PartLevels } from '../../shared/calls/playback.ts';
import type { FileRow } from '../../shared/calls/files.ts';
import type { Client } from '../../shared/contract.ts';
import type { Span } from '../audition/sound.ts';

/** A part that is nearly all of its file has the loudness of the file. */
const NEARLY_ALL = 0.8;
const KEPT = 500;

type Measured = Pick<FileRow, 'fileId' | 'durationSeconds'>;

export class PartLevelsStore {
  readonly #client: Client;
  /** The oldest first. */
  #known = $state.raw<ReadonlyMap<string, PartLevels>>(new Map());
  /** On their way, or not to be had. */
  readonly #asked = new Set<string>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** null until they have come, and where those of the file are to be used. Reading it asks for them. */
  of(file: Measured, part: Span): PartLevels | null {
    const key = `${file.fileId}/${part.startSeconds}/${part.endSeconds}`;
    const known = this.#known.get(key);
    if (known === undefined) this.#ask(key, file, part);
    return known ?? null;
  }

  #ask(key: string, { fileId, durationSeconds }: Measured, part: Span): void {
    const { startSeconds } = part;
    const endSeconds = Math.min(part.endSeconds, durationSeconds);
    const seconds = endSeconds - startSeconds;
    if (seconds <= 0 || seconds > LONGEST_LEVELS_SECONDS || seconds >= NEARLY_ALL * durationSeconds) return;
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    this.#client.call('file.levels', { fileId, startSeconds, endSeconds }).then(
      (levels) => {
        this.#known = new Map([...[...this.#known].slice(1 - KEPT), [key, levels]]);
        this.#asked.delete(key);
      },
      () => undefined, // the file's own levels are used; the player says what is wrong with it
    );
  }

  /** Files that changed on the disk. */
  forget(): void {
    this.#known = new Map();
    this.#asked.clear();
  }
}
