/** The page in a browser: calls and events over http, audio files by their own address. */
import { UserError } from '../../shared/errors.ts';
import type { Connection } from './host.ts';
import { connectHttp } from './http-client.ts';

/** For a reload of this tab: the key in the address can be used once. Gone with the tab. */
const TOKEN_KEY = 'earmark.token';

/** A route begins with a slash, a key never does. */
function isKeyFragment(fragment: string): boolean {
  return fragment !== '' && !fragment.startsWith('/');
}

/**
 * The address that a new run of Earmark has printed, opened in the tab of the old one, differs in its key alone: for a
 * browser that is a place in the same page, and it does not load anything.
 */
export function reloadForNewKey(): void {
  window.addEventListener('hashchange', () => {
    if (isKeyFragment(window.location.hash.slice(1))) window.location.reload();
  });
}

/**
 * @throws UserError when there is neither a key in the address nor a token from before, or the server is not there or
 *   does not take it
 */
export async function httpConnection(): Promise<Connection> {
  const { origin, hash } = window.location;
  const fragment = hash.slice(1);
  const isKey = isKeyFragment(fragment);
  const key = isKey ? fragment : sessionStorage.getItem(TOKEN_KEY);
  if (key === null) {
    throw new UserError('bad-input', 'This page requires its key. Open the address printed by “earmark serve”.');
  }
  // Out of the address before anything can copy it.
  if (isKey) history.replaceState(null, '', '#/search');
  const http = await connectHttp({ origin, key });
  sessionStorage.setItem(TOKEN_KEY, http.token);
  return {
    client: http.client,
    onState: (listener) => http.onState(listener),
    host: {
      audioUrl: (fileId, asWav) => http.audioUrl(fileId, asWav),
      hasExpired: (url) => http.hasExpired(url),
      revealFile: null,
      chooseFolders: null,
      chooseFile: null,
      chooseOutput: null,
      chooseOutputFolder: null,
      pathOfDroppedFile: null,
      dragPiece: null,
      dragOut: null,
    },
  };
}
