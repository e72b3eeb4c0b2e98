/** `earmark serve`: the contract, the events, the sounds and the window over HTTP, for browsers on this machine alone. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { toWire, UserError } from '../../../shared/errors.ts';
import type { EngineHandle } from '../../engine.ts';
import type { AudioFiles } from '../audio-file.ts';
import { refusal, repeatedHeader } from './access.ts';
import { parseAudioAddress, sendAudio } from './audio-route.ts';
import { answerCall } from './call-route.ts';
import { EventStreams } from './event-streams.ts';
import { Keys } from './keys.ts';
import { HttpError, sendError, sendJson, setHeadersOfAll } from './replies.ts';
import { readStaticFiles } from './static-files.ts';

/** Never anything else: the server is for browsers on this machine. */
const ADDRESS = '127.0.0.1';
/** How long answers under way may take when the server closes. */
const CLOSING_PATIENCE_MS = 500;
/** A request has to be here within this time; answers may take as long as they take. */
const REQUEST_MS = 30_000;

export interface HttpHostOptions {
  handle: Pick<EngineHandle, 'engine' | 'on'>;
  /** Stays the caller's to close. */
  audio: AudioFiles;
  /** Where the window was built to. */
  windowFolder: string;
  /** 0 or absent: any free one. */
  port?: number;
  /** Between two signs of life of an event stream. */
  heartbeatMs?: number;
}

export interface HttpHost {
  port: number;
  /** `http://127.0.0.1:PORT`, without the token. */
  origin: string;
  /** Opens the window: the origin with the token in its fragment, which browsers do not send anywhere. */
  url: string;
  /** For `Authorization: Bearer`. */
  token: string;
  /** Is there a window to open? */
  windowBuilt: boolean;
  /** Like `url`, good for one opening within two minutes: for command lines, which others can see. */
  oneTimeUrl(): string;
  /** Ends streams, lets answers finish for a moment, and closes all connections. */
  close(): Promise<void>;
}

/** @throws UserError bad-input when the port is taken or not allowed */
export async function startHttpHost(options: HttpHostOptions): Promise<HttpHost> {
  const server = createServer({ requestTimeout: REQUEST_MS });
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const keys = new Keys();
  const events = new EventStreams(options.handle.on, options.heartbeatMs);
  const files = readStaticFiles(options.windowFolder);
  const closing = new AbortController();
  const routes = { options, keys, events, files, closing: closing.signal };
  server.on('request', (request, response) => void handle(request, response, port, routes));
  const origin = `http://${ADDRESS}:${port}`;
  return {
    port,
    origin,
    url: `${origin}/#${keys.token}`,
    token: keys.token,
    windowBuilt: files.has('/'),
    oneTimeUrl: () => `${origin}/#${keys.newOneTimeKey()}`,
    close: async () => {
      closing.abort();
      events.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await Promise.race([closed, sleep(CLOSING_PATIENCE_MS, undefined, { ref: false })]);
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Routes {
  options: HttpHostOptions;
  keys: Keys;
  events: EventStreams;
  files: ReturnType<typeof readStaticFiles>;
  closing: AbortSignal;
}

/** Never rejects. */
async function handle(request: IncomingMessage, response: ServerResponse, port: number, routes: Routes): Promise<void> {
  response.on('error', () => {}); // a client that went away is no error of ours
  try {
    setHeadersOfAll(response);
    const repeated = repeatedHeader(request.headersDistinct);
    if (repeated !== null) throw new HttpError(400, 'refused', `The header “${repeated}” was sent more than once.`);
    const { host, origin, 'sec-fetch-site': site } = request.headers;
    const secFetchSite = Array.isArray(site) ? site.join() : site;
    const refused = refusal({ host, origin, secFetchSite }, port);
    if (refused !== null) throw new HttpError(403, 'refused', refused);
    await route(request, response, routes);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else if (error instanceof HttpError) sendError(response, error.status, error.wire, error.headers);
    else sendError(response, 500, toWire(error));
  }
}

/** Paths are compared as they came, never decoded or put together with a folder: there is nothing to climb out of. */
async function route(request: IncomingMessage, response: ServerResponse, routes: Routes): Promise<void> {
  const { options, keys, events, files, closing } = routes;
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const { authorization } = request.headers;
  const withToken = () => {
    if (!keys.isToken(authorization)) throw signedOut();
  };
  const [, area, rest] = /^\/(call|audio)\/(.*)$/.exec(path) ?? [];
  if (area === 'call') {
    allow(request, ['POST']);
    withToken();
    await answerCall(request, response, options.handle.engine, rest ?? '');
  } else if (area === 'audio') {
    const method = allow(request, ['GET', 'HEAD']);
    const { signature, ...address } = parseAudioAddress(rest ?? '', query);
    if (!keys.isToken(authorization)) {
      if (!keys.hasSigned(address, signature)) throw signedOut();
      if (Date.now() >= address.untilMs) throw expired();
    }
    await sendAudio(request, response, options.audio, { method, ...address, closing });
  } else if (path === '/session') {
    allow(request, ['POST']);
    if (!keys.opensSession(authorization)) throw signedOut();
    sendJson(response, 200, { ok: true, value: { token: keys.token } });
  } else if (path === '/events') {
    allow(request, ['GET']);
    withToken();
    events.add(response);
  } else sendStatic(request, response, path, files);
}

function sendStatic(request: IncomingMessage, response: ServerResponse, path: string, files: Routes['files']): void {
  const file = files.get(path);
  if (!file) {
    const missing =
      path === '/' ? 'The window has not been built yet. Run: npm run build:renderer' : 'There is nothing here.';
    throw new HttpError(404, 'not-found', missing);
  }
  const method = allow(request, ['GET', 'HEAD']);
  const isKnown = request.headers['if-none-match'] === file.headers['ETag'];
  response.writeHead(isKnown ? 304 : 200, file.headers);
  response.end(isKnown || method === 'HEAD' ? undefined : file.body);
}

function allow<M extends string>(request: IncomingMessage, methods: readonly M[]): M {
  const method = methods.find((one) => one === request.method);
  if (method !== undefined) return method;
  const words = methods.join(' or ');
  throw new HttpError(405, 'bad-input', `This address takes ${words} only.`, { Allow: methods.join(', ') });
}

function signedOut(): HttpError {
  const sentence = 'This window does not belong to the Earmark that is running. Open the address that it printed.';
  return new HttpError(401, 'signed-out', sentence, { 'WWW-Authenticate': 'Bearer' });
}

function expired(): HttpError {
  const sentence = 'This address of a sound has expired. Play the file in the window.';
  return new HttpError(401, 'expired', sentence, { 'WWW-Authenticate': 'Bearer' });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(new UserError('bad-input', `Port ${port} is taken by another program. Choose another one, or leave it out.`, error)); // prettier-ignore
      } else if (error.code === 'EACCES') {
        reject(new UserError('bad-input', `This user may not use port ${port}. Choose one from 1024 on.`, error));
      } else reject(error);
    });
    server.listen(port, ADDRESS, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}
