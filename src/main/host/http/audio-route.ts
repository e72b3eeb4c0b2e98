/** `GET /audio/<file id>`: the sound of a catalogued file. `?as=wav` asks for a copy that every browser plays. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { toWire, UserError, type ErrorCode } from '../../../shared/errors.ts';
import type { AudioFile, AudioFiles } from '../audio-file.ts';
import { respondWithAudio } from '../audio-response.ts';
import { HttpError, sendError } from './replies.ts';

/** There, and yet nothing to hear; everything else about a file is a 404. */
const UNUSABLE: ReadonlySet<ErrorCode> = new Set([
  'empty-file',
  'not-audio',
  'unsupported-format',
  'no-audio-stream',
  'undecodable-audio',
  'decoder-crashed',
  'timed-out',
]);
const NOT_THERE: ReadonlySet<ErrorCode> = new Set([
  'not-found',
  'vanished',
  'no-permission',
  'unreadable-file',
  'changed-while-reading',
]);

export interface AudioRoute {
  method: 'GET' | 'HEAD';
  /** As it stands in the address. */
  id: string;
  /** Behind the question mark. */
  query: string;
  /** Aborted when the server closes. */
  closing: AbortSignal;
}

/** @throws HttpError 404 for what is no id; errors that are not about the file */
export async function sendAudio(
  request: IncomingMessage,
  response: ServerResponse,
  audio: AudioFiles,
  { method, id, query, closing }: AudioRoute,
): Promise<void> {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw new HttpError(404, 'not-found', 'There is no such sound.');
  const left = new AbortController();
  const goneOrClosing = AbortSignal.any([left.signal, closing]);
  response.on('close', () => left.abort(new DOMException('the client has left', 'AbortError')));
  let file: AudioFile;
  try {
    file = await audio.open(Number(id), { asWav: new URLSearchParams(query).get('as') === 'wav' }, goneOrClosing);
  } catch (error) {
    if (goneOrClosing.aborted) {
      response.destroy(); // nobody is there to read an answer
      return;
    }
    if (!(error instanceof UserError)) throw error;
    sendError(response, statusOf(error.code), toWire(error));
    return;
  }
  const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = request.headers;
  const { status, headers, body } = respondWithAudio(file, {
    method,
    range,
    ifRange: Array.isArray(ifRange) ? ifRange.join() : ifRange,
    ifNoneMatch,
  });
  response.writeHead(status, headers);
  if (body === null) {
    response.end();
    return;
  }
  // A client that stops listening ends the reading; a file that breaks off ends the connection, short of its length.
  await pipeline(Readable.from(body, { objectMode: false }), response, { signal: closing }).catch(() => {
    response.destroy();
  });
}

export function statusOf(code: ErrorCode): number {
  if (NOT_THERE.has(code)) return 404;
  if (UNUSABLE.has(code)) return 422;
  return code === 'disk-full' ? 507 : 500;
}
