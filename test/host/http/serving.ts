/** A real server with a real engine on a folder of its own, and ways to ask it that no well-behaved client would use. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCatalogue, type Catalogue } from '../../../src/main/catalogue/open.ts';
import { createEngine, type EngineHandle } from '../../../src/main/engine/engine.ts';
import { directClient } from '../../../src/main/host/dispatch.ts';
import { ApiTokens } from '../../../src/main/host/http/api-tokens.ts';
import { startHttpHost, type HttpHost } from '../../../src/main/host/http/server.ts';
import type { IndexSummary } from '../../../src/shared/types.ts';
import { waitForJob } from '../../../src/shared/jobs.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

const TINY_PACK = fileURLToPath(new URL('../../fixtures/tiny-pack', import.meta.url));

export interface ServingOptions {
  /** Files of the window: path below its folder → content. */
  window?: Record<string, string>;
  heartbeatMs?: number;
}

export class Serving {
  readonly folder: string;
  readonly sounds: string;
  readonly handle: EngineHandle;
  #catalogue: Catalogue | null = null;
  host!: HttpHost;

  static async start({ window = {}, heartbeatMs }: ServingOptions = {}): Promise<Serving> {
    const serving = new Serving();
    const windowFolder = join(serving.folder, 'window');
    for (const [path, content] of Object.entries(window)) {
      mkdirSync(dirname(join(windowFolder, path)), { recursive: true });
      writeFileSync(join(windowFolder, path), content);
    }
    const { handle } = serving;
    serving.host = await startHttpHost({
      handle,
      windowFolder,
      tokens: new ApiTokens(serving.dataFolder),
      ...(heartbeatMs ? { heartbeatMs } : {}),
    });
    return serving;
  }

  private constructor() {
    this.folder = temporaryFolder('eh');
    this.sounds = join(this.folder, 'sounds');
    mkdirSync(this.sounds);
    this.handle = createEngine({ dataFolder: this.dataFolder, model: TINY_PACK, load: 'foreground' });
  }

  get dataFolder(): string {
    return join(this.folder, 'data');
  }

  /** What the engine keeps, looked at from outside. */
  get catalogue(): Catalogue {
    this.#catalogue ??= openCatalogue(this.dataFolder, { readonly: true });
    return this.#catalogue;
  }

  at(name: string): string {
    return join(this.sounds, name);
  }

  async index(): Promise<IndexSummary> {
    const client = directClient(this.handle.engine, this.handle.on);
    return waitForJob(client, await client.call('index.start', { folders: [this.sounds] }), 'index');
  }

  /** @throws Error when the catalogue has no such file */
  fileId(name: string): number {
    const root = this.catalogue.roots.byPath(this.sounds);
    const row = root ? this.catalogue.files.byPath(root.id, name) : null;
    if (!row) throw new Error(`${name} is not in the catalogue`);
    return row.id;
  }

  /** As the window asks: with the token. */
  get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
    const signedIn = { Authorization: `Bearer ${this.host.token}`, ...headers };
    return fetch(`${this.host.origin}${path}`, { method, headers: signedIn });
  }

  post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
    const usual = { Authorization: `Bearer ${this.host.token}`, 'Content-Type': 'application/json' };
    return fetch(`${this.host.origin}${path}`, { method: 'POST', headers: { ...usual, ...headers }, body });
  }

  async close(): Promise<void> {
    await this.host.close();
    this.#catalogue?.close();
    await this.handle.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface RawAnswer {
  status: number;
  headers: string;
  body: string;
}

/**
 * Sends a request byte for byte: what fetch would clean up arrives as it is written here.
 * @param head request line and headers without the empty line; `Connection: close` is added
 */
export function raw(port: number, head: string, body = ''): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    socket.on('error', reject);
    socket.on('close', () => {
      const [headers = '', ...rest] = answer.split('\r\n\r\n');
      resolve({ status: Number(headers.split(' ')[1]), headers, body: rest.join('\r\n\r\n') });
    });
    socket.write(Buffer.from(`${head}\r\nConnection: close\r\n\r\n${body}`, 'latin1'));
  });
}
