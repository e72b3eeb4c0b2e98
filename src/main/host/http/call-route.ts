/** `POST /call/<name>`: JSON in, the engine's reply out. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallName, Engine } from '../../../shared/contract.ts';
import { dispatch, parsers } from '../dispatch.ts';
import { readJsonBody } from './json-body.ts';
import { HttpError, sendJson } from './replies.ts';

/**
 * Some calls answer when a job is done. Browsers and whatever is in between give up on a connection that is silent for
 * minutes; white space, which JSON allows before a document, keeps it alive.
 */
const PATIENCE_MS = 10_000;
/** The one call with a file in it, as base64; see there for what is taken. */
const LENT_BODY_BYTES = 34 * 2 ** 20;

/**
 * The status is 200 for everything that reached the engine; whether it did what was asked is in the reply.
 * A client that leaves is not told; what it began continues if it is a job, and its answer is dropped otherwise.
 * @throws HttpError 404 for a call that does not exist, and what {@link readJsonBody} throws
 */
export async function answerCall(
  request: IncomingMessage,
  response: ServerResponse,
  engine: Engine,
  name: string,
): Promise<void> {
  if (!isCall(name)) throw new HttpError(404, 'not-found', 'Unknown call.');
  const input = await readJsonBody(request, name === 'sound.lend' ? LENT_BODY_BYTES : undefined);
  const patience = setInterval(() => {
    if (!response.headersSent) {
      response.writeHead(200, { 'Cache-Control': 'no-store', 'Content-Type': 'application/json; charset=utf-8' });
    }
    if (!response.writableNeedDrain) response.write(' ');
  }, PATIENCE_MS);
  response.on('close', () => clearInterval(patience));
  try {
    const reply = await dispatch(engine, name, input);
    if (response.headersSent) response.end(JSON.stringify(reply));
    else sendJson(response, 200, reply);
  } finally {
    clearInterval(patience);
  }
}

function isCall(name: string): name is CallName {
  return Object.hasOwn(parsers, name);
}
