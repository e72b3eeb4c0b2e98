/** A bad network between a program and a server on the loopback address: bytes late, in pieces, twice, or not at all. */
import { connect as connectTo, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Faults {
  /** The connection is cut after so many bytes from now on, both directions together, wherever that is. */
  cutAfter?: number;
  /** Before each piece, ms; asked for each. */
  delayMs?: () => number;
  /** Of each piece that bytes are passed on in; asked for each. @default as they come */
  pieceBytes?: () => number;
  /** Whether this piece to the server arrives twice. */
  twice?: () => boolean;
  /** Nothing arrives any more, and nobody is told. */
  swallow?: boolean;
}

export class FaultyWay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #faults: Faults = {};
  #passed = 0;
  /** Connections that were cut, so far. */
  cuts = 0;

  private constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connectTo(port, '127.0.0.1');
      this.#pass(near, far, true);
      this.#pass(far, near, false);
    });
  }

  /** @param port of the server */
  static async to(port: number): Promise<FaultyWay> {
    const way = new FaultyWay(port);
    await new Promise<void>((resolve) => way.#server.listen(0, '127.0.0.1', resolve));
    return way;
  }

  /** From now on, for connections that are open as well. */
  set faults(faults: Faults) {
    this.#faults = faults;
    this.#passed = 0;
  }

  /** @param url of the server @returns the address by this way */
  url(url: string): string {
    const over = new URL(url);
    over.port = String((this.#server.address() as AddressInfo).port);
    return over.href;
  }

  /** As when a cable is pulled and put back: new connections are fine. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #pass(from: Socket, to: Socket, isToServer: boolean): void {
    this.#sockets.add(from);
    from.on('error', () => {}); // who is cut off may be told so
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    let before = Promise.resolve();
    from.on('data', (bytes) => {
      before = before.then(() => this.#passOn(bytes, from, to, isToServer));
    });
  }

  async #passOn(bytes: Buffer, from: Socket, to: Socket, isToServer: boolean): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const { cutAfter, delayMs, pieceBytes, twice, swallow } = this.#faults;
      if (swallow) return;
      const piece = bytes.subarray(at, at + Math.max(1, pieceBytes?.() ?? bytes.length));
      at += piece.length;
      const ms = delayMs?.() ?? 0;
      if (ms > 0) await sleep(ms);
      this.#passed += piece.length;
      if (cutAfter !== undefined && this.#passed > cutAfter) {
        this.cuts++;
        from.destroy();
        to.destroy();
      }
      if (to.destroyed) return;
      to.write(piece);
      if (isToServer && twice?.()) to.write(piece);
    }
  }
}
