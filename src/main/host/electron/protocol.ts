/** What the app's own scheme answers: files of the built window out of a fixed table, and audio files by their id. */
import { toWire, UserError } from '../../../shared/errors.ts';
import type { AudioFiles } from '../../playback/audio-file.ts';
import { respondWithAudio } from '../audio-response.ts';
import { statusOf } from '../http/audio-route.ts';
import { HEADERS_OF_ALL } from '../http/replies.ts';
import type { StaticFile } from '../http/static-files.ts';
import { resourceOf, SCHEME } from './addresses.ts';

/**
 * To be registered before the app is ready. `standard`: has origins and relative addresses; `secure`: as trusted as
 * https; `stream`: for <audio>; `supportFetchAPI`: for the page's own requests.
 */
export const PRIVILEGES = {
  scheme: SCHEME,
  privileges: { standard: true, secure: true, stream: true, supportFetchAPI: true },
} as const;

export interface ProtocolContents {
  /** By path; see readStaticFiles. */
  files: ReadonlyMap<string, StaticFile>;
  audio: Pick<AudioFiles, 'open'>;
  /** Aborted when the app ends. */
  closing: AbortSignal;
}

/** Never rejects: whatever goes wrong is an answer. */
export async function answer(request: Request, contents: ProtocolContents): Promise<Response> {
  try {
    const { method } = request;
    if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'bad-input', 'This address is read-only.');
    const resource = resourceOf(request.url);
    switch (resource?.kind) {
      case undefined:
        return refuse(404, 'not-found', 'Not found.');
      case 'file':
        return fileAnswer(request, contents.files.get(resource.path));
      case 'sound':
        return await soundAnswer(request, method, resource, contents);
    }
  } catch (error) {
    const { code, userMessage } = toWire(error);
    return refuse(error instanceof UserError ? statusOf(error.code) : 500, code, userMessage);
  }
}

function fileAnswer(request: Request, file: StaticFile | undefined): Response {
  if (!file) return refuse(404, 'not-found', 'Not found.');
  const headers = { ...HEADERS_OF_ALL, ...file.headers };
  if (request.headers.get('if-none-match') === file.headers['ETag'])
    return new Response(null, { status: 304, headers });
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(file.body), { headers });
}

async function soundAnswer(
  request: Request,
  method: 'GET' | 'HEAD',
  { fileId, asWav }: { fileId: number; asWav: boolean },
  { audio, closing }: ProtocolContents,
): Promise<Response> {
  const file = await audio.open(fileId, { asWav }, AbortSignal.any([request.signal, closing]));
  const header = (name: string) => request.headers.get(name) ?? undefined;
  const { status, headers, body } = respondWithAudio(file, {
    method,
    range: header('range'),
    ifRange: header('if-range'),
    ifNoneMatch: header('if-none-match'),
  });
  // A player that stops playing cancels the stream, which ends the reading.
  const stream = body === null ? null : ReadableStream.from(body);
  return new Response(stream as ConstructorParameters<typeof Response>[0], {
    status,
    headers: { ...HEADERS_OF_ALL, ...headers },
  });
}

function refuse(status: number, code: string, userMessage: string): Response {
  const error = { code, userMessage, detail: `${SCHEME} ${status}` };
  const headers = { ...HEADERS_OF_ALL, 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' };
  return new Response(JSON.stringify({ ok: false, error }), { status, headers });
}
