/** `earmark serve`: the contract, the events, the sounds and the window over HTTP, for browsers on this machine alone. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallName } from '../../../shared/contract.ts';
import { toWire, UserError } from '../../../shared/errors.ts';
import type { EngineHandle } from '../../engine/engine.ts';
import { INSTALL_FOLDER } from '../../files/install.ts';
import { refusal, repeatedHeader } from './access.ts';
import type { ApiTokens } from './api-tokens.ts';
import { parseAudioAddress, sendAudio } from './audio-route.ts';
import { answerCall } from './call-route.ts';
import { EventStreams } from './event-streams.ts';
import { Keys } from './keys.ts';
import { sendPlaylist } from './playlist-route.ts';
import { HttpError, sendError, sendJson, setHeadersOfAll } from './replies.ts';
import { SCOPE_OF, type Scope } from './scopes.ts';
import { sendSimilarTracks } from './subsonic-route.ts';
import { readStaticFiles } from './static-files.ts';

/** Never anything else: the server is for browsers on this machine. */
const ADDRESS = '127.0.0.1';
/** How long answers under way may take when the server closes. */
const CLOSING_PATIENCE_MS = 500;
/** A request has to be here within this time; answers may take as long as they take. */
const REQUEST_MS = 30_000;

export interface HttpHostOptions {
  handle: Pick<EngineHandle, 'engine' | 'on' | 'audio'>;
  /** Where the window was built to. */
  windowFolder: string;
  /** Tokens of programs besides the window. */
  tokens?: Pick<ApiTokens, 'find'>;
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
  /** How many follow the engine's events now: open windows. */
  windows(): number;
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
    windows: () => events.clients,
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
  const withToken = async (scope: Scope | null, given = authorization) => {
    if (keys.isToken(given)) return;
    const token = (await options.tokens?.find(given)) ?? null;
    if (token === null) throw signedOut();
    if (scope === null || !token.scopes.includes(scope)) throw outOfScope(scope);
  };
  const [, area, rest] = /^\/(call|audio)\/(.*)$/.exec(path) ?? [];
  if (area === 'call') {
    allow(request, ['POST']);
    await withToken(scopeOf(rest ?? ''));
    await answerCall(request, response, options.handle.engine, rest ?? '');
  } else if (area === 'audio') {
    const method = allow(request, ['GET', 'HEAD']);
    const { signature, ...address } = parseAudioAddress(rest ?? '', query);
    if (address.untilMs === 0) await withToken('read');
    else if (!keys.isToken(authorization)) {
      if (!keys.hasSigned(address, signature)) throw signedOut();
      if (Date.now() >= address.untilMs) throw expired();
    }
    await sendAudio(request, response, options.handle.audio, { method, ...address, closing });
  } else if (path === '/session') {
    allow(request, ['POST']);
    if (!keys.opensSession(authorization)) throw signedOut();
    sendJson(response, 200, { ok: true, value: { token: keys.token } });
  } else if (path === '/events') {
    allow(request, ['GET']);
    await withToken('read');
    events.add(response);
  } else if (path === '/playlist.m3u8') {
    allow(request, ['GET']);
    await withToken('read');
    await sendPlaylist(response, options.handle.engine, query);
  } else if (path === '/rest/getSonicSimilarTracks' || path === '/rest/getSonicSimilarTracks.view') {
    allow(request, ['GET']);
    // By this protocol, a token is the parameter apiKey.
    const apiKey = new URLSearchParams(query).get('apiKey');
    await withToken('read', apiKey === null ? authorization : `Bearer ${apiKey}`);
    await sendSimilarTracks(response, options.handle.engine, query);
  } else if (path === '/openapi.json') {
    allow(request, ['GET']);
    // Made from the source by `npm run docs:api`.
    sendJson(response, 200, JSON.parse(await readFile(join(INSTALL_FOLDER, 'docs', 'openapi.json'), 'utf8')));
  } else sendStatic(request, response, path, files);
}

function sendStatic(request: IncomingMessage, response: ServerResponse, path: string, files: Routes['files']): void {
  const file = files.get(path);
  if (!file) {
    const missing = path === '/' ? 'The window has not been built yet. Run: npm run build:renderer' : 'Not found.';
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
  throw new HttpError(405, 'bad-input', `This address accepts ${words} only.`, { Allow: methods.join(', ') });
}

function signedOut(): HttpError {
  const sentence = 'This window belongs to an earlier session. Open the address that Earmark printed.';
  return new HttpError(401, 'signed-out', sentence, { 'WWW-Authenticate': 'Bearer' });
}

/** Calls that do not exist are for the window alone: which ones do, is not told to everybody. */
function scopeOf(name: string): Scope | null {
  return Object.hasOwn(SCOPE_OF, name) ? SCOPE_OF[name as CallName] : null;
}

function outOfScope(scope: Scope | null): HttpError {
  const sentence =
    scope === null
      ? 'This is available in the window only, not with a token.'
      : `This needs a token with the scope “${scope}”. Create one: earmark token create NAME --scope ${scope}`;
  return new HttpError(403, 'out-of-scope', sentence);
}

function expired(): HttpError {
  const sentence = 'This audio address has expired. Play the file in the window.';
  return new HttpError(401, 'expired', sentence, { 'WWW-Authenticate': 'Bearer' });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(new UserError('bad-input', `Port ${port} is in use by another program. Choose another port, or omit --port.`, error)); // prettier-ignore
      } else if (error.code === 'EACCES') {
        reject(
          new UserError('bad-input', `You don’t have permission to use port ${port}. Choose 1024 or higher.`, error),
        );
      } else reject(error);
    });
    server.listen(port, ADDRESS, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}
