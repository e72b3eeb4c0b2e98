/** A running ffmpeg as a pair of streams. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** Lines that ffmpeg prints (at `-v error`) for a packet that did not decode. */
const FAILED_PACKET = /Error (?:while decoding|submitting (?:a )?packet)/;

/** One running ffmpeg with pipes at both ends. */
export class FfmpegPipe {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #exited: Promise<void>;
  readonly #output: AsyncIterator<Buffer>;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #stderr = '';
  failedPackets = 0;

  constructor(options: string[]) {
    const argumentsOfAll = ['-hide_banner', '-nostats', '-v', 'error', '-threads', '1', ...options];
    this.#process = spawn('ffmpeg', argumentsOfAll, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#exited = new Promise((resolve) => {
      this.#process.on('close', () => resolve());
      this.#process.on('error', (error) => {
        this.#stderr += String(error);
        resolve();
      });
    });
    // A program that ends early closes its input; its exit and its words say why.
    this.#process.stdin.on('error', (error) => (this.#stderr += String(error)));
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.failedPackets += text.split('\n').filter((line) => FAILED_PACKET.test(line)).length;
      this.#stderr = (this.#stderr + text).slice(-4096);
    });
    this.#output = (this.#process.stdout as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  /** What it said on stderr, the last of it. */
  get complaints(): string {
    return this.#stderr.trim();
  }

  /** @returns as many bytes as asked for; fewer at the end */
  async read(bytes: number): Promise<Buffer> {
    while (this.#pendingBytes < bytes) {
      const next = await this.#output.next();
      if (next.done) break;
      this.#keep(next.value);
    }
    return this.#take(bytes);
  }

  /** @returns what has arrived already, in whole units of `unit` bytes */
  readAvailable(unit: number): Buffer {
    for (let chunk = this.#readNow(); chunk; chunk = this.#readNow()) this.#keep(chunk);
    return this.#take(this.#pendingBytes - (this.#pendingBytes % unit));
  }

  async *chunks(): AsyncGenerator<Buffer> {
    for (let next = await this.#output.next(); !next.done; next = await this.#output.next()) yield next.value;
  }

  async write(samples: Float32Array): Promise<void> {
    const { stdin } = this.#process;
    // A copy: the caller uses its array again, the pipe may take its time.
    const copy = Buffer.from(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
    if (stdin.write(copy)) return;
    // Waiting for room while nobody reads the other end would wait for ever.
    while (stdin.writableNeedDrain && stdin.writable) {
      for (let chunk = this.#readNow(); chunk; chunk = this.#readNow()) this.#keep(chunk);
      await new Promise<void>((resolve) => setTimeout(resolve, 1));
    }
  }

  endInput(): void {
    this.#process.stdin.end();
  }

  async stop(): Promise<void> {
    this.#process.stdout.destroy();
    this.#process.kill('SIGKILL');
    await this.#exited;
  }

  #readNow(): Buffer | null {
    return this.#process.stdout.read() as Buffer | null;
  }

  #keep(chunk: Buffer): void {
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
  }

  #take(bytes: number): Buffer {
    const all = Buffer.concat(this.#pending);
    const taken = all.subarray(0, bytes);
    const rest = all.subarray(taken.length);
    this.#pending = rest.length > 0 ? [rest] : [];
    this.#pendingBytes = rest.length;
    return taken;
  }
}
