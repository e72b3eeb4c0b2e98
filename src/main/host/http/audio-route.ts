/** `GET /audio/<file id>`: the sound of a catalogued file. `?as=wav` asks for a copy that every browser plays; signed, see audio-address.ts. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AudioAddress } from '../../../shared/audio-address.ts';
import { toWire, UserError, type ErrorCode } from '../../../shared/errors.ts';
import type { AudioFile, AudioFiles } from '../../playback/audio-file.ts';
import { respondWithAudio } from '../audio-response.ts';
import { HttpError, sendError } from './replies.ts';

/** The file exists but cannot be played; every other problem of a file is a 404. */
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
  fileId: number;
  asWav: boolean;
  /** Aborted when the server closes. */
  closing: AbortSignal;
}

/**
 * @param id @param query as they stand in the address
 * @returns `untilMs` 0 and no signature where the address has none
 * @throws HttpError 404 for what is no id
 */
export function parseAudioAddress(id: string, query: string): AudioAddress & { signature: string } {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw new HttpError(404, 'not-found', 'File not found.');
  const parameters = new URLSearchParams(query);
  const until = parameters.get('until') ?? '';
  return {
    fileId: Number(id),
    asWav: parameters.get('as') === 'wav',
    untilMs: /^\d{1,15}$/.test(until) ? Number(until) : 0,
    signature: parameters.get('signature') ?? '',
  };
}

/** @throws errors that are not about the file */
export async function sendAudio(
  request: IncomingMessage,
  response: ServerResponse,
  audio: Pick<AudioFiles, 'open'>,
  { method, fileId, asWav, closing }: AudioRoute,
): Promise<void> {
  const left = new AbortController();
  const goneOrClosing = AbortSignal.any([left.signal, closing]);
  response.on('close', () => left.abort(new DOMException('the client has left', 'AbortError')));
  let file: AudioFile;
  try {
    file = await audio.open(fileId, { asWav }, goneOrClosing);
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
  // A client that stops playing ends the reading; a file that breaks off ends the connection, short of its length.
  await pipeline(Readable.from(body, { objectMode: false }), response, { signal: closing }).catch(() => {
    response.destroy();
  });
}

export function statusOf(code: ErrorCode): number {
  if (NOT_THERE.has(code)) return 404;
  if (UNUSABLE.has(code)) return 422;
  return code === 'disk-full' ? 507 : 500;
}
