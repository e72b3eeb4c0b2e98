/** The addresses of the app's own scheme. All have one origin, so that one strict policy holds for page and audio files. */

export const SCHEME = 'earmark';
/** Of the page and of everything that it loads. */
export const ORIGIN = `${SCHEME}://app`;
export const PAGE = `${ORIGIN}/index.html`;

export type Resource =
  /** @property path as in the table of the built window: "/assets/index-3f9a.js" */
  | { kind: 'file'; path: string }
  /** @property asWav a copy that every player plays */
  | { kind: 'sound'; fileId: number; asWav: boolean };

/** @returns null for what is no address of ours */
export function resourceOf(url: string): Resource | null {
  const address = parse(url);
  if (!address || !isOurs(address)) return null;
  const { pathname, searchParams } = address;
  if (!pathname.startsWith('/audio/')) return { kind: 'file', path: pathname };
  const [, id] = /^\/audio\/([1-9]\d{0,14})$/.exec(pathname) ?? [];
  return id === undefined ? null : { kind: 'sound', fileId: Number(id), asWav: searchParams.get('as') === 'wav' };
}

/** Where a player finds the sound of a catalogued file. */
export function audioUrl(fileId: number, asWav = false): string {
  return `${ORIGIN}/audio/${fileId}${asWav ? '?as=wav' : ''}`;
}

/** Whether this is a page of ours, wherever in it. */
export function isOurPage(url: string): boolean {
  const address = parse(url);
  return address !== null && isOurs(address) && (address.pathname === '/' || address.pathname === '/index.html');
}

/** Of the scheme, whatever lies behind it. */
export function isOurScheme(url: string): boolean {
  const address = parse(url);
  return address !== null && isOurs(address);
}

function isOurs({ protocol, host, username, password }: URL): boolean {
  return protocol === `${SCHEME}:` && host === 'app' && username === '' && password === '';
}

function parse(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}
