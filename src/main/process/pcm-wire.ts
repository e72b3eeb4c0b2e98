/**
 * How PCM travels from a decoder process to the inference process: over a local socket (Unix domain socket, or a
 * named pipe on Windows), not through the engine and never as JSON. Backpressure is the socket's own: the
 * inference process stops reading when its queue is full, and the decoder's `write` returns false.
 *
 * One frame is a header of {@link FRAME_HEADER_BYTES} bytes (little-endian) and the samples (float32le, mono,
 * −1..1, at the pack's sample rate):
 *   u32 magic · u32 item · u32 windowIndex · u32 numberOfSamples · f64 startSeconds · f64 seconds
 */
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const FRAME_MAGIC = 0x4b4d5245; // "ERMK"
export const FRAME_HEADER_BYTES = 32;
/** The largest window any pack may ask for: 60 s at 192 kHz. A larger count in a header means a broken stream. */
export const MAX_FRAME_SAMPLES = 60 * 192_000;

export interface PcmWindow {
  /** Chosen by the engine, unique for one attempt at one file. */
  item: number;
  /** 0, 1, 2 … within the item. */
  windowIndex: number;
  /** Where the window starts in the file. */
  startSeconds: number;
  /** How much of the file it covers: less than the pack's window for a short clip. */
  seconds: number;
  /** Mono, −1..1, at the pack's rate; fewer than a full window for a short clip (filling up is the encoder's work). */
  samples: Float32Array;
}

/** A fresh address for one inference process to listen on. Short: Unix socket paths end at ~104 bytes. */
export function newSocketPath(): string {
  const name = `earmark-${process.pid}-${randomBytes(4).toString('hex')}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/** One frame as bytes. The samples are copied once. */
export function encodeFrame(window: PcmWindow): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + window.samples.byteLength);
  frame.writeUInt32LE(FRAME_MAGIC, 0);
  frame.writeUInt32LE(window.item, 4);
  frame.writeUInt32LE(window.windowIndex, 8);
  frame.writeUInt32LE(window.samples.length, 12);
  frame.writeDoubleLE(window.startSeconds, 16);
  frame.writeDoubleLE(window.seconds, 24);
  Buffer.from(window.samples.buffer, window.samples.byteOffset, window.samples.byteLength).copy(
    frame,
    FRAME_HEADER_BYTES,
  );
  return frame;
}

/** Puts frames together again from chunks of any size. One reader a connection. */
export class FrameReader {
  readonly #header = Buffer.alloc(FRAME_HEADER_BYTES);
  #headerFilled = 0;
  #window: PcmWindow | null = null;
  #bytes: Buffer | null = null;
  #filled = 0;

  /**
   * @returns the windows completed by this chunk, each with its own buffer
   * @throws RangeError when the stream is not frames: drop the connection
   */
  push(chunk: Buffer): PcmWindow[] {
    const complete: PcmWindow[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (!this.#window) {
        const take = Math.min(FRAME_HEADER_BYTES - this.#headerFilled, chunk.length - at);
        chunk.copy(this.#header, this.#headerFilled, at, at + take);
        this.#headerFilled += take;
        at += take;
        if (this.#headerFilled < FRAME_HEADER_BYTES) break;
        this.#begin();
      }
      const take = Math.min(this.#bytes!.length - this.#filled, chunk.length - at);
      chunk.copy(this.#bytes!, this.#filled, at, at + take);
      this.#filled += take;
      at += take;
      if (this.#filled === this.#bytes!.length) {
        complete.push(this.#window!);
        this.#window = null;
        this.#headerFilled = 0;
      }
    }
    return complete;
  }

  #begin(): void {
    const header = this.#header;
    const numberOfSamples = header.readUInt32LE(12);
    if (header.readUInt32LE(0) !== FRAME_MAGIC || numberOfSamples === 0 || numberOfSamples > MAX_FRAME_SAMPLES) {
      throw new RangeError('not a PCM frame');
    }
    const samples = new Float32Array(numberOfSamples);
    this.#window = {
      item: header.readUInt32LE(4),
      windowIndex: header.readUInt32LE(8),
      startSeconds: header.readDoubleLE(16),
      seconds: header.readDoubleLE(24),
      samples,
    };
    this.#bytes = Buffer.from(samples.buffer);
    this.#filled = 0;
  }
}
