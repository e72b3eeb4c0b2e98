/**
 * A server for scripts of DAWs (resources/daw): on 127.0.0.1, with a token of its own that is in a file which only the user can
 * read. It answers two requests and knows nothing of the contract: what is selected, and “find sounds like this file”.
 */
import { open, readFile, rename, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isAbsolute, join } from 'node:path';
import { LAST_SECOND } from '../../../shared/units.ts';
import type { DawDesk } from '../../calls/daw.ts';
import { refusal, repeatedHeader } from '../http/access.ts';
import { Keys } from '../http/keys.ts';

const ADDRESS = '127.0.0.1';
/** In the data folder; a configuration for curl, so that the token never stands on a command line. */
export const TOKEN_FILE = 'daw-bridge.curl';
const LARGEST_BODY = 64 * 1024;
const REQUEST_MS = 10_000;

export interface DawServerOptions {
  /** Absolute; there already. */
  dataFolder: string;
  desk: Pick<DawDesk, 'current' | 'find'>;
  /** How many windows are open: one shows what is found. Absent: one is. */
  windows?: () => number;
}

export interface DawServer {
  port: number;
  /** Removes the token file and closes all connections. */
  close(): Promise<void>;
}

/** A request that is answered with a sentence and a status. */
class Refused extends Error {
  readonly status: number;
  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** @throws errors of the disk when the token file cannot be written: nothing listens then */
export async function startDawServer({ dataFolder, desk, windows = () => 1 }: DawServerOptions): Promise<DawServer> {
  const keys = new Keys();
  const server = createServer({ requestTimeout: REQUEST_MS });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, ADDRESS, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  server.on('request', (request, response) => void handle(request, response, { port, keys, desk, windows }));
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  const file = join(dataFolder, TOKEN_FILE);
  // The address is a comment: curl reads the header alone, the script the address.
  const text = `# http://${ADDRESS}:${port}\nheader = "Authorization: Bearer ${keys.token}"\n`;
  try {
    await writePrivately(file, text);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    port,
    close: async () => {
      // Another Earmark may have written its own since.
      if ((await readFile(file, 'utf8').catch(() => null)) === text) await rm(file, { force: true });
      await close();
    },
  };
}

/** Never readable by others, not even for a moment. */
async function writePrivately(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  const handle = await open(fresh, 'wx', 0o600);
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
  await rename(fresh, path);
}

interface Behind {
  port: number;
  keys: Keys;
  desk: Pick<DawDesk, 'current' | 'find'>;
  windows: () => number;
}

/** Never rejects. The first line of an answer is `ok` or `error`: scripts see no status. */
async function handle(request: IncomingMessage, response: ServerResponse, behind: Behind): Promise<void> {
  response.on('error', () => {}); // a client that went away is no error of ours
  let [status, lines] = [200, ['ok']];
  try {
    lines.push(...(await answer(request, behind)));
  } catch (error) {
    const known = error instanceof Refused;
    status = known ? error.status : 500;
    lines = ['error', known ? error.message : 'Something went wrong in Earmark. Try again.'];
  }
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }); // prettier-ignore
  response.end(`${lines.join('\n')}\n`);
}

async function answer(request: IncomingMessage, { port, keys, desk, windows }: Behind): Promise<string[]> {
  if (repeatedHeader(request.headersDistinct) !== null) throw new Refused(400, 'A header was sent more than once.');
  const { host, origin, authorization, 'sec-fetch-site': site } = request.headers;
  const refused = refusal({ host, origin, secFetchSite: Array.isArray(site) ? site.join() : site }, port);
  if (refused !== null) throw new Refused(403, refused);
  if (!keys.isToken(authorization)) throw new Refused(401, 'Earmark was restarted. Run the script again.');
  const asked = `${request.method} ${request.url}`;
  if (asked === 'GET /current') return current(desk);
  if (asked !== 'POST /similar') throw new Refused(404, 'This version of Earmark does not know this request. Use the script that came with it.'); // prettier-ignore
  const [path = '', start = ''] = (await readBody(request)).split('\n');
  if (!isAbsolute(path) || path.includes('\0')) throw new Refused(400, 'The item has no audio file of its own. Select another one.'); // prettier-ignore
  const seconds = start.trim() === '' ? null : Number(start);
  if (seconds !== null && !(seconds >= 0 && seconds <= LAST_SECOND)) throw new Refused(400, 'The position in the item is not valid.'); // prettier-ignore
  if (windows() === 0) throw new Refused(409, 'No window of Earmark is open to show what is found. Open one in a browser, then run the script again.'); // prettier-ignore
  desk.find({ path, ...(seconds !== null && { startSeconds: seconds }) });
  return [];
}

function current(desk: Behind['desk']): string[] {
  const sound = desk.current();
  if (sound === null) throw new Refused(404, 'Nothing is selected in Earmark. Select a sound there first.');
  const { path, name, startSeconds, endSeconds } = sound;
  if (/[\r\n]/.test(path)) throw new Refused(404, 'The name of the file contains a line break. Rename it first.');
  return [path, String(startSeconds), endSeconds === null ? '' : String(endSeconds), name];
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > LARGEST_BODY) throw new Refused(413, 'The request is too long.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
