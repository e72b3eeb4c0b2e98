/** What every answer has in common: headers that keep the page to itself, and errors as data with a sentence. */
import type { ServerResponse } from 'node:http';
import type { WireError } from '../../../shared/errors.ts';

/** The page loads, runs and asks nothing but its own server. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  // WebAssembly, for speed and pitch (docs/adr/0016-speed-and-pitch.md); text is never run as a script.
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const HEADERS_OF_ALL = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
} as const;

/** Refusals of the server itself. What the engine refuses is a reply with `ok: false` and status 200. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly wire: WireError;
  readonly headers: Readonly<Record<string, string>>;

  /** @param code as in {@link WireError} @param userMessage a sentence */
  constructor(status: number, code: string, userMessage: string, headers: Record<string, string> = {}) {
    super(userMessage);
    this.status = status;
    this.wire = { code, userMessage, detail: `HTTP ${status}` };
    this.headers = headers;
  }
}

/** Before anything else is done with a response. */
export function setHeadersOfAll(response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS_OF_ALL)) response.setHeader(name, value);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  document: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(JSON.stringify(document));
  response.writeHead(status, {
    'Cache-Control': 'no-store',
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
    ...headers,
  });
  response.end(body);
}

export function sendError(response: ServerResponse, status: number, error: WireError, headers = {}): void {
  sendJson(response, status, { ok: false, error }, headers);
}
