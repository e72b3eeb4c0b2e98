/** The sounds that are ready to play: the streams of a few files, and one file in memory. */
import type { FileRow } from '../../shared/calls/files.ts';
import type { Host } from '../client/host.ts';
import { decoded } from './decoding.ts';
import { DecodedSound } from './decoded-sound.ts';
import { Output } from './output.ts';
import type { Sound, SoundListener } from './sound.ts';
import { StreamedSound } from './streamed-sound.ts';

/** The one that plays and the next three. */
export const MOST_STREAMS = 4;

export interface SoundsListener extends SoundListener {
  /** s; what the file itself says. */
  measured: (sound: Sound, durationSeconds: number) => void;
  /** It comes from a new address, where it has not begun to play. */
  renewed: (sound: Sound) => void;
  failed: (fileId: number) => void;
}

export class Sounds {
  readonly #host: Host;
  readonly #listener: SoundsListener;
  readonly #output = new Output();
  /** By file id, the one used last at the end. */
  readonly #streams = new Map<number, StreamedSound>();
  /** Files that this browser could not play as they are: an odd codec behind a common name. */
  readonly #asWav = new Set<number>();
  #memory: DecodedSound | null = null;
  #decoding: { fileId: number; stop: AbortController; sound: Promise<DecodedSound | null | undefined> } | null = null;
  #volume = 1;

  constructor(host: Host, listener: SoundsListener) {
    this.#host = host;
    this.#listener = listener;
  }

  /** What plays of a file; undefined where nothing of it is ready. */
  of(fileId: number): Sound | undefined {
    return this.inMemory(fileId) ?? this.#streams.get(fileId);
  }

  inMemory(fileId: number): DecodedSound | null {
    return this.#memory?.fileId === fileId ? this.#memory : null;
  }

  /** @param volume 0..1, of all */
  setVolume(volume: number): void {
    this.#volume = volume;
    for (const sound of this.#streams.values()) sound.volume = volume;
    if (this.#memory !== null) this.#memory.volume = volume;
  }

  /** The stream of a file, made if need be; the least recently used one beyond the bound releases its audio. */
  stream(fileId: number): StreamedSound {
    const known = this.#streams.get(fileId);
    this.#streams.delete(fileId);
    const sound = known ?? this.#makeStream(fileId);
    this.#streams.set(fileId, sound);
    if (this.#streams.size > MOST_STREAMS) {
      const [oldest, unused] = this.#streams.entries().next().value!;
      this.#streams.delete(oldest);
      unused.release();
    }
    return sound;
  }

  /**
   * The whole file as samples; the one before is given up. It is what plays of the file as soon as `keep` was called.
   * @returns null where it cannot be decoded; undefined where another file was asked for meanwhile
   */
  decode(row: Pick<FileRow, 'fileId' | 'format'>): Promise<DecodedSound | null | undefined> {
    const { fileId } = row;
    if (this.#decoding?.fileId === fileId) return this.#decoding.sound;
    this.#decoding?.stop.abort();
    const stop = new AbortController();
    const sound = decoded(this.#host, row, this.#output.context, stop.signal).then(
      (samples) => samples && new DecodedSound(fileId, samples, this.#output, this.#listener),
      (error: unknown) => {
        if (stop.signal.aborted) return undefined;
        throw error;
      },
    );
    this.#decoding = { fileId, stop, sound };
    return sound.finally(() => {
      if (this.#decoding?.sound === sound) this.#decoding = null;
    });
  }

  /** From now on a file plays from memory. */
  keep(sound: DecodedSound): void {
    if (this.#memory !== sound) this.#memory?.release();
    this.#memory = sound;
    sound.volume = this.#volume;
  }

  #makeStream(fileId: number): StreamedSound {
    const sound = new StreamedSound(fileId, this.#output, this.#listener);
    const { element } = sound;
    sound.volume = this.#volume;
    element.src = this.#host.audioUrl(fileId, this.#asWav.has(fileId));
    element.addEventListener('durationchange', () => {
      if (Number.isFinite(element.duration)) this.#listener.measured(sound, element.duration);
    });
    element.addEventListener('error', () => {
      if (this.#host.hasExpired?.(element.src)) this.#renew(sound);
      else if (!this.#asWav.has(fileId)) {
        this.#asWav.add(fileId);
        this.#renew(sound);
      } else {
        this.#streams.delete(fileId);
        this.#asWav.delete(fileId);
        this.#listener.failed(fileId);
      }
    });
    return sound;
  }

  /** From a new address: the old one has expired or leads to what cannot be played. */
  #renew(sound: StreamedSound): void {
    sound.element.src = this.#host.audioUrl(sound.fileId, this.#asWav.has(sound.fileId));
    this.#listener.renewed(sound);
  }
}
