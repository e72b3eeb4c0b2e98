/** The page in a browser: calls and events over http, sounds by their own address. */
import { UserError } from '../../shared/errors.ts';
import type { Connection } from './host.ts';
import { connectHttp } from './http-client.ts';

/** For a reload of this tab: the key in the address can be used once. Gone with the tab. */
const TOKEN_KEY = 'earmark.token';

/**
 * @throws UserError when there is neither a key in the address nor a token from before, or the server is not there or
 *   does not take it
 */
export async function httpConnection(): Promise<Connection> {
  const { origin, hash } = window.location;
  const fragment = hash.slice(1);
  // A route begins with a slash, a key never does.
  const isKey = fragment !== '' && !fragment.startsWith('/');
  const key = isKey ? fragment : sessionStorage.getItem(TOKEN_KEY);
  if (key === null) {
    throw new UserError('bad-input', 'This page needs its key. Open the address that “earmark serve” has printed.');
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
      pathOfDroppedFile: null,
      dragOut: null,
    },
  };
}
