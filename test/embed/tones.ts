/** What the encoder tests share: tones for the tiny model, and a decoder's side of the socket. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { EmbeddedWindow, Encoder, FailedWindow } from '../../src/main/embed/encoder.ts';
import { encodeFrame } from '../../src/main/process/pcm-wire.ts';
import { bandFrequency, SAMPLE_RATE } from '../fixtures/tiny-pack/make-tiny-pack.ts';

/** A sine in the middle of a band of the tiny model. @returns Float32Array[length], −0.5..0.5 */
export function tone(band: number, length = SAMPLE_RATE): Float32Array {
  const step = (2 * Math.PI * bandFrequency(band)) / SAMPLE_RATE;
  return Float32Array.from({ length }, (_, n) => 0.5 * Math.sin(step * n));
}

/** A connection as a decoder process makes it. */
export async function connectTo(encoder: Encoder): Promise<Socket> {
  const socket = connect(encoder.socketPath);
  await once(socket, 'connect');
  // Tests end while data is under way; what a broken connection costs shows in the windows that do not come back.
  socket.on('error', () => {});
  return socket;
}

/** Sends windows of 1 s one after another, waiting whenever the socket is full. */
export async function send(socket: Socket, item: number, windows: Iterable<Float32Array>): Promise<void> {
  let windowIndex = 0;
  for (const samples of windows) {
    const place = { item, windowIndex, startSeconds: windowIndex, seconds: samples.length / SAMPLE_RATE };
    if (!socket.write(encodeFrame({ ...place, samples }))) await once(socket, 'drain');
    windowIndex += 1;
  }
}

/** Everything the encoder says, and a promise for when it has said enough. */
export function collect(encoder: Encoder, options?: { raw: boolean }) {
  const embedded: EmbeddedWindow[] = [];
  const failed: FailedWindow[] = [];
  const waiting = new Set<{ wanted: number; resolve: (value: undefined) => void }>();
  const look = () => {
    for (const { wanted, resolve } of waiting) if (embedded.length + failed.length >= wanted) resolve(undefined);
  };
  encoder.onEmbedded((window) => {
    embedded.push(window);
    look();
  }, options);
  encoder.onFailed((window) => {
    failed.push(window);
    look();
  });
  /** Resolves when so many windows have come back, embedded or failed. */
  const count = (wanted: number) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    waiting.add({ wanted, resolve });
    look();
    return promise;
  };
  return { embedded, failed, count };
}

export function strongestBand(embedding: Float32Array): number {
  return embedding.indexOf(Math.max(...embedding));
}
