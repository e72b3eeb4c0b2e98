/**
 * Content identity: the same for a file that was moved, renamed or retagged, another for other audio (DESIGN.md §4).
 * A hash over the payload of the audio stream's encoded packets in file order, then codec, sample rate and channels.
 * Packets are hashed as one byte stream, so where a demuxer cuts them (PCM) makes no difference; containers, tags,
 * pictures and other streams do not take part.
 */
import { createHash } from 'node:crypto';
import { undecodableAudio } from './file-errors.ts';

/** Small packets are gathered to this before hashing: a call to the hash costs more than copying a packet. */
const STAGE_BYTES = 1 << 15;

export class ContentHash {
  readonly #hash = createHash('sha256');
  readonly #stage = Buffer.allocUnsafe(STAGE_BYTES);
  readonly #path: string;
  #staged = 0;
  #bytes = 0;

  /** @param path for sentences */
  constructor(path: string) {
    this.#path = path;
  }

  /** @param payload one packet, or any part of the stream; copied or consumed before this returns */
  update(payload: Buffer): void {
    this.#bytes += payload.length;
    if (payload.length > STAGE_BYTES - this.#staged) this.#flush();
    if (payload.length > STAGE_BYTES) {
      this.#hash.update(payload);
      return;
    }
    payload.copy(this.#stage, this.#staged);
    this.#staged += payload.length;
  }

  /**
   * @param codec FFmpeg's name of the codec (not of the decoder)
   * @param sampleRate as the container says, Hz
   * @returns 32 hex digits (the first half of a SHA-256). Ends this hash
   * @throws UserError undecodable-audio when there was not one byte of sound: all such files would be the same
   */
  contentId(codec: string, sampleRate: number, channels: number): string {
    if (this.#bytes === 0) throw undecodableAudio(this.#path, 'the decoder returned no packets');
    this.#flush();
    return this.#hash.update(`\n${codec}\n${sampleRate}\n${channels}`).digest('hex').slice(0, 32);
  }

  #flush(): void {
    // A copy is not needed: createHash consumes the bytes before update returns.
    this.#hash.update(this.#stage.subarray(0, this.#staged));
    this.#staged = 0;
  }
}
