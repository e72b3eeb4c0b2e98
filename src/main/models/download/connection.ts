/**
 * The only place from which Earmark opens a connection to somewhere else: GET over https, through the proxy that the
 * environment names, following redirects to where {@link mayVisit} lets them go. Sends no cookies and no identity.
 */
import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { PassThrough } from 'node:stream';
import tls from 'node:tls';
import { mayVisit, proxyFor, throughMirror, unusableProxy } from './addresses.ts';
import { networkFault } from './network-fault.ts';
import { Patience } from './patience.ts';
import { Sentences, StalledError } from './sentences.ts';

const MAX_REDIRECTS = 10;
/** Bytes that have come and that the disk is not ready for; only then the server has to wait. */
const KEPT_AT_MOST = 1 << 20;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const SHA256 = /^(?:W\/)?"?([0-9a-f]{64})"?$/i;

export interface ConnectionOptions {
  mirror: URL | null;
  sentences: Sentences;
  signal: AbortSignal;
  /** Silence of a server that is put up with, ms. */
  patienceMs: number;
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY stand. */
  env: NodeJS.ProcessEnv;
  /** Certificate authorities that are trusted besides the usual ones, PEM. */
  ca: string[];
}

export interface Answer {
  response: IncomingMessage;
  arriving: Arriving;
  /** Who answered in the end. */
  host: string;
  /** SHA-256 of the whole file in hex, as Hugging Face sends it for large files; null when it was not sent. */
  linkedSha256: string | null;
}

/** The content of a response. One that breaks drops what it has not handed out yet; here it is kept. */
interface Arriving {
  /** Ends when no more comes, for whatever reason. */
  stream: PassThrough;
  /** The reason, where it was not the end of the content; null before. */
  broken: unknown;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #agents: { http: http.Agent; https: https.Agent };

  /** @throws UserError offline when the environment names a proxy that cannot be used */
  constructor(options: ConnectionOptions) {
    const unusable = unusableProxy(options.env);
    if (unusable !== null) throw options.sentences.proxyUnusable(unusable);
    this.#options = options;
    const proxyEnv = options.env;
    const secureContext = tls.createSecureContext({ ca: [...authorities(), ...options.ca] });
    this.#agents = { http: new http.Agent({ proxyEnv }), https: new https.Agent({ proxyEnv, secureContext }) };
  }

  /**
   * @param address of the publisher's; asked at the mirror, if there is one
   * @returns the answer, whatever its status, but for redirects
   * @throws Passing what another try may mend; UserError offline, download-failed; signal.reason
   */
  async get(address: string, headers: OutgoingHttpHeaders): Promise<Answer> {
    const { mirror, sentences, env } = this.#options;
    const seen = new Set<string>();
    let linkedSha256: string | null = null;
    let url = throughMirror(address, mirror);
    for (;;) {
      seen.add(url.href);
      const response = await this.#request(url, headers);
      const linked = response.headers['x-linked-etag'];
      linkedSha256 ??= (typeof linked === 'string' && SHA256.exec(linked)?.[1]?.toLowerCase()) || null;
      if (response.statusCode === 407) throw sentences.proxyRefuses(proxyFor(url, env) ?? url.host, 407);
      const { location } = response.headers;
      if (!REDIRECTS.has(response.statusCode!) || location === undefined) {
        return { response, arriving: keepWhatComes(response), host: url.host, linkedSha256 };
      }
      response.destroy();
      if (!URL.canParse(location, url.href)) throw sentences.redirectedBadly(url.host, 'to an invalid address');
      const next = new URL(location, url);
      if (!mayVisit(next, mirror)) {
        throw sentences.redirectedBadly(url.host, `to an unencrypted address (${next.protocol})`);
      }
      if (seen.has(next.href)) throw sentences.redirectedBadly(url.host, 'in a loop');
      if (seen.size > MAX_REDIRECTS) throw sentences.redirectedBadly(url.host, 'too many times');
      url = next;
    }
  }

  /**
   * What came, piece by piece; the next one is not awaited before the last one was taken.
   * @throws Passing when it does not come to its end; signal.reason
   */
  async *body({ response, arriving, host }: Answer): AsyncGenerator<Buffer, void, undefined> {
    const patience = new Patience(this.#options.patienceMs, () => response.destroy(new StalledError('stalled')));
    patience.wait();
    try {
      for await (const piece of arriving.stream as AsyncIterable<Buffer>) {
        patience.rest(piece.length);
        yield piece;
        patience.wait();
      }
    } finally {
      patience.rest();
      response.destroy();
    }
    if (arriving.broken !== null) throw this.#fault(arriving.broken, host, null);
  }

  async #request(url: URL, headers: OutgoingHttpHeaders): Promise<IncomingMessage> {
    const { signal, patienceMs } = this.#options;
    signal.throwIfAborted();
    const options = {
      signal,
      headers: { 'user-agent': 'Earmark', accept: '*/*', 'accept-encoding': 'identity', ...headers },
    };
    const request =
      url.protocol === 'https:'
        ? https.get(url, { ...options, agent: this.#agents.https })
        : http.get(url, { ...options, agent: this.#agents.http });
    const patience = new Patience(patienceMs, () => request.destroy(new StalledError('no answer')));
    patience.wait();
    try {
      return await new Promise<IncomingMessage>((resolve, reject) => {
        request.once('response', resolve);
        request.on('error', reject); // stays: later errors are reported by the response as well
      });
    } catch (error) {
      throw this.#fault(error, url.host, url);
    } finally {
      patience.rest();
    }
  }

  #fault(error: unknown, host: string, url: URL | null): unknown {
    const { signal, sentences, env } = this.#options;
    if (signal.aborted) return signal.reason;
    const proxy = url && proxyFor(url, env);
    return networkFault(error, host, proxy, sentences);
  }
}

/** To be called before anything else is awaited: what a response says without a listener is lost. */
function keepWhatComes(response: IncomingMessage): Arriving {
  const arriving: Arriving = { stream: new PassThrough({ highWaterMark: KEPT_AT_MOST }), broken: null };
  response.once('error', (error) => (arriving.broken = error)).once('close', () => arriving.stream.end());
  response.pipe(arriving.stream);
  return arriving;
}

/** Of Node and of the system: a company that looks into connections puts its own authority into the latter. */
function authorities(): readonly string[] {
  try {
    return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])];
  } catch {
    return tls.rootCertificates; // the system's cannot be read everywhere, and most networks do not need them
  }
}
