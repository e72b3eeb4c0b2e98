/** Where windows go: over the socket to the inference process, or into memory. */
import { Socket, type SocketConstructorOpts } from 'node:net';
import type { DuplexOptions } from 'node:stream';
import { encodeFrame, type PcmWindow } from '../process/pcm-wire.ts';

export interface PcmSink {
  /** Resolves when there is room for more. @throws when the other side is gone */
  write(window: PcmWindow): Promise<void>;
}

/** Written and not yet taken by the other side: about three windows of 5 s, so that decoding continues while one is sent. */
const IN_FLIGHT_BYTES = 2 << 20;
/** While the other side is not reading, this often a sign of life is given. */
const WAITING_BEAT_MS = 500;

/** A connection to the inference process, kept open from file to file. */
export class SocketSink implements PcmSink {
  readonly #socket: Socket;
  readonly #onWaiting: () => void;
  #failure: Error | null = null;

  private constructor(socket: Socket, onWaiting: () => void) {
    this.#socket = socket;
    this.#onWaiting = onWaiting;
    socket.on('error', (error) => (this.#failure = error));
    socket.on('close', () => (this.#failure ??= new Error('the connection was closed')));
    // Nothing is ever sent back; reading is how a closed connection is noticed.
    socket.resume();
  }

  /**
   * @param onWaiting called twice a second while the other side takes nothing
   * @throws Error when nobody listens there
   */
  static connect(socketPath: string, onWaiting: () => void): Promise<SocketSink> {
    // Sockets pass the options of streams on, though their type does not say so.
    const options: SocketConstructorOpts & DuplexOptions = { writableHighWaterMark: IN_FLIGHT_BYTES };
    const socket = new Socket(options);
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(socketPath, () => {
        socket.off('error', reject);
        resolve(new SocketSink(socket, onWaiting));
      });
    });
  }

  get usable(): boolean {
    return this.#failure === null;
  }

  async write(window: PcmWindow): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (!this.#socket.write(encodeFrame(window))) await this.#drained();
  }

  close(): void {
    this.#socket.destroy();
  }

  #drained(): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      const waiting = setInterval(this.#onWaiting, WAITING_BEAT_MS);
      const end = () => {
        clearInterval(waiting);
        socket.off('drain', end);
        socket.off('close', end);
        if (this.#failure) reject(this.#failure);
        else resolve();
      };
      socket.on('drain', end);
      socket.on('close', end);
    });
  }
}

/** Keeps the windows. */
export class MemorySink implements PcmSink {
  readonly windows: PcmWindow[] = [];
  readonly #fromSeconds: number;

  /** @param fromSeconds windows that begin earlier are dropped */
  constructor(fromSeconds = 0) {
    this.#fromSeconds = fromSeconds;
  }

  write(window: PcmWindow): Promise<void> {
    if (window.startSeconds >= this.#fromSeconds) this.windows.push(window);
    return Promise.resolve();
  }
}
