/** Who may ask the server anything at all, by headers that a page in a browser cannot forge. No state, no side effects. */

/** Headers that decide who asks. A second one may be what a proxy or a browser looked at, and not what we do. */
const ONCE = ['host', 'origin', 'sec-fetch-site', 'authorization', 'content-type'] as const;

/** @returns the name of a header that decides something and came more than once; null when there is none */
export function repeatedHeader(headers: Readonly<Record<string, string[] | undefined>>): string | null {
  return ONCE.find((name) => (headers[name]?.length ?? 0) > 1) ?? null;
}

export interface RequestOrigin {
  /** Header values as they came; undefined when absent. */
  host: string | undefined;
  origin: string | undefined;
  secFetchSite: string | undefined;
}

/**
 * - `Host` has to be ours: a page that points its own name at 127.0.0.1 (DNS rebinding) is the same site to itself.
 * - `Origin`, which browsers send with everything but plain navigation and same-origin reading, has to be this very
 *   origin: other pages, pages of other ports, files and sandboxed frames ("null") are refused.
 * - `Sec-Fetch-Site` says the same of requests without Origin (images, media, scripts of other pages).
 * Programs other than browsers send neither of the last two; they still need the token.
 * @param port that the server listens on
 * @returns null when the request may pass, else the sentence that says why not
 */
export function refusal({ host, origin, secFetchSite }: RequestOrigin, port: number): string | null {
  if (host === undefined || !ownHosts(port).includes(host)) {
    return `This server is available at http://127.0.0.1:${port} only.`;
  }
  if (origin !== undefined && origin !== `http://${host}`) return 'Requests from other pages are not allowed.';
  // none: typed by the user, a bookmark, or another program that opened the address.
  if (secFetchSite !== undefined && secFetchSite !== 'same-origin' && secFetchSite !== 'none') {
    return 'Requests from other pages are not allowed.';
  }
  return null;
}

function ownHosts(port: number): string[] {
  const names = ['127.0.0.1', 'localhost'];
  // Browsers leave out the port that http has anyway.
  return port === 80 ? [...names, ...names.map((name) => `${name}:80`)] : names.map((name) => `${name}:${port}`);
}
