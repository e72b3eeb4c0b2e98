/**
 * The desktop app in its real Electron, driven through its page by the DevTools protocol. Not by Playwright's way of
 * starting Electron: that one needs `--inspect`, which the packaged app refuses (docs/adr/0004).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findElectron } from '../scripts/electron-program.ts';

const ROOT = join(import.meta.dirname, '..');
const START_MS = 60_000;

/** Program and first arguments, or why there is none. */
export function findApp(): { program: string; args: string[] } | { missing: string } {
  const packaged = process.env['EARMARK_APP'];
  if (packaged !== undefined) {
    const program = resolve(packaged);
    return existsSync(program) ? { program, args: [] } : { missing: `There is no packaged app at ${program}.` };
  }
  const program = findElectron();
  if (program === null) return { missing: "Electron's binary is not installed: npx install-electron" };
  for (const file of ['dist/main/host/electron/main.js', 'dist/preload/preload.cjs', 'dist/renderer/index.html']) {
    if (!existsSync(join(ROOT, file)))
      return { missing: `${file} is not built: npm run build:renderer && npm run build:main` };
  }
  return { program, args: [ROOT] };
}

export class ElectronApp {
  /** What it wrote to the terminal. */
  output = '';
  readonly exited: Promise<number | null>;
  readonly #process: ChildProcess;
  readonly #socket: Promise<WebSocket>;
  readonly #waiting = new Map<number, (message: Reply) => void>();
  #nextId = 1;

  static async start(program: string, args: string[], dataFolder: string): Promise<ElectronApp> {
    const port = await freePort();
    const child = spawn(program, [...args, `--remote-debugging-port=${port}`], {
      env: { ...process.env, EARMARK_DATA: dataFolder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const app = new ElectronApp(child, port);
    await app.#socket;
    return app;
  }

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.exited = new Promise((done) => child.on('exit', (code) => done(code)));
    this.#socket = this.#connect(port);
  }

  /**
   * Runs in the page. @param expression may be a promise; its value has to survive JSON
   * @throws Error with what was thrown there
   */
  async evaluate<T>(expression: string): Promise<T> {
    const socket = await this.#socket;
    const id = this.#nextId++;
    const params = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const reply = await new Promise<Reply>((done) => {
      this.#waiting.set(id, done);
      socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }));
    });
    const { result, exceptionDetails } = reply.result ?? {};
    if (reply.error || exceptionDetails) {
      throw new Error(`${expression}: ${JSON.stringify(reply.error ?? exceptionDetails?.exception?.description)}`);
    }
    return result?.value as T;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  async #connect(port: number): Promise<WebSocket> {
    const url = await this.#pageUrl(port);
    const socket = new WebSocket(url);
    socket.addEventListener('message', ({ data }) => {
      const reply = JSON.parse(String(data)) as Reply;
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
    await new Promise((done, failed) => {
      socket.addEventListener('open', done);
      socket.addEventListener('error', () => failed(new Error(`no connection to ${url}`)));
    });
    return socket;
  }

  async #pageUrl(port: number): Promise<string> {
    const lateMs = performance.now() + START_MS;
    while (performance.now() < lateMs && this.#process.exitCode === null) {
      const pages = await listPages(port);
      const page = pages.find(({ url }) => url.startsWith('earmark://app/'));
      if (page) return page.webSocketDebuggerUrl;
      await sleep(200);
    }
    this.kill();
    throw new Error(`the app showed no page of its own; it said: ${this.output}`);
  }
}

interface Reply {
  id: number;
  error?: unknown;
  result?: { result?: { value: unknown }; exceptionDetails?: { exception?: { description: string } } };
}

async function listPages(port: number): Promise<{ url: string; webSocketDebuggerUrl: string }[]> {
  try {
    return (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as never;
  } catch {
    return []; // it does not listen yet
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
