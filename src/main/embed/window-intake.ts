/** Where the decoders' windows come in: a local socket that stops reading when the encoders cannot keep up. */
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { FrameReader, type PcmWindow } from '../process/pcm-wire.ts';

export interface WindowIntakeOptions {
  socketPath: string;
  onWindow: (window: PcmWindow) => void;
  /** Asked after every chunk: true stops all reading until {@link WindowIntake.resume}. */
  isFull: () => boolean;
}

export class WindowIntake {
  readonly #options: WindowIntakeOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #paused = false;
  #brokenConnections = 0;

  constructor(options: WindowIntakeOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  get connections(): number {
    return this.#sockets.size;
  }

  get brokenConnections(): number {
    return this.#brokenConnections;
  }

  /**
   * Begins to listen on the socket. A socket file that a killed process left behind is removed first.
   * @throws the system's error when the address cannot be used
   */
  async listen(): Promise<void> {
    const { socketPath } = this.#options;
    this.removeSocket();
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socketPath, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  /** Leaves nothing in the temporary folder. Windows pipes are no files and go by themselves. */
  removeSocket(): void {
    if (process.platform !== 'win32') rmSync(this.#options.socketPath, { force: true });
  }

  resume(): void {
    this.#paused = false;
    for (const socket of this.#sockets) socket.resume();
  }

  #accept(socket: Socket): void {
    const reader = new FrameReader();
    this.#sockets.add(socket);
    if (this.#paused) socket.pause();
    socket.on('data', (chunk) => {
      try {
        for (const window of reader.push(chunk)) this.#options.onWindow(window);
      } catch {
        // Not frames: nothing after this point can be trusted. The sender sees its connection close.
        this.#brokenConnections += 1;
        socket.destroy();
      }
      if (!this.#paused && this.#options.isFull()) this.#pause();
    });
    // A decoder that is killed in mid-frame shows as an error or an end; either way the rest of its window is dropped.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #pause(): void {
    this.#paused = true;
    for (const socket of this.#sockets) socket.pause();
  }
}
