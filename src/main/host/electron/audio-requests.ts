/** The engine's end of playing in the desktop app: says where audio files can be read; main's process reads them. */
import { changedWhileReading } from '../../decode/file-errors.ts';
import type { AudioFiles, LocatedAudio } from '../../playback/audio-file.ts';
import type { EngineMethods } from './engine-protocol.ts';

export class AudioRequests {
  readonly #audio: Pick<AudioFiles, 'locate'>;
  readonly #opening = new Map<number, AbortController>();
  readonly #reading = new Map<number, Promise<{ located: LocatedAudio; release: () => void }>>();

  constructor(audio: Pick<AudioFiles, 'locate'>) {
    this.#audio = audio;
  }

  async open({ request, fileId, asWav }: EngineMethods['audio.open']['input']) {
    const { mimeType, bytes, etag, fixed } = await this.#locate(request, fileId, asWav);
    return { mimeType, bytes, etag, fixed };
  }

  async place({ request, fileId, asWav, etag, end }: EngineMethods['audio.place']['input']) {
    let reading = this.#reading.get(request);
    if (reading === undefined) {
      reading = this.#locate(request, fileId, asWav).then((located) => ({ located, release: located.retain() }));
      this.#reading.set(request, reading);
    }
    const { located } = await reading;
    const place = await located.place(end);
    if (located.etag !== etag) throw changedWhileReading(place.path);
    return place;
  }

  async release(request: number): Promise<null> {
    this.#opening.get(request)?.abort(new DOMException('the request was cancelled', 'AbortError'));
    const reading = this.#reading.get(request);
    this.#reading.delete(request);
    // One that could not be found has said so to whoever asked for it.
    (await reading?.catch(() => null))?.release();
    return null;
  }

  async #locate(request: number, fileId: number, asWav: boolean): Promise<LocatedAudio> {
    const opening = new AbortController();
    this.#opening.set(request, opening);
    try {
      return await this.#audio.locate(fileId, { asWav }, opening.signal);
    } finally {
      this.#opening.delete(request);
    }
  }
}
