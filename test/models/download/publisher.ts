/** A publisher of models on this machine: serves files with ranges and tags, and misbehaves on request. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { sha256 } from '../../kit/sha256.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

export type Misbehaviour = (request: IncomingMessage, response: ServerResponse, content: Buffer) => void;

export interface Asked {
  path: string;
  /** Status of the answer once it was begun; null before. */
  status: number | null;
  headers: IncomingMessage['headers'];
}

export interface Certificate {
  key: string;
  cert: string;
}

/** Signed by itself, for `localhost`. Made anew: one in the repository would run out some day. */
export function makeCertificate(): Certificate {
  const folder = temporaryFolder('certificate');
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...kind, ...names, ...files], { stdio: 'ignore' });
  return { key: readFileSync(join(folder, 'key'), 'utf8'), cert: readFileSync(join(folder, 'cert'), 'utf8') };
}

export class Publisher {
  readonly files = new Map<string, Buffer>();
  readonly asked: Asked[] = [];
  readonly #server: Server;
  readonly #secure: boolean;
  /** By path: what happens at the next requests, in turn. */
  readonly #misbehaving = new Map<string, Misbehaviour[]>();
  /** By path: what happens at every other request. */
  readonly #always = new Map<string, Misbehaviour>();

  /** @param certificate speaks https when given */
  constructor(certificate?: Certificate) {
    const listener: RequestListener = (request, response) => this.#serve(request, response);
    this.#secure = certificate !== undefined;
    this.#server = certificate ? createSecureServer(certificate, listener) : createServer(listener);
  }

  async start(): Promise<this> {
    await listen(this.#server);
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return `${this.#secure ? 'https://localhost' : 'http://127.0.0.1'}:${this.port}`;
  }

  /** At the next requests for the path, one after the other; then it serves as it should again. */
  next(path: string, ...misbehaviours: Misbehaviour[]): void {
    this.#misbehaving.set(path, misbehaviours);
  }

  always(path: string, misbehaviour: Misbehaviour): void {
    this.#always.set(path, misbehaviour);
  }

  behave(): void {
    this.#misbehaving.clear();
    this.#always.clear();
  }

  /** Those for one path. */
  askedFor(path: string): Asked[] {
    return this.asked.filter((one) => one.path === path);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url!, this.address).pathname;
    const asked: Asked = { path, status: null, headers: request.headers };
    this.asked.push(asked);
    const content = this.files.get(path) ?? null;
    const misbehave = this.#misbehaving.get(path)?.shift() ?? this.#always.get(path);
    response.on('close', () => (asked.status = response.statusCode));
    if (misbehave) misbehave(request, response, content ?? Buffer.alloc(0));
    else if (content) serve(request, response, content);
    else response.writeHead(404).end();
  }
}

export function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

export function tagOf(content: Buffer): string {
  return `"${sha256(content).slice(0, 16)}"`;
}

/** As a good server does (RFC 9110, 13 and 14). */
export function serve(request: IncomingMessage, response: ServerResponse, content: Buffer): void {
  const etag = tagOf(content);
  const from = startOf(request);
  if (from === 0 || (request.headers['if-range'] ?? etag) !== etag) {
    response.writeHead(200, { etag, 'content-length': content.length }).end(content);
  } else if (from >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
  } else {
    const range = `bytes ${from}-${content.length - 1}/${content.length}`;
    response.writeHead(206, { etag, 'content-range': range, 'content-length': content.length - from });
    response.end(content.subarray(from));
  }
}

/** Answers with a code and no content. */
export const status =
  (code: number, headers: Record<string, string> = {}): Misbehaviour =>
  (_, response) =>
    response.writeHead(code, headers).end();

/** As {@link serve}, but hangs up after so many bytes of the content. */
export function dropAfter(bytes: number): Misbehaviour {
  return (request, response, content) => {
    const from = startOf(request);
    const etag = tagOf(content);
    const length = { etag, 'content-length': content.length - from };
    if (from === 0) response.writeHead(200, length);
    else
      response.writeHead(206, { ...length, 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` });
    response.write(content.subarray(from, from + bytes), () => response.socket!.end()); // a reset would take back what is on the way
  };
}

/** First byte that is asked for. */
export function startOf({ headers }: IncomingMessage): number {
  return Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
}

export interface Proxy {
  /** "GET http://…", "CONNECT host:port" */
  asked: string[];
  authorisations: (string | undefined)[];
  address: string;
  stop(): Promise<void>;
}

/** A proxy for http and, by CONNECT, for https. @param refuse answers with this status in place of passing on */
export async function startProxy(refuse?: number): Promise<Proxy> {
  const asked: string[] = [];
  const authorisations: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    authorisations.push(request.headers['proxy-authorization']);
    if (refuse !== undefined) {
      response.writeHead(refuse).end();
      return;
    }
    const url = new URL(request.url!);
    void fetch(url, { headers: pick(request.headers) }).then(async (answer) => {
      response
        .writeHead(answer.status, Object.fromEntries(answer.headers))
        .end(Buffer.from(await answer.arrayBuffer()));
    });
  });
  server.on('connect', (request, socket: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    authorisations.push(request.headers['proxy-authorization']);
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} No\r\n\r\n`);
      return;
    }
    const there = connect(Number(request.url!.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      there.pipe(socket).pipe(there);
    });
    for (const one of [socket, there]) {
      sockets.add(one);
      one.on('error', () => one.destroy());
    }
  });
  await listen(server);
  return {
    asked,
    authorisations,
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pick(headers: IncomingMessage['headers']): Record<string, string> {
  const { range, 'if-range': ifRange } = headers;
  return { ...(range === undefined ? {} : { range }), ...(typeof ifRange === 'string' ? { 'if-range': ifRange } : {}) };
}
